"""Call auctions: the one price at which most trades, by each exchange's own tie-breaks.

Conditions, common to both: the largest volume; every bid above and every ask below the price fully filled; at the price
one side fully filled. Source: SSE 3.5.2, SZSE 3.4.2; tie-breaks: config/rules/auction.toml; examples: exchange-rules §7.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from matching.book import OrderBook, Side
from matching.events import Traded
from matching.rules import AuctionRule, Candidates, Equidistant, Tie
from matching.units import round_to_tick

Depth = Sequence[tuple[int, int]]
"""Price in li and volume, in any order."""


class Cross(NamedTuple):
    """An auction's result: price, volume traded, and what is left at it: positive to buy, negative to sell."""

    price_li: int
    volume: int
    surplus: int


class _Candidate(NamedTuple):
    low_li: int
    high_li: int
    volume: int
    surplus: int


def find_cross(bids: Depth, asks: Depth, rule: AuctionRule, reference_li: int, tick_li: int) -> Cross | None:
    """The auction's price, None when nothing crosses."""
    legal = [candidate for candidate in _candidates(bids, asks, rule, tick_li) if candidate.volume]
    if not legal:
        return None
    most = max(candidate.volume for candidate in legal)
    least = min(abs(candidate.surplus) for candidate in legal if candidate.volume == most)
    best = [candidate for candidate in legal if candidate.volume == most and abs(candidate.surplus) == least]
    price_li = _PICK[rule.tie](best, rule, reference_li, tick_li)
    bought = sum(volume for price, volume in bids if price >= price_li)
    sold = sum(volume for price, volume in asks if price <= price_li)
    return Cross(price_li, most, bought - sold)


def _candidates(bids: Depth, asks: Depth, rule: AuctionRule, tick_li: int) -> Iterator[_Candidate]:
    """Prices, or stretches of ticks between two of them, with what would trade; only where nothing better stays unfilled."""
    prices = sorted(dict.fromkeys(price for price, _ in (*bids, *asks)))
    stretches = [(price, price) for price in prices]
    if rule.candidates is Candidates.TICKS:
        stretches += [
            (low + tick_li, high - tick_li) for low, high in pairwise(prices) if high - low > tick_li
        ]
    for low, high in stretches:
        bought = sum(volume for price, volume in bids if price >= high)
        sold = sum(volume for price, volume in asks if price <= low)
        better_bids = sum(volume for price, volume in bids if price > high)
        better_asks = sum(volume for price, volume in asks if price < low)
        traded = min(bought, sold)
        if better_bids <= traded and better_asks <= traded:
            yield _Candidate(low, high, traded, bought - sold)


def _midpoint(best: Sequence[_Candidate], rule: AuctionRule, reference_li: int, tick_li: int) -> int:
    """The middle of the lowest and highest price that remain, half up to the tick."""
    lowest, highest = min(item.low_li for item in best), max(item.high_li for item in best)
    return round_to_tick(lowest + highest, 2, tick_li)


def _nearest(best: Sequence[_Candidate], rule: AuctionRule, reference_li: int, tick_li: int) -> int:
    """The price nearest to the reference."""
    sign = 1 if rule.equidistant is Equidistant.HIGHER else -1
    prices = [price for item in best for price in _nearest_ticks(item, reference_li, tick_li)]
    return min(prices, key=lambda price: (abs(price - reference_li), -sign * price))


def _nearest_ticks(item: _Candidate, reference_li: int, tick_li: int) -> Iterable[int]:
    """The ticks of a stretch that lie next to the reference: one of its ends, or the two around it."""
    if reference_li <= item.low_li:
        return (item.low_li,)
    if reference_li >= item.high_li:
        return (item.high_li,)
    below = reference_li - (reference_li - item.low_li) % tick_li
    return (below, min(below + tick_li, item.high_li))


_PICK = {Tie.MIDPOINT: _midpoint, Tie.NEAREST: _nearest}


def depth(book: OrderBook, side: Side) -> Depth:
    """A side of a book as prices and volumes."""
    return [(level.price_li, level.total) for level in book.sides[side].levels()]


def uncross(book: OrderBook, cross: Cross) -> Iterator[Traded]:
    """Trade the crossing orders at the auction's price, each side by price, then time. The later order is the taker."""
    buys, sells = book.sides
    left = cross.volume
    while left:
        bids, asks = buys.best, sells.best
        assert bids is not None, "the cross promised more than the bids hold"
        assert asks is not None, "the cross promised more than the asks hold"
        buy, sell = bids.first(), asks.first()
        volume = min(left, buy.volume, sell.volume)
        buys.take(buy, volume)
        sells.take(sell, volume)
        left -= volume
        maker, taker = sorted((buy, sell), key=lambda order: order.queue_seq)
        yield Traded(taker, maker, cross.price_li, volume)
