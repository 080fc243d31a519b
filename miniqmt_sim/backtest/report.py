"""A result as one HTML page that needs nothing else: figures, equity, drawdown, exposure, and trades on the price.

Comes in: a ``Result`` and the closes of the codes that were traded. Goes out: a text. Charts are inline SVG in the page's own
colours, light or dark as the reader's system asks; there is no script, no font and no picture to load.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import chain
from typing import Any, Final, NamedTuple

from miniqmt_sim.backtest.results import SHOWN, Record, Result

WIDTH: Final = 960
HEIGHT: Final = 220
LEFT: Final = 76
RIGHT: Final = 16
TOP: Final = 14
BOTTOM: Final = 26
MAX_CODES: Final = 12
"""Codes whose price is drawn, those most was traded of; the others stand in trades.csv."""
MAX_POINTS: Final = 1200
"""Points of one line: more than the page is wide shows nothing more."""
MAX_MARKS: Final = 600
"""Trades marked on one price."""
MAX_ROWS: Final = 200
"""Rows of a table; the newest are kept."""

Point = tuple[float, float]

_STYLE: Final = """
:root { color-scheme: light dark; --bg: #ffffff; --fg: #1c2330; --soft: #667085; --line: #e4e7ec; --card: #f8f9fb;
  --main: #2563eb; --fill: #2563eb22; --down: #b42318; --downfill: #b4231822; --buy: #d92d20; --sell: #079455; }
@media (prefers-color-scheme: dark) { :root { --bg: #12161e; --fg: #e6e9ef; --soft: #98a2b3; --line: #2b3240; --card: #1a202b;
  --main: #6ea8fe; --fill: #6ea8fe22; --down: #f97066; --downfill: #f9706622; --buy: #f97066; --sell: #47cd89; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1040px; padding: 28px 24px 60px; background: var(--bg); color: var(--fg);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 22px; margin: 0 0 2px; } h2 { font-size: 16px; margin: 34px 0 8px; }
p.sub { color: var(--soft); margin: 0 0 20px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 10px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; }
.card b { display: block; font-size: 18px; font-variant-numeric: tabular-nums; }
.card span { color: var(--soft); font-size: 13px; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--soft); font-size: 12px; }
.grid { stroke: var(--line); stroke-width: 1; } .zero { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 3; }
.main { fill: none; stroke: var(--main); stroke-width: 1.6; stroke-linejoin: round; } .area { fill: var(--fill); }
.down { fill: none; stroke: var(--down); stroke-width: 1.4; } .downarea { fill: var(--downfill); }
.buy { fill: var(--buy); } .sell { fill: var(--sell); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 4px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--soft); font-weight: 500; } th:first-child, td:first-child { text-align: left; }
code { font-size: 12px; color: var(--soft); word-break: break-all; }
"""


def report(result: Result, title: str, closes: Mapping[str, Sequence[tuple[int, str, float]]]) -> str:
    """Write the page. ``closes``: code to (time in ms, time as text, price) in order, of the codes that were traded."""
    summary = result.summary
    days = [str(row["day"]) for row in result.curve]
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="sub">{summary["start"]} to {summary["end"]} · {summary["days"]} trading days · fills '
        f'{escape(summary["profile"])} · seed {summary["seed"]} · {escape(summary["ended"])}</p>',
        _cards(summary),
        _chart("Equity", days, [row["equity"] for row in result.curve], "main", "{:,.0f}"),
        _chart("Drawdown", days, [row["drawdown"] * 100 for row in result.curve], "down", "{:.2f} %", zero=True),
        _chart("Exposure", days, [row["exposure"] * 100 for row in result.curve], "main", "{:.0f} %", zero=True),
        *_prices(result.trades, closes),
        _table("Fees", [{"fee": name.replace("_", " "), "yuan": value} for name, value in summary["fees"].items()]),
        _table("Refusals", [{"reason": reason, "times": times} for reason, times in summary["refusals"].items()]),
        _table("Exceptions of callbacks", [{"kind": kind, "times": times} for kind, times in summary["exceptions"].items()]),
        _table("Trades", [_trade(row) for row in result.trades]),
        _table("Days", result.curve),
        f"<h2>Reproduce</h2><p>miniqmt-sim {escape(summary['miniqmt_sim'])}<br><code>rules and profile "
        f"{summary['fingerprint']}</code><br><code>state hash {summary['state_hash']}</code></p>",
    ]
    body = "\n".join(part for part in parts if part)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return f"<!doctype html>\n<html lang=\"en\"><head>{head}<style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"


def _cards(summary: Record) -> str:
    cards = (f"<div class=\"card\"><span>{words}</span><b>{escape(form(summary[key]))}</b></div>" for key, words, form in SHOWN)
    return f'<div class="cards">{"".join(cards)}</div>'


def _trade(row: Record) -> Record:
    return {name: row[name] for name in ("time", "stock_code", "order_type", "price", "volume", "amount", "commission")}


# -- charts --------------------------------------------------------------------------------------------------------------


class _Frame(NamedTuple):
    """Where values lie on a chart."""

    least: float
    most: float
    points: int

    @classmethod
    def around(cls, values: Sequence[float], points: int, zero: bool) -> _Frame:
        least, most = min(values), max(values)
        if zero:
            least, most = min(least, 0.0), max(most, 0.0)
        room = (most - least) * 0.06 or abs(most) * 0.01 or 1.0
        floor, top = (least if zero and least == 0.0 else least - room), (most if zero and most == 0.0 else most + room)
        return cls(floor, top if top > floor else room, points)

    def x(self, place: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (place / max(self.points - 1, 1))

    def y(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - self.least) / (self.most - self.least))


def _chart(title: str, names: Sequence[str], values: Sequence[float], kind: str, form: str, *, zero: bool = False) -> str:
    """One line over days, with what lies below it filled."""
    if not values:
        return ""
    frame = _Frame.around(values, len(values), zero)
    points = _thinned([(frame.x(place), frame.y(value)) for place, value in enumerate(values)])
    if len(points) == 1:
        points = [points[0], (WIDTH - RIGHT, points[0][1])]
    floor = frame.y(max(frame.least, 0.0) if not zero else 0.0)
    area = f"{_path(points)} L{points[-1][0]:.1f} {floor:.1f} L{points[0][0]:.1f} {floor:.1f} Z"
    area_kind = "downarea" if kind == "down" else "area"
    inner = f'<path class="{area_kind}" d="{area}"/><path class="{kind}" d="{_path(points)}"/>'
    return _svg(title, frame, names, form, inner)


def _prices(trades: Sequence[Record], closes: Mapping[str, Sequence[tuple[int, str, float]]]) -> Iterator[str]:
    """The price of each code that was traded, with the trades on it."""
    amounts: dict[str, float] = {}
    for trade in trades:
        amounts[trade["stock_code"]] = amounts.get(trade["stock_code"], 0.0) + trade["amount"]
    for code in sorted(amounts, key=lambda code: (-amounts[code], code))[:MAX_CODES]:
        series = _spread(closes.get(code, ()))
        own = [trade for trade in trades if trade["stock_code"] == code]
        if series:
            yield _price_chart(code, series, own)


def _spread(series: Sequence[tuple[int, str, float]]) -> list[tuple[int, str, float]]:
    """As many of a series as a chart can show, evenly, the last one included."""
    step = max(1, -(-len(series) // MAX_POINTS))
    return [*series[::step], *([series[-1]] if series and (len(series) - 1) % step else [])]


def _price_chart(code: str, series: Sequence[tuple[int, str, float]], trades: Sequence[Record]) -> str:
    values = [price for _, _, price in series]
    frame = _Frame.around([*values, *(trade["price"] for trade in trades)], len(series), zero=False)
    line = _path([(frame.x(place), frame.y(value)) for place, value in enumerate(values)])
    texts = [text for _, text, _ in series]
    marks = "".join(_mark(frame, texts, trade) for trade in trades[:MAX_MARKS])
    more = f", the first {MAX_MARKS} of {len(trades)} trades" if len(trades) > MAX_MARKS else ""
    title = f"{code}: price and trades{more}"
    return _svg(title, frame, texts, "{:.3f}", f'<path class="main" d="{line}"/>{marks}')


def _mark(frame: _Frame, texts: Sequence[str], trade: Record) -> str:
    """A triangle: up for a purchase, down for a sale."""
    is_buy = "BUY" in trade["order_type"]
    place = _place(texts, trade["time"])
    x, y, tip = frame.x(place), frame.y(trade["price"]), 6 if is_buy else -6
    label = escape(f'{trade["time"][:19]} {"buy" if is_buy else "sell"} {trade["volume"]} at {trade["price"]:g}')
    shape = f"M{x:.1f} {y:.1f} l-4.5 {tip * 1.5:.1f} l9 0 Z"
    return f'<path class="{"buy" if is_buy else "sell"}" d="{shape}"><title>{label}</title></path>'


def _place(texts: Sequence[str], text: str) -> int:
    """The first point that is not before a time."""
    low, high = 0, len(texts) - 1
    while low < high:
        middle = (low + high) // 2
        if texts[middle] < text:
            low = middle + 1
        else:
            high = middle
    return low


def _svg(title: str, frame: _Frame, names: Sequence[str], form: str, inner: str) -> str:
    lines = []
    for number in range(5):
        value = frame.least + (frame.most - frame.least) * number / 4
        y = frame.y(value)
        lines.append(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{form.format(value)}</text>'
        )
    for number in range(5):
        place = round((len(names) - 1) * number / 4)
        anchor = "start" if number == 0 else "end" if number == 4 else "middle"
        name = escape(_short(names[place]))
        lines.append(f'<text x="{frame.x(place):.1f}" y="{HEIGHT - 6}" text-anchor="{anchor}">{name}</text>')
        if len(names) == 1:
            break
    picture = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{"".join(lines)}{inner}</svg>'
    return f"<h2>{escape(title)}</h2>\n{picture}"


def _short(text: str) -> str:
    """A day, or a day and a minute."""
    if text.isdigit() and len(text) == 8:
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text[:16].replace("T", " ")


def _path(points: Sequence[Point]) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _thinned(points: Sequence[Point]) -> list[Point]:
    """At most MAX_POINTS: of each stretch the highest and the lowest, so that no peak is lost."""
    if len(points) <= MAX_POINTS:
        return list(points)
    size = -(-len(points) * 2 // MAX_POINTS)
    parts = (points[start : start + size] for start in range(0, len(points), size))
    return list(chain.from_iterable(sorted({min(part, key=_height), max(part, key=_height)}) for part in parts))


def _height(point: Point) -> float:
    return point[1]


# -- tables --------------------------------------------------------------------------------------------------------------


def _table(title: str, rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    shown = rows[-MAX_ROWS:]
    heads = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in shown[0])
    lines = "".join(f"<tr>{''.join(f'<td>{escape(_cell(value))}</td>' for value in row.values())}</tr>" for row in shown)
    note = f" (the last {MAX_ROWS} of {len(rows)})" if len(rows) > MAX_ROWS else ""
    return f'<h2>{escape(title)}{note}</h2>\n<div class="wide"><table><tr>{heads}</tr>{lines}</table></div>'


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return str(value)[:23].replace("T", " ") if isinstance(value, str) and value[4:5] == "-" else str(value)
