"""Station 4: the operator looks at an account's compliance meter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from matching import calendar, units
from miniqmt_sim.sessions.arguments import account_of
from miniqmt_sim.sessions.context import Answer, Context
from miniqmt_sim.wire.messages import JsonObject


def on_compliance(context: Context, fields: JsonObject) -> Answer:
    """Orders, cancels, fills and self-trades of an account today, against the thresholds in force."""
    account, world = account_of(context, fields), context.world
    day = world.exchange.day
    meter = world.compliance.of(account.account_id, day)
    return {
        "account_id": account.account_id,
        "day": day,
        "mode": str(world.compliance.mode),
        "orders": meter.orders,
        "cancels": meter.cancels,
        "messages": meter.messages,
        "last_second": meter.last_second(context.now_ms),
        "peak_second": meter.peak,
        "peak_at": calendar.text_of(meter.peak_ms) if meter.peak else "",
        "trades": meter.trades,
        "self_trades": meter.self_trades,
        "cancel_ratio": units.ratio(meter.cancels, meter.orders),
        "order_trade_ratio": units.ratio(meter.messages, meter.trades),
        "thresholds": [f"{row.measure}:{row.messages}" for row in world.compliance.thresholds(day)],
        "reached": meter.warned.split(),
    }


COMPLIANCE_HANDLERS: Final[Mapping[str, Callable[[Context, JsonObject], Answer]]] = {"ctl_compliance": on_compliance}
