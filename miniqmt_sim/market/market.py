"""The market as the core sees it: which quote holds in which security now, and the house that stands for it.

Two sources: quotes that the operator gave (``ctl quote``), which hold until the next one, and the synthetic walk for every
other security, which nobody stores because it can be computed. A security the operator quotes is no longer walked.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from matching.book import HOUSE, Side
from matching.codes import INDEX_BOARDS, Board
from matching.events import Event, Traded
from matching.exchange import Exchange
from matching.instrument import SUSPENDED, Listing, Security, parse_listing
from matching.liquidity import Liquidity
from matching.phases import PHASE_RULES, Phase
from matching.units import LI_PER_YUAN, round_to_tick
from miniqmt_sim.changes import Changes, Counters, Row
from miniqmt_sim.market.house import House
from miniqmt_sim.market.playback import Playback
from miniqmt_sim.market.quote import FillProfile, Levels, Quote
from miniqmt_sim.market.rows import FigureRow, InstrumentRow, QuoteRow, happened
from miniqmt_sim.market.synthetic import STEP_MS, STEPS_PER_MINUTE, SyntheticMarket
from miniqmt_sim.market.walk import Past, Walk

UNKNOWN_PRICE_LI = 10 * LI_PER_YUAN
"""Reference price of a code that is listed on the spot by an order without a usable price."""
ABSURD_PRICE_LI = 10_000 * LI_PER_YUAN
"""From here on an order's price says nothing of a code: the exchanges take no such price. Source: exchange-rules §3."""
NO_QUOTE = ""
_ENTRY, _AFTER_HOURS = Phase.AFTER_HOURS_ENTRY, Phase.AFTER_HOURS


