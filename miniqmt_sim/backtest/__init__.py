"""Backtests: a strategy's file, unchanged, over a recorded market, in this process and with the same answer every time.

``run`` runs one and gives a ``Result``; ``sweep`` runs a grid of parameters on any ``concurrent.futures`` executor.
``miniqmt-sim backtest`` is the command.
"""

from __future__ import annotations

from miniqmt_sim.backtest.results import Result
from miniqmt_sim.backtest.run import Progress, StrategyFailed, run
from miniqmt_sim.backtest.sweep import Point, PointFailed, sweep

__all__ = ["Point", "PointFailed", "Progress", "Result", "StrategyFailed", "run", "sweep"]
