"""Charts drawn by the server: SVG with attributes only, so a strict CSP and paper both take them.

Values are whole numbers (minor units, counts): geometry is integer arithmetic on a stretched canvas, colours come from the
style sheet, so both themes work. Every chart is a `<figure>` with a summary for screen readers, a `<title>` on each mark and
a table of the same figures behind a `<details>`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

HEIGHT = 1000
STEP = 100
RING_ROUND = 10_000
LABELS_AT_MOST = 13
LETTERS_AT_MOST = 48
"""How many letters of labels fit side by side under a chart on a phone."""

Shown = Callable[[int], str]


class InOut(NamedTuple):
    """One period: what came in and what went out, both zero or more."""

    label: str
    inward: int
    outward: int


class Banded(NamedTuple):
    """One point of a line and the band it is expected to lie in."""

    label: str
    value: int
    low: int
    high: int


def sparkline(title: str, values: Sequence[int], *, shown: Shown = str) -> SafeString:
    """A word-sized line without axes; its label tells first, last, lowest and highest."""
    if not values:
        return format_html("{}", "")
    scale = _Scale(min(values), max(values))
    label = f"{title}: from {shown(values[0])} to {shown(values[-1])}, between {shown(min(values))} and {shown(max(values))}"
    return format_html(
        '<svg class="sparkline" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<title>{}</title><polyline class="chart-line" points="{}"/></svg>',
        max(len(values) - 1, 1) * STEP,
        HEIGHT,
        label,
        label,
        _points((index * STEP, scale.y(value)) for index, value in enumerate(values)),
    )


def bars_in_out(
    title: str, periods: Sequence[InOut], *, names: tuple[str, str] = ("In", "Out"), shown: Shown = str
) -> SafeString:
    """Two bars a period, in and out, from one zero line; `names` says what they are where it is not money."""
    scale = _Scale(0, max((max(period.inward, period.outward) for period in periods), default=0))
    marks = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        (mark for index, period in enumerate(periods) for mark in _pair(index, period, scale, names, shown)),
    )
    rows = [(period.label, shown(period.inward), shown(period.outward)) for period in periods]
    summary = (
        f"{title}: {names[0].lower()} and {names[1].lower()} over {len(periods)} periods, at most {shown(scale.high)}"
    )
    data = _Data(title, ("Period", *names), rows)
    return _figure(data, _canvas(summary, len(periods) * STEP, marks), _limits(scale, shown), _key(*names, "out"))


def line_with_band(
    title: str, points: Sequence[Banded], *, names: tuple[str, str] = ("Actual", "Expected"), shown: Shown = str
) -> SafeString:
    """A line over a band, lowest and highest value as its limits; `names` says what the line and the band are."""
    lows, highs = [min(point.low, point.value) for point in points], [max(point.high, point.value) for point in points]
    scale = _Scale(min(lows, default=0), max(highs, default=0))
    across = [index * STEP + STEP // 2 for index in range(len(points))]
    upper = [(x, scale.y(point.high)) for x, point in zip(across, points, strict=True)]
    lower = [(x, scale.y(point.low)) for x, point in zip(across, points, strict=True)]
    marks = format_html(
        '<polygon class="chart-band" points="{}"/><polyline class="chart-line" points="{}"/>{}',
        _points([*upper, *reversed(lower)]),
        _points((x, scale.y(point.value)) for x, point in zip(across, points, strict=True)),
        _hits(points, shown),
    )
    rows = [(point.label, shown(point.value), f"{shown(point.low)} to {shown(point.high)}") for point in points]
    summary = f"{title}: {len(points)} points between {shown(scale.low)} and {shown(scale.high)}"
    data = _Data(title, ("When", *names), rows)
    return _figure(data, _canvas(summary, len(points) * STEP, marks), _limits(scale, shown), _key(*names, "band"))


def area(
    title: str,
    points: Sequence[tuple[str, int]],
    *,
    parts: Sequence[int] = (),
    names: Sequence[str],
    shown: Shown = str,
) -> SafeString:
    """A line over its own ground, from zero up; `parts`, where given, is how much of each value is of a second kind."""
    scale = _Scale(0, max((value for _, value in points), default=0))
    across = [index * STEP + STEP // 2 for index in range(len(points))]
    line = [(x, scale.y(value)) for x, (_, value) in zip(across, points, strict=True)]
    ground = [(x, scale.y(part)) for x, part in zip(across, parts or [value for _, value in points], strict=True)]
    ends = [(across[-1], HEIGHT), (across[0], HEIGHT)] if points else []
    marks = format_html(
        '<polygon class="chart-band" points="{}"/><polyline class="chart-line" points="{}"/>{}',
        _points([*ground, *ends]),
        _points(line),
        _hits([Banded(label, value, 0, value) for label, value in points], shown),
    )
    columns = [[shown(value) for _, value in points], *([[shown(part) for part in parts]] if parts else [])]
    rows = [(label, *cells) for (label, _), *cells in zip(points, *columns, strict=True)]
    summary = f"{title}: {len(points)} points, at most {shown(scale.high)}"
    key = _key(names[0], names[1], "band") if parts else format_html("{}", "")
    data = _Data(title, ("When", *names), rows)
    return _figure(data, _canvas(summary, len(points) * STEP, marks), _limits(scale, shown), key)


def shares(
    title: str, rows: Sequence[tuple[str, int]], whole: int, *, name: str = "Number", shown: Shown = str
) -> SafeString:
    """A bar a row, one under the other, each as long as its share of `whole`: stages of a funnel, parts of a sum."""
    told = [(label, value, max(value, 0) * 100 // whole if whole else 0) for label, value in rows]
    bars = format_html_join(
        "",
        '<li><span>{}</span><strong>{}</strong><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="chart-ground" width="100" height="10"/><rect class="chart-in" width="{}" height="10"/></svg></li>',
        ((label, shown(value), share) for label, value, share in told),
    )
    data = _Data(title, ("", name, "Share"), [(label, shown(value), f"{share} %") for label, value, share in told])
    return format_html(
        '<figure class="chart"><figcaption>{}</figcaption><ol class="chart-shares">{}</ol>{}</figure>',
        title,
        bars,
        _table(data),
    )


def ring(title: str, done: int, total: int, *, shown: Shown = str) -> SafeString:
    """How much of a target is reached: a ring, the share in words beside it. Never more than full."""
    share = min(max(done, 0) * RING_ROUND // total, RING_ROUND) if total > 0 else 0
    text = f"{share // 100} %"
    label = f"{title}: {shown(done)} of {shown(total)}, {text}"
    return format_html(
        '<figure class="ring"><svg viewBox="0 0 40 40" role="img" aria-label="{}"><title>{}</title>'
        '<circle class="chart-track" cx="20" cy="20" r="16" stroke-width="5"/>'
        '<circle class="chart-arc" cx="20" cy="20" r="16" stroke-width="5" pathLength="{}" stroke-dasharray="{} {}" '
        'transform="rotate(-90 20 20)"/></svg>'
        "<figcaption><strong>{}</strong><span>{} of {}</span><span>{}</span></figcaption></figure>",
        label,
        label,
        RING_ROUND,
        share,
        RING_ROUND,
        title,
        shown(done),
        shown(total),
        text,
    )


class _Data(NamedTuple):
    """The figures behind a chart, already in words."""

    title: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


class _Scale:
    """Values to heights on the canvas, the top being the highest value; whole numbers only."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high
        self.span = max(high - low, 1)

    def y(self, value: int) -> int:
        return (self.high - value) * HEIGHT // self.span


