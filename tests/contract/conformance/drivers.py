"""The ways a strategy reaches the simulator. A driver is the SDK's three modules, a terminal, and how a trader is made.

To add one: subclass ``Driver``, name the three modules, say which terminal it connects to, add it to ``DRIVERS``. What it
does otherwise than our SDK over a socket stands as a row in ``deviations``, and nowhere else.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from types import ModuleType
from typing import Any, ClassVar, Final

from miniqmt_sim.client.memory import MemoryHost, MemoryTransport
from miniqmt_sim.client.transport import OnClosed, OnPush
from miniqmt_sim.errors import ConnectError
from miniqmt_sim.simulator import Simulator
from miniqmt_sim.testing import SimServer
from miniqmt_sim.testing.ctl import Control
from miniqmt_sim.xtquant import xtconstant, xttrader, xttype
from tests.kit import vendor
from tests.kit.desk import make_config, moment

Options = dict[str, Any]
"""Keyword options of SimServer; of [behaviour] every field but ``profile``."""


class Terminal(ABC):
    """A simulator with a manual clock and no market of its own, which can go away and come back."""

    path: str
    """For the trader's constructor."""

    @property
    @abstractmethod
    def ctl(self) -> Control:
        """The operator's verbs."""

    @abstractmethod
    def start(self) -> None:
        """Begin, or come back with everything as it was."""

    @abstractmethod
    def stop(self) -> None:
        """Go away; clients lose their connections."""

    def kill(self) -> None:
        """Go away without a word."""
        self.stop()

    def restart(self) -> None:
        self.stop()
        self.start()


class SocketTerminal(Terminal):
    """The server, over a socket."""

    def __init__(self, options: Options) -> None:
        self._server = SimServer(feed="none", clock="manual", **options)

    @property
    def ctl(self) -> Control:
        return self._server.ctl

    def start(self) -> None:
        self._server.start()
        self.path = self._server.userdata

    def stop(self) -> None:
        self._server.stop()

    def kill(self) -> None:
        self._server.kill()


class MemoryTerminal(Terminal):
    """A simulator in this process, without a socket."""

    path = "D:\\迅投极速交易终端 睿智融科版\\userdata_mini"

    def __init__(self, options: Options) -> None:
        options = {name: value for name, value in options.items() if name not in ("durability", "userdata")}
        behaviour = {name: options.pop(name) for name in [*options] if name not in make_config()._fields}
        self._now_ms = moment("09:31")
        self._simulator = Simulator(make_config(**options, behaviour=behaviour))
        self._simulator.start(self._now_ms, {})
        self._host: MemoryHost | None = None

    @property
    def ctl(self) -> Control:
        return self._ctl

    def start(self) -> None:
        self._host = MemoryHost(self._simulator, self._now_ms)
        self._ctl = Control(self._host.connect("", 0, lambda _push: None, lambda _reason: None, "operator"))

    def stop(self) -> None:
        host, self._host = self._host, None
        if host is not None:
            self._now_ms = host.now_ms
            host.drop("the terminal was stopped")

    def connect(self, path: str, session_id: int, on_push: OnPush, on_closed: OnClosed) -> MemoryTransport:
        """Connect as a trader: a ``Connector``."""
        if self._host is None:
            raise ConnectError("nothing is there")
        return self._host.connect(path, session_id, on_push, on_closed)


class Driver(ABC):
    """One way. A trader that it makes is not started yet."""

    name: ClassVar[str]
    wheel: ClassVar[bool] = False
    """Is it the vendor's own Python code?"""
    xttrader: ModuleType
    xttype: ModuleType
    xtconstant: ModuleType

    def __init__(self) -> None:
        self._loops: list[asyncio.AbstractEventLoop] = []

    def close(self) -> None:
        """Put away the event loops that its traders leave behind."""
        for loop in self._loops:
            loop.close()

    @abstractmethod
    def terminal(self, options: Options) -> Terminal:
        """Make what its traders connect to; it is not started yet."""

    def make_trader(self, terminal: Terminal, session: int, callback: Any = None) -> Any:
        """Make a trader, as a strategy does."""
        trader = self.xttrader.XtQuantTrader(terminal.path, session)
        if callback is not None:
            trader.register_callback(callback)
        return trader

    def untangle(self, trader: Any) -> None:
        """Free the threads of a trader that hangs, so that it can be stopped."""
        assert not self.wheel, "ours never hangs, and a wheel must say how"

    @property
    def failed_rows(self) -> list[Any] | None:
        """What a list query gives that failed."""
        return [] if self.wheel else None


class OurSdk(Driver):
    """``miniqmt_sim.xtquant`` over a socket."""

    name = "sdk-socket"
    xttrader, xttype, xtconstant = xttrader, xttype, xtconstant

    def terminal(self, options: Options) -> Terminal:
        return SocketTerminal(options)


class OurSdkInProcess(OurSdk):
    """``miniqmt_sim.xtquant`` with the simulator in its own process."""

    name = "sdk-memory"

    def terminal(self, options: Options) -> Terminal:
        return MemoryTerminal(options)

    def make_trader(self, terminal: Terminal, session: int, callback: Any = None) -> Any:
        assert isinstance(terminal, MemoryTerminal)
        connector = {"connector": staticmethod(terminal.connect)}
        return type("XtQuantTrader", (xttrader.XtQuantTrader,), connector)(terminal.path, session, callback)


class VendorWheel(Driver):
    """The vendor's own wheel, unmodified, over a socket, with our native module in it."""

    name = "wheel-socket"
    wheel = True
    xttrader, xttype, xtconstant = vendor.trader_module(), vendor.load("xttype"), vendor.load("xtconstant")

    def __init__(self) -> None:
        super().__init__()
        self._loops.append(asyncio.new_event_loop())
        asyncio.set_event_loop(self._loops[0])  # its traders look for one, and each leaves another behind

    def close(self) -> None:
        asyncio.set_event_loop(None)
        super().close()

    def terminal(self, options: Options) -> Terminal:
        return SocketTerminal(options)

    def make_trader(self, terminal: Terminal, session: int, callback: Any = None) -> Any:
        trader = vendor.make_trader(terminal.path, session, callback)
        self._loops.append(trader.loop)
        return trader

    def untangle(self, trader: Any) -> None:
        """Do what nobody does: run what waits behind a callback, run the loop, or end the endless loop."""
        if trader.executor._shutdown:
            vendor.end_naps()
        elif not vendor.run_what_waits(trader):
            trader.loop.run_until_complete(asyncio.sleep(0.02))


DRIVERS: Final[tuple[type[Driver], ...]] = (OurSdk, OurSdkInProcess, VendorWheel)
