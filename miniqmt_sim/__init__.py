"""miniqmt-sim: a simulated MiniQMT broker server that xtquant strategies trade against unchanged."""

__version__ = "0.1.0"