def _pair(
    index: int, period: InOut, scale: _Scale, names: tuple[str, str], shown: Shown
) -> list[tuple[str, int, int, int, int, str]]:
    left, width = index * STEP, STEP * 3 // 10
    both = (
        ("chart-in", left + STEP // 6, period.inward, names[0]),
        ("chart-out", left + STEP // 2, period.outward, names[1]),
    )
    return [
        (css, x, scale.y(value), width, HEIGHT - scale.y(value), f"{period.label}: {shown(value)} {word.lower()}")
        for css, x, value, word in both
    ]


def _hits(points: Sequence[Banded], shown: Shown) -> SafeString:
    """Invisible columns that carry each point's title, wide enough for a finger."""
    return format_html_join(
        "",
        '<rect class="chart-hit" x="{}" y="0" width="{}" height="{}"><title>{}</title></rect>',
        ((index * STEP, STEP, HEIGHT, f"{point.label}: {shown(point.value)}") for index, point in enumerate(points)),
    )


def _points(pairs: Iterable[tuple[int, int]]) -> str:
    return " ".join(f"{x},{y}" for x, y in pairs)


def _canvas(label: str, width: int, marks: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart-canvas" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}'
        '<line class="chart-axis" x1="0" y1="{}" x2="{}" y2="{}"/></svg>',
        max(width, 1),
        HEIGHT,
        label,
        marks,
        HEIGHT,
        max(width, 1),
        HEIGHT,
    )


def _limits(scale: _Scale, shown: Shown) -> tuple[str, str]:
    """What the top and the bottom of the drawing stand for; a bottom of zero needs no words."""
    return shown(scale.high), shown(scale.low) if scale.low else ""


def _key(first: str, second: str, kind: str) -> SafeString:
    return format_html(
        '<div class="chart-key"><span>{}</span><span class="chart-key-{}">{}</span></div>', first, kind, second
    )


def _figure(data: _Data, svg: SafeString, limits: tuple[str, str], key: SafeString) -> SafeString:
    """Wrap a chart: caption, key, the highest value, the drawing, its labels, and the figures as a table."""
    labels = [row[0] for row in data.rows]
    few = len(labels) > LABELS_AT_MOST or (len(labels) > 3 and sum(map(len, labels)) > LETTERS_AT_MOST)
    spread = [labels[0], labels[len(labels) // 2], labels[-1]] if few else labels
    return format_html(
        '<figure class="chart"><figcaption>{}</figcaption>{}'
        '<div class="chart-top" aria-hidden="true">{}</div>{}<div class="chart-low" aria-hidden="true">{}</div>'
        '<div class="{}" aria-hidden="true">{}</div>{}</figure>',
        data.title,
        key,
        limits[0],
        svg,
        limits[1],
        "chart-labels chart-labels-few" if few else "chart-labels",
        format_html_join("", "<span>{}</span>", ((label,) for label in spread)),
        _table(data),
    )


def _table(data: _Data) -> SafeString:
    head = format_html_join("", '<th scope="col" class="num">{}</th>', ((name,) for name in data.heads[1:]))
    return format_html(
        '<details class="data"><summary>{}</summary><table class="table"><caption class="hidden">{}</caption>'
        '<thead><tr><th scope="col">{}</th>{}</tr></thead><tbody>{}</tbody></table></details>',
        "Show the figures",
        data.title,
        data.heads[0],
        head,
        format_html_join(
            "",
            '<tr><th scope="row">{}</th>{}</tr>',
            (
                (label, format_html_join("", '<td class="num">{}</td>', ((cell,) for cell in cells)))
                for label, *cells in data.rows
            ),
        ),
    )
