"""A server inside a test: real sockets, a clock and a market under the test's control, gone when the test ends.

::

    from miniqmt_sim.testing import SimServer

    with SimServer(feed="none", clock="manual") as sim:
        trader = XtQuantTrader(sim.userdata, 1)
        ...
        sim.ctl.quote("600000.SH", last=10.45, ask=["10.45:1000"])
        sim.ctl.clock.advance("5m")

With pytest, ``pytest_plugins = ["miniqmt_sim.testing.plugin"]`` in a conftest gives the fixture ``sim_server``.
"""

from miniqmt_sim.testing.ctl import Control
from miniqmt_sim.testing.server import SimServer

__all__ = ["Control", "SimServer"]
