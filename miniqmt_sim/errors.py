"""The exceptions of miniqmt-sim, drawn as a tree.

::

    MiniqmtSimError
    ├── PeerError            the other side of a connection broke the protocol; closes that connection
    │   ├── FrameError       a length that is out of bounds
    │   └── MessageError     not JSON, an unknown message, a missing or ill-typed field, a message out of order
    ├── ConfigError          a file, an option or an argument that its author must correct
    ├── StartError           the server cannot start: lock held, port taken, unsafe bind, foreign database
    ├── ConnectError         no server, or it refused the handshake
    └── CommandRefused       an operator command was answered with a refusal

A refusal of an order is none of these: it is a returned value (``miniqmt_sim.refusals``). A bug is an assertion.
"""

from __future__ import annotations


class MiniqmtSimError(Exception):
    """Base of every exception raised on purpose."""


class PeerError(MiniqmtSimError):
    """The peer broke the protocol; the connection is closed with this text as the reason."""


class FrameError(PeerError):
    """A frame header that cannot be right."""


class MessageError(PeerError):
    """A frame that is not a legal message at this point."""


class ConfigError(MiniqmtSimError):
    """Something its author must correct; the text names the place."""


class StartError(MiniqmtSimError):
    """The server cannot start as asked."""


class ConnectError(MiniqmtSimError):
    """No connection could be made."""


class CommandRefused(MiniqmtSimError):
    """The operator's command was refused; nothing was changed."""