class Market(Liquidity):
    """Quotes of every security, and the house."""

    def __init__(
        self, exchange: Exchange, synthetic: SyntheticMarket | None, profile: FillProfile, auto_list: bool, changes: Changes,
        counters: Counters,
    ) -> None:  # fmt: skip
        self.house = House(exchange, profile, changes)
        self._quotes: dict[str, Quote] = {}
        self.playback = Playback(exchange, self.house, self._quotes)
        self._exchange = exchange
        self._synthetic = synthetic
        self.moves = synthetic is not None
        """Do prices change while nobody says anything?"""
        self._auto_list = auto_list
        self._changes = changes
        self._counters = counters
        self._steps: dict[str, int] = {}
        self._bases: dict[str, int] = {}
        self.past = Past(exchange.rules, exchange.calendar)
        self.ex_prices: dict[str, dict[int, tuple[int, int]]] = {}
        """Code -> ex-day -> close before it and reference price, of the ex-days since the server began."""
        self._quoted_ms: dict[str, int] = {}
        self.touched: dict[str, None] = {}
        """Codes that were quoted since somebody asked, and those nobody quotes in which accounts traded."""

    # ---- securities ----------------------------------------------------------------------------------------------------

    def list_security(self, listing: Listing) -> Security:
        """List a security and write it down."""
        security = self._exchange.list_security(listing)
        self._bases[security.code] = security.pre_close_li
        self.record_reference(security)
        return security

    def security(self, stock_code: str, hint_li: int) -> Security | None:
        """The security of a code that trades today, and is no index; an unknown one is listed where that is allowed."""
        found = self._exchange.securities.get(stock_code)
        if found is None and self._auto_list:
            try:
                listing = parse_listing(stock_code, "", hint_li if 0 < hint_li < ABSURD_PRICE_LI else UNKNOWN_PRICE_LI)
                if listing.board in INDEX_BOARDS:
                    return None
                tick_li = self._exchange.rules.on(listing.board, self._exchange.day).tick.tick_li
                reference_li = max(listing.pre_close_li // tick_li, 1) * tick_li
                found = self.list_security(listing._replace(pre_close_li=reference_li))
            except ValueError:
                return None
        return found if found is not None and not found.is_index and self._exchange.has_begun(found) else None

    # ---- quotes --------------------------------------------------------------------------------------------------------

    def last_li(self, security: Security, now_ms: int) -> int:
        """The last price at this moment."""
        self.current(security, now_ms)
        return security.last_li

    def current(self, security: Security, now_ms: int) -> Quote | None:
        """The quote that holds now, None where nothing is known of the market."""
        code = security.code
        self.playback.seen(code)
        quote = self._quotes.get(code)
        if quote is not None or self._synthetic is None or not self._is_open(security, now_ms):
            return quote
        return self._walk(self._synthetic, security, (now_ms - self._counters["start_ms"]) // STEP_MS)

    def _walk(self, synthetic: SyntheticMarket, security: Security, step: int) -> Quote:
        quote = self._step_of(synthetic, security, step)
        if self._steps.get(security.code) != step:
            self._steps[security.code] = step
            security.last_li = quote.last_li
        return quote

    def _step_of(self, synthetic: SyntheticMarket, security: Security, step: int) -> Quote:
        """What the walk says at a step; of an index no levels, for nobody stands there."""
        tick_li, band = self._exchange.board_rules(security).tick.tick_li, self._exchange.band(security)
        quote = synthetic.quote(security.code, self._bases[security.code], tick_li, band, step)
        return quote._replace(bids=(), asks=()) if security.is_index else quote

    def _is_open(self, security: Security, now_ms: int) -> bool:
        """Do orders reach the book of this security now?"""
        rule = PHASE_RULES[self._exchange.phase(security, now_ms)]
        return rule.orders and not rule.queued and SUSPENDED not in security.tags

    def quote(self, security: Security, quote: Quote, now_ms: int) -> list[Event]:
        """The operator's quote: it holds from now on, and reaches the orders that rest there."""
        code = security.code
        self._quotes[code] = quote._replace(volume=0)
        self._quoted_ms[code] = now_ms
        self.touched[code] = None
        if security.is_index:
            self._publish(security, quote, now_ms)
            return []
        if not self._is_open(security, now_ms):
            if not security.figures.close_li:
                security.last_li = quote.last_li
            self.record(security, now_ms)
            events: list[Event] = []
            if self.house.is_in(code):
                events = self.house.wait(code, quote, PHASE_RULES[self._exchange.phase(security, now_ms)], now_ms)
            return events + self._after_hours(security, quote, now_ms)
        events = []
        if self._exchange.has_users(code) or self.house.is_in(code):
            events = self.house.follow(code, self._for_phase(security, quote, now_ms), now_ms)
        traded = quote.volume if PHASE_RULES[self._exchange.phase(security, now_ms)].matching else 0
        events += self._exchange.note_market(security, quote.last_li, traded, now_ms)
        self.record(security, now_ms)
        return events

    def _publish(self, security: Security, quote: Quote, now_ms: int) -> None:
        """A level of an index: there is nobody whom it could reach. Its last one comes after the close, and counts."""
        if not security.figures.close_li:
            security.last_li = quote.last_li
            if security.figures.open_li or self._exchange.phase(security, now_ms) is not Phase.CLOSED:
                security.figures.publish(quote.last_li, quote.volume)
        self.record(security, now_ms)

    def _after_hours(self, security: Security, quote: Quote, now_ms: int) -> list[Event]:
        """Volume traded after hours reaches fixed-price orders of both sides, in order of time, up to the users' part."""
        if self._exchange.phase(security, now_ms) is not Phase.AFTER_HOURS:
            return []
        events: list[Event] = []
        left = dict.fromkeys(Side, self.house.users_part(quote.volume))
        for order in self._exchange.fixed_orders(security.code):
            volume = min(order.volume, left[order.side])
            if volume:
                left[order.side] -= volume
                events.append(self._exchange.fill_fixed(order, volume, now_ms))
        return events

    def _for_phase(self, security: Security, quote: Quote, now_ms: int) -> Quote:
        """Volume trades in continuous trading only; an auction shows its depth and no trades."""
        matching = PHASE_RULES[self._exchange.phase(security, now_ms)].matching
        return quote if matching else quote._replace(volume=0)

    def arrive(self, security: Security, side: Side | None, now_ms: int) -> list[Event]:
        """An order is about to reach the book: the house enters it with the quote that holds; after hours there is a close.

        ``side`` is the order's; None for those that waited beside the book.
        """
        self.playback.note_arrival(security.code)
        setting = self._exchange.setting(security, now_ms)
        if setting.phase is _ENTRY or setting.phase is _AFTER_HOURS:
            self._fix_close(security, now_ms)
            return []
        if self.playback.knows(security.code):
            quote = self.current(security, now_ms)
            if quote is not None and quote.from_bar:
                meets = side is not None and setting.rule.matching
                return self.playback.answer(security, side, quote, now_ms) if side is not None and meets else []
            if setting.rule.call:
                return []  # the recording says at what price
        if self.house.is_in(security.code) or (self._synthetic is None and security.code not in self._quotes):
            return []
        quote = self.current(security, now_ms) if self._is_open(security, now_ms) else None
        return self.house.enter(security.code, quote, now_ms) if quote is not None else []

    def traded(self, event: Traded, now_ms: int) -> None:
        """House orders shrank, the last price moved: write both down."""
        maker, taker = event.maker, event.taker
        if maker.owner == HOUSE or taker.owner == HOUSE:
            self.house.note(maker, event.volume)
            self.house.note(taker, event.volume)
        if not self.playback.knows(maker.code) and self._synthetic is None and maker.code not in self._quotes:
            self.touched[maker.code] = None  # nobody quotes it: what accounts do is all there is to see
        self.record(self._exchange.securities[maker.code], now_ms)

    def record(self, security: Security, now_ms: int) -> None:
        """Write down a security's last price, quote and day; of a recorded one, with the time of its newest row."""
        if not self.playback.is_stored:
            return
        quote_ms = self.playback.row_ms(security.code) or now_ms
        self._changes.put("quotes", security.code, QuoteRow(self.levels_of, security.code, security.last_li, quote_ms))
        if happened(security):
            self._changes.put("day_figures", security.code, FigureRow(security))

    def record_played(self) -> bool:
        """Write down what the recording changed since the last time; did it change anything?"""
        if not self.playback.take_dirty(self.record):
            return False
        self._counters["feed_ms"] = self.playback.feed_ms
        return True

    # ---- time ----------------------------------------------------------------------------------------------------------

    def walked(self) -> list[str]:
        """Books of the house whose quote comes from the walk, in order of their codes."""
        return [code for code in self.house.codes() if code not in self._quotes]

    def next_step_ms(self, now_ms: int) -> int:
        """When the walk takes its next step."""
        start_ms = self._counters["start_ms"]
        return start_ms + ((now_ms - start_ms) // STEP_MS + 1) * STEP_MS

    def step(self, code: str, now_ms: int) -> list[Event]:
        """The walk took a step: the house follows it. Outside trading hours nothing moves."""
        security = self._exchange.securities[code]
        quote = self.current(security, now_ms)
        return self.house.follow(code, self._for_phase(security, quote, now_ms), now_ms) if quote is not None else []

    def close(self, now_ms: int) -> None:
        """The day is over: the house goes home, and every security gets its closing price."""
        for code in self.house.codes():
            self.house.leave(code)
        for security in self._exchange.securities.values():
            self._fix_close(security, now_ms)
            security.last_li = security.figures.close_li

    def fix_closes(self, now_ms: int) -> None:
        """The host takes no more orders: those who wait to trade at the close learn it."""
        for security in self._over(now_ms):
            if self._exchange.fixed_orders(security.code):
                self._fix_close(security, now_ms)

    def show_closes(self, now_ms: int) -> None:
        """Auctions are over: what is walked is shown at its close from now on, as it will be the day after."""
        for security in self._over(now_ms) if self._synthetic is not None else ():
            if security.code not in self._quotes:
                self._fix_close(security, now_ms)

    def _over(self, now_ms: int) -> Iterator[Security]:
        """The securities whose host takes no more orders today."""
        over = [board for board in Board if self._exchange.last_trading_ms(board) < now_ms]
        return (security for security in self._exchange.securities.values() if security.board in over)

    def _fix_close(self, security: Security, now_ms: int) -> None:
        if self.playback.knows(security.code):
            self._fix_recorded_close(security, now_ms)
        elif not security.figures.close_li:
            self._show_last_minute(security)
            self._exchange.fix_close(security)
            self.record(security, now_ms)

    def _fix_recorded_close(self, security: Security, now_ms: int) -> None:
        """The recording knows the close, whatever was traded with it."""
        quote = self.current(security, now_ms)
        if quote is not None and quote.last_li:
            security.last_li = quote.last_li
        security.figures.close_li = security.last_li
        self.record(security, now_ms)

    def _show_last_minute(self, security: Security) -> None:
        """A walked security traded to the end: its last minute belongs to the tape."""
        synthetic, code = self._synthetic, security.code
        if synthetic is None or code in self._quotes:
            return
        last_ms = self._exchange.last_trading_ms(security.board)
        start_ms = self._counters["start_ms"]
        if last_ms < start_ms:
            return
        last_step = (last_ms - start_ms) // STEP_MS
        base_li, tick_li = self._bases[code], self._exchange.board_rules(security).tick.tick_li
        for step in range(max(0, last_step - STEPS_PER_MINUTE + 1), last_step + 1):
            volume = synthetic.traded(code, step)
            if volume:
                price_li = synthetic.last_li(code, base_li, tick_li, step)
                security.figures.note_tape(start_ms + step * STEP_MS, price_li * volume, volume)
        self._walk(synthetic, security, last_step)

    def open_day(self, keep_quotes: bool) -> None:
        """A day begins: yesterday's depth is no market unless trading never stops; references are written down."""
        self.playback.open_day()
        if not keep_quotes:
            for code in list(self._quotes):
                self._quotes[code] = self._quotes[code]._replace(bids=(), asks=(), volume=0)
        for security in self._exchange.securities.values():
            self.record_reference(security)
            self._changes.put("day_figures", security.code, None)

    def rebase(self, security: Security, reference_li: int, now_ms: int) -> None:
        """A security goes ex: everything that is known of its price is so much lower from now on."""
        code, tick_li = security.code, self._exchange.board_rules(security).tick.tick_li
        self.ex_prices.setdefault(code, {})[self._exchange.day] = (security.pre_close_li, reference_li)
        self._bases[code] = max(round_to_tick(self._bases[code] * reference_li, security.pre_close_li, tick_li), tick_li)
        if code in self._quotes:
            self._quotes[code] = Quote(reference_li, (), ())
        self._exchange.set_reference(security, reference_li)
        security.last_li = reference_li
        self.record(security, now_ms)
        self.record_reference(security)

    def begin_anew(self) -> None:
        """The day is another: what quotes made of it is forgotten, but not what was quoted last."""
        self._steps.clear()
        for code, security in self._exchange.securities.items():
            quote = self._quotes.get(code)
            security.last_li = quote.last_li if quote is not None else security.pre_close_li
            if quote is None:
                self._changes.put("quotes", code, None)
            self._changes.put("day_figures", code, None)

    def record_reference(self, security: Security) -> None:
        """Write down a security's reference price."""
        self.playback.forget_limits(security.code)
        self._changes.put("instruments", security.code, InstrumentRow(security, self._bases[security.code]))

    def instrument_rows(self) -> list[Row]:
        """Rows of table instruments."""
        return sorted(InstrumentRow(security, self._bases[code]).row() for code, security in self._exchange.securities.items())

    def figure_rows(self) -> list[Row]:
        """Rows of table day_figures: securities in which something happened today."""
        return sorted(FigureRow(security).row() for security in self._exchange.securities.values() if happened(security))

    def quote_rows(self) -> list[Row]:
        """Rows of table quotes that bring every last price back; a walk goes on where it was."""
        start_ms = self._counters["start_ms"]
        return [
            (code, security.last_li, *self.levels_of(code), start_ms + self._steps.get(code, -1) * STEP_MS)
            for code, security in sorted(self._exchange.securities.items())
        ]

    def levels_of(self, code: str) -> tuple[str, str]:
        """The levels of the quote that holds, as they are stored."""
        self.playback.seen(code)
        quote = self._quotes.get(code)
        if quote is None:
            return NO_QUOTE, NO_QUOTE
        bids, asks = self._sides(code, quote)
        return json.dumps(bids), json.dumps(asks)

    # ---- restart -------------------------------------------------------------------------------------------------------

    def restore_base(self, security: Security, base_li: int) -> None:
        """The price the walk of a security began at."""
        self._bases[security.code] = base_li

    def restore_figures(self, rows: Sequence[Row]) -> None:
        """Take what happened today back from storage."""
        for stock_code, *figures, halts, tape in rows:
            day = self._exchange.securities[stock_code].figures
            (
                day.open_li, day.high_li, day.low_li, day.close_li, day.volume, day.amount_li, day.halted_until_ms,
            ) = figures  # fmt: skip
            day.halts = json.loads(halts)
            day.tape = [tuple(entry) for entry in json.loads(tape)]

    def restore_quotes(self, rows: Sequence[Row]) -> None:
        """Take quotes and last prices back from storage."""
        for stock_code, last_li, bids, asks, quote_ms in rows:
            security = self._exchange.securities[stock_code]
            security.last_li = last_li
            self._steps[stock_code] = (quote_ms - self._counters["start_ms"]) // STEP_MS
            if bids == NO_QUOTE:
                continue
            shown = _levels(bids), _levels(asks)
            if shown[0] and shown[1] and shown[0][0][0] == shown[1][0][0]:
                self.playback.restore_bar(stock_code, shown[0][0][0], shown[0][0][1], shown[1][0][1], quote_ms)
            else:
                self._quotes[stock_code] = Quote(last_li, *shown)

    def shown(self, security: Security, now_ms: int) -> tuple[Levels, Levels]:
        """What a quote screen shows: the levels of the quote that holds."""
        quote = self.current(security, now_ms)
        if quote is None:
            return (), ()
        bids, asks = self._sides(security.code, quote)
        return tuple(level for level in bids if level[1]), tuple(level for level in asks if level[1])

    def _sides(self, code: str, quote: Quote) -> tuple[Levels, Levels]:
        """The levels of a quote; of a bar's, what may be sold and bought at its one price, which no other quote has twice."""
        return self.playback.shown_sides(code, quote) if quote.from_bar else (quote.bids, quote.asks)

    # ---- for who watches -----------------------------------------------------------------------------------------------

    def walk(self, security: Security) -> Walk | None:
        """The curve a security walks on; None where its quotes come from somebody."""
        code = security.code
        if self._synthetic is None or code in self._quotes:
            return None
        tick_li = self._exchange.board_rules(security).tick.tick_li
        return Walk(self._synthetic, code, security.board, self._bases[code], tick_li, self._counters["start_ms"])

    def walked_quote(self, security: Security, step: int) -> Quote:
        """The quote of a step of the walk today."""
        assert self._synthetic is not None
        return self._step_of(self._synthetic, security, step)

    def quote_ms(self, security: Security, now_ms: int) -> int:
        """When the quote that holds came: of the walk, when its step began. Before the first one it is now."""
        quoted_ms = self.playback.row_ms(security.code) or self._quoted_ms.get(security.code)
        if quoted_ms is not None:
            return quoted_ms
        if self._synthetic is None or not self._is_open(security, now_ms):
            return now_ms
        return now_ms - (now_ms - self._counters["start_ms"]) % STEP_MS

    def is_moving(self, security: Security, now_ms: int) -> bool:
        """Does the walk give this security a new quote with every step now?"""
        return self._synthetic is not None and security.code not in self._quotes and self._is_open(security, now_ms)

    def take_touched(self) -> list[str]:
        """Codes that were quoted since the last time, and those nobody quotes in which accounts traded."""
        touched = list(self.touched | self.playback.fresh)
        self.touched.clear()
        self.playback.fresh.clear()
        return touched

    def problems(self) -> Iterator[str]:
        """Name what is inconsistent."""
        return self.house.problems()


def _levels(text: str) -> Levels:
    return tuple((price_li, volume) for price_li, volume in json.loads(text))
