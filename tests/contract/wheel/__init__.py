"""The vendor's own wheel, unmodified, with our native module in it, over a socket."""
