"""Station 8, for market data: who watches what, and what they are told: one push a step for everything that changed.

Volatile, and no part of the world: watching changes nothing that is stored or hashed. A quote touches its code. What accounts
trade shows with the next quote, as on a real screen; else who answers quotes with orders would answer himself. The synthetic
walk moves every code with each of its steps while anybody watches, and a jump of the clock shows the last step only. Bars are
told as they grow, those of recorded files when they are complete. Of codes that are quoted, bars that were done while somebody
watched are kept, as the terminal keeps what was subscribed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from matching import units
from matching.codes import Venue
from matching.instrument import Security
from matching.phases import PHASE_RULES, Call, Phase
from miniqmt_sim.market.bars import DAY, MINUTES, TICK, Candle, minutes_joined
from miniqmt_sim.market.recorded import Flat, News, Source
from miniqmt_sim.sessions.pushes import Push
from miniqmt_sim.sessions.ticks import LOT, STATUS, bar_fields, day_so_far, recorded_bar, recorded_tick, status_of, tick_of
from miniqmt_sim.wire.messages import JsonObject, QuotePush, copy_of
from miniqmt_sim.world import World

MAX_WATCHED: Final = 20_000
"""Codes or markets, each with its period, that one connection may watch: three periods of every code there is."""
KEPT: Final = 1000
"""Bars or ticks that are kept of a code and period: four days of minutes, most of an hour of ticks."""
ROWS_PER_PUSH: Final = 1000
"""Rows in one push: about 500 kB, well under the frame limit."""
_CONTINUOUS, _CONTINUOUS_STATUS = Phase.CONTINUOUS, STATUS[Phase.CONTINUOUS]
_CLOSE: Final = 4
"""Where the close stands in the row of a bar."""
WATCHED_PERIODS: Final = (TICK, *MINUTES, DAY)
MARKETS: Final = tuple(venue.name for venue in Venue)


class Key(NamedTuple):
    """What is watched: the ticks or bars of a code, or of a whole market."""

    period: str
    name: str


class _Audience:
    """Connections that are told the same period of the same codes, and the rows that have come together for them."""

    __slots__ = ("period", "rows", "who")

    def __init__(self, period: str, who: tuple[int, ...]) -> None:
        self.period = period
        self.who = who
        self.rows: list[tuple[str, JsonObject]] = []

    def take(self) -> list[Push]:
        """What they are told of the rows so far."""
        rows, self.rows = self.rows, []
        if len(rows) <= ROWS_PER_PUSH:
            return [(self.who, QuotePush(self.period, rows))]
        starts = range(0, len(rows), ROWS_PER_PUSH)
        return [(self.who, QuotePush(self.period, rows[start : start + ROWS_PER_PUSH])) for start in starts]


class Growing:
    """The bar of one code and period that is growing, those before it, and the day as it was seen last."""

    __slots__ = ("bar", "day", "done")

    def __init__(self) -> None:
        self.bar: Candle | None = None
        self.day: Candle | None = None
        self.done: deque[Candle] = deque(maxlen=KEPT)

    def note(self, name_ms: int, day: Candle) -> Candle:
        """Take the day as it stands now; give the bar of this name. What traded before the first look is in no bar."""
        seen, price_li, bar = self.day or day, day.close_li, self.bar
        if seen.time_ms != day.time_ms:
            seen = day._replace(volume=0, amount_li=0)
        if bar is None or name_ms > bar.time_ms:
            if bar is not None:
                self.done.append(bar)
            pre_close_li = bar.close_li if bar is not None else day.pre_close_li
            bar = Candle(name_ms, price_li, price_li, price_li, price_li, 0, 0, pre_close_li)
        volume, amount_li = day.volume - seen.volume, day.amount_li - seen.amount_li
        later = Candle(bar.time_ms, price_li, price_li, price_li, price_li, volume, amount_li, 0)
        self.day, self.bar = day, bar.joined(later)
        return self.bar

    def join(self, candle: Candle) -> Candle:
        """Take a shorter bar that is done, under the name of the one it belongs to."""
        bar = self.bar
        if bar is not None and candle.time_ms > bar.time_ms:
            self.done.append(bar)
            bar = None
        self.bar = candle if bar is None else bar.joined(candle)
        return self.bar


class Watch:
    """Everybody's subscriptions to market data."""

    __slots__ = (
        "_audiences", "_bars", "_by_connection", "_fresh", "_listeners", "_periods", "_ticks", "_touched", "_watchers",
        "_world", "due_ms", "is_news_to_source",
    )  # fmt: skip

    def __init__(self, world: World) -> None:
        self._world = world
        self._watchers: dict[Key, dict[int, None]] = {}
        self._by_connection: dict[int, dict[Key, None]] = {}
        self._bars: dict[Key, Growing] = {}
        self._ticks: dict[str, deque[JsonObject]] = {}
        self._periods: tuple[str, ...] = ()
        self.is_news_to_source = False
        """Did who watches change since a recording was told?"""
        self._touched, self._fresh = world.market.touched, world.market.playback.fresh
        self._listeners: dict[str, tuple[int, list[_Audience]]] = {}
        """What was found out about a code: what one 手 of it is, and who watches it."""
        self._audiences: dict[tuple[str, tuple[int, ...]], _Audience] = {}
        self.due_ms: int | None = None
        """When the walk takes its next step, while anybody watches it."""

    # ---- subscriptions -------------------------------------------------------------------------------------------------

    def add(self, connection: int, period: str, names: Iterable[str], now_ms: int) -> str:
        """Tell a connection of these from now on; a sentence says why not."""
        own = self._by_connection.setdefault(connection, {})
        keys = [Key(period, name) for name in names]
        if len(own.keys() | set(keys)) > MAX_WATCHED:
            return f"行情订阅数超过上限 {MAX_WATCHED}"
        if not self._watchers:
            self._world.market.take_touched()
            self.due_ms = self._world.market.next_step_ms(now_ms) if self._world.market.moves else None
        for key in keys:
            own[key] = None
            self._watchers.setdefault(key, {})[connection] = None
        self._note_periods()
        return ""

    def remove(self, connection: int, period: str, names: Iterable[str]) -> bool:
        """Tell it no longer; False when it was told of none of them."""
        own = self._by_connection.get(connection, {})
        keys = [key for key in dict.fromkeys(Key(period, name) for name in names) if key in own]
        for key in keys:
            del own[key]
            self._forget(key, connection)
        self._note_periods()
        return bool(keys)

    def close(self, connection: int) -> None:
        """A connection is gone."""
        for key in self._by_connection.pop(connection, {}):
            self._forget(key, connection)
        self._note_periods()

    def begin_anew(self, now_ms: int) -> None:
        """The time is another: bars and ticks begin with it."""
        self._bars.clear()
        self._ticks.clear()
        self.is_news_to_source = True
        if self.due_ms is not None:
            self.due_ms = self._world.market.next_step_ms(now_ms)

    def _forget(self, key: Key, connection: int) -> None:
        watchers = self._watchers[key]
        del watchers[connection]
        if not watchers:
            del self._watchers[key]

    def _note_periods(self) -> None:
        self._periods = tuple(dict.fromkeys(key.period for key in self._watchers))
        self._listeners = {}
        self._audiences = {}
        self._bars = {key: growing for key, growing in self._bars.items() if self._who(*key)}
        self._ticks = {code: ticks for code, ticks in self._ticks.items() if self._who(TICK, code)}
        self.is_news_to_source = True
        if not self._watchers:
            self.due_ms = None

    def _who(self, period: str, code: str) -> tuple[int, ...]:
        """The connections that watch a code's period, by the code or by its market."""
        one = self._watchers.get(Key(period, code), {})
        all_ = self._watchers.get(Key(period, code[-2:]), {})
        return tuple(one | all_) if all_ else tuple(one)

    # ---- what is known through it --------------------------------------------------------------------------------------

    def is_watched(self, code: str, period: str) -> bool:
        """Does anybody watch a code's period?"""
        return bool(self._who(period, code))

    def is_code_watched(self, code: str) -> bool:
        """Does anybody watch any period of a code?"""
        return any(self._who(period, code) for period in self._periods)

    def growing(self, code: str, period: str) -> Candle | None:
        """The bar that is growing, while it is watched."""
        found = self._bars.get(Key(period, code))
        return found.bar if found is not None else None

    def kept_bars(self, code: str, period: str) -> Sequence[Candle]:
        """The bars that were done while somebody watched."""
        found = self._bars.get(Key(period, code))
        return list(found.done) if found is not None else []

    def kept_ticks(self, code: str) -> Sequence[JsonObject]:
        """The ticks that came while somebody watched."""
        return list(self._ticks.get(code, ()))

    # ---- what is told --------------------------------------------------------------------------------------------------

    def is_due(self, now_ms: int) -> bool:
        """Has the walk taken a step that nobody was told of?"""
        return self.due_ms is not None and self.due_ms <= now_ms

    def tell_source(self, source: Source) -> None:
        """Let a recording say what somebody watches, and of codes whose ticks are watched what happens within their bars."""
        self.is_news_to_source = False
        names = dict.fromkeys(key.name for key in self._watchers)
        watched = [code for code in source.codes if code in names or code[-2:] in names]
        source.watch([code for code in watched if self._who(TICK, code)])
        for code in watched:
            source.attend(code)

    def pushes(self, now_ms: int, news: Sequence[News] = ()) -> list[Push]:
        """What changed since the last time, for everybody who watches it. ``news``: rows that a recording has completed."""
        if not self._watchers:
            return []
        told: list[_Audience] = []
        securities, listeners = self._world.exchange.securities, self._listeners
        for code, period, row in news:
            security = securities.get(code)
            if security is None or (period != TICK and not row[_CLOSE]):
                continue  # nothing is known of it, or nothing traded all day
            lot, audiences = listeners.get(code) or self._listeners_of(code)
            for audience in audiences:
                if audience.period == period and period in MINUTES:
                    fields: JsonObject | None = recorded_bar(row, lot)
                elif audience.period == TICK:
                    fields = self._tick_of(security, period, row, lot, now_ms)
                else:
                    fields = self._bar_of(security, audience.period, period, row, now_ms)
                if fields is not None:
                    if not audience.rows:
                        told.append(audience)
                    audience.rows.append((code, fields))
        for code in self._changed(now_ms, news) if self._touched or self._fresh or self.due_ms is not None else ():
            for audience in self._listeners_of(code)[1]:
                fields = self._shown(securities[code], audience.period, now_ms)
                if fields is not None:
                    if not audience.rows:
                        told.append(audience)
                    audience.rows.append((code, fields))
        return told[0].take() if len(told) == 1 else [push for audience in told for push in audience.take()]

    def _listeners_of(self, code: str) -> tuple[int, list[_Audience]]:
        """What one 手 of a code is, and who watches which of its periods."""
        found = self._listeners.get(code)
        if found is None:
            each = [(period, self._who(period, code)) for period in self._periods]
            audiences = [self._audience(period, who) for period, who in each if who]
            found = self._listeners[code] = (LOT[self._world.exchange.securities[code].board], audiences)
        return found

    def _audience(self, period: str, who: tuple[int, ...]) -> _Audience:
        audience = self._audiences.get((period, who))
        if audience is None:
            audience = self._audiences[period, who] = _Audience(period, who)
        return audience

    def _changed(self, now_ms: int, news: Sequence[News]) -> list[str]:
        """The codes that changed otherwise. What goes on within a recorded bar is for who watches ticks."""
        market = self._world.market
        codes = dict.fromkeys(market.take_touched())
        if self.due_ms is not None and self.due_ms <= now_ms:
            self.due_ms = market.next_step_ms(now_ms)
            securities = self._world.exchange.securities
            codes |= dict.fromkeys(code for code, security in securities.items() if market.is_moving(security, now_ms))
        if codes:
            for code, _, _ in news:
                codes.pop(code, None)
        return list(codes)

    def _tick_of(self, security: Security, recorded: str, row: Flat, lot: int, now_ms: int) -> JsonObject:
        """The tick that a row of the recording shows which was just played."""
        tick = None
        if recorded == TICK:
            phase = self._world.exchange.setting(security, now_ms).phase
            is_usual = phase is _CONTINUOUS and not security.tags
            status = _CONTINUOUS_STATUS if is_usual else status_of(self._world, security, now_ms)
            tick = recorded_tick(row, units.yuan(security.pre_close_li), lot, status, security.is_index)
        return tick if tick is not None else tick_of(self._world, security, now_ms)

    def _bar_of(self, security: Security, period: str, recorded: str, row: Flat, now_ms: int) -> JsonObject | None:
        """The bar of another period that a row of the recording which is complete shows; None while there is none."""
        if recorded == TICK:
            return self._shown(security, period, now_ms)
        self._world.market.last_li(security, now_ms)
        growing = self._bars.setdefault(Key(period, security.code), Growing())
        if period == DAY:
            bar = self._day(growing, day_so_far(self._world, security, now_ms))
        elif recorded == DAY or MINUTES[recorded] > MINUTES[period]:
            return None
        else:
            hours = self._world.market.past.hours(security.board, self._world.exchange.day)
            candle = Candle(*row)
            bar = growing.join(candle._replace(time_ms=hours.named_end_ms(candle.time_ms, MINUTES[period])))
        return bar_fields(bar, security.board)

    def _shown(self, security: Security, period: str, now_ms: int) -> JsonObject | None:
        """What a code's period shows now; None while there is no bar."""
        playback, code = self._world.market.playback, security.code
        if period == TICK:
            tick = tick_of(self._world, security, now_ms)
            if not playback.knows(code):
                self._ticks.setdefault(code, deque(maxlen=KEPT)).append(copy_of(tick))
            return tick
        if playback.is_of_bars(code):
            return None  # a bar is under way, and nobody looks before it is complete
        self._world.market.last_li(security, now_ms)
        day = day_so_far(self._world, security, now_ms)
        growing = self._bars.setdefault(Key(period, code), Growing())
        if self._makes_prices(security, now_ms) or day.volume != (growing.day or day).volume:
            return bar_fields(self._bar(security, period, growing, day, now_ms), security.board)
        return None

    def _bar(self, security: Security, period: str, growing: Growing, day: Candle, now_ms: int) -> Candle:
        if period == DAY:
            return self._day(growing, day)
        begun = self._begun(security, MINUTES[period], now_ms) if growing.bar is None else None
        if begun is not None:
            growing.bar, growing.day = begun, day
            return begun
        hours = self._world.market.past.hours(security.board, self._world.exchange.day)
        return growing.note(hours.bar_end_ms(now_ms, MINUTES[period]), day)

    def _begun(self, security: Security, length: int, now_ms: int) -> Candle | None:
        """The bar of a walked security as it stands, whenever somebody began to watch it; None where that is not known."""
        market, day = self._world.market, self._world.exchange.day
        walk, hours = market.walk(security), market.past.hours(security.board, day)
        minutes = market.past.minutes(walk, day, now_ms, length) if walk is not None else []
        name_ms = hours.bar_end_ms(now_ms, length)
        return next((bar for bar in minutes_joined(minutes, length, lambda _: hours) if bar.time_ms == name_ms), None)

    @staticmethod
    def _day(growing: Growing, day: Candle) -> Candle:
        if growing.bar is not None and growing.bar.time_ms != day.time_ms:
            growing.done.append(growing.bar)
        growing.bar = growing.day = day if day.open_li else _of_one_price(day)
        return growing.bar

    def _makes_prices(self, security: Security, now_ms: int) -> bool:
        rule = PHASE_RULES[self._world.exchange.phase(security, now_ms)]
        return rule.matching or rule.call is Call.CLOSE


def _of_one_price(day: Candle) -> Candle:
    """A day in which nothing has traded yet, shown at its last price."""
    return day._replace(open_li=day.close_li, high_li=day.close_li, low_li=day.close_li)
