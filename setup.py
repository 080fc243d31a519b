"""Everything is declared in pyproject.toml; here is only what may be compiled.

With ``MINIQMT_SIM_COMPILE=1`` the deterministic core becomes an extension module, made by mypyc from the same sources; without
it an installation is pure Python. See docs/decisions/0012-a-core-that-may-be-compiled.md.
"""

import os
from glob import glob

from setuptools import setup

COMPILED = (
    *("matching/" + name for name in ("book.py", "checks.py", "continuous.py", "events.py", "exchange.py", "instrument.py")),
    *("matching/" + name for name in ("liquidity.py", "price_types.py", "trading_day.py", "units.py")),
    *("miniqmt_sim/" + name for name in ("changes.py", "scheduler.py", "simulator.py", "world.py")),
    *("miniqmt_sim/counter/" + name for name in ("account.py", "broker.py", "compliance.py", "fees.py", "fills.py")),
    *("miniqmt_sim/counter/" + name for name in ("holdings.py", "ipo.py", "ledger.py", "order.py", "settlement.py")),
    *("miniqmt_sim/market/" + name for name in ("bars.py", "house.py", "market.py", "playback.py", "quote.py", "recorded.py")),
    "miniqmt_sim/market/rows.py",
    *("miniqmt_sim/sessions/" + name for name in ("context.py", "handlers.py", "pushes.py", "registry.py", "screens.py")),
    *("miniqmt_sim/sessions/" + name for name in ("snapshots.py", "ticks.py", "watch.py")),
    *("miniqmt_sim/backtest/" + name for name in ("baton.py", "host.py")),
    "miniqmt_sim/client/memory.py",
    *("miniqmt_sim/server/" + name for name in ("batch.py", "commits.py", "dispatcher.py", "journal.py")),
    "miniqmt_sim/server/feeds/replay.py",
    "miniqmt_sim/xtquant/_quotes.py",
    "miniqmt_sim/wire/messages.py",
)
"""What an order passes through, from its bytes to its rows, and what is told of a recording in a backtest.

The rest gains nothing, or is no matter of speed.
"""


def compiled() -> list[object]:
    """The extension modules, none unless they are asked for."""
    if not os.environ.get("MINIQMT_SIM_COMPILE"):
        return []
    from mypyc.build import mypycify

    missing = [name for name in COMPILED if not glob(name)]
    assert not missing, f"not in the sources: {missing}"
    return list(mypycify([*COMPILED], group_name="miniqmt_sim.core", opt_level="3", debug_level="0"))


setup(ext_modules=compiled())
