"""What a bench found: one figure a line, beside what it was compared with and what was asked for."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEADINGS = ("what", "measured", "compared with", "ratio", "target", "met")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `met` is None where nothing was asked for."""

    what: str
    measured: str
    compared: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        word = "" if self.met is None else "yes" if self.met else "NO"
        return (self.what, self.measured, self.compared, self.ratio, self.target, word)


def at_least(what: str, measured: float, compared: float, target: float, *, unit: str, twin: str) -> Figure:
    """A rate that should reach a share of another rate."""
    ratio = measured / compared
    said = (f"{measured:,.0f} {unit}", f"{twin} {compared:,.0f} {unit}", f"{ratio:.2f}", f"≥ {target:g}")
    return Figure(what, *said, met=ratio >= target)


def at_most(what: str, measured: float, compared: float, target: float, *, unit: str, twin: str) -> Figure:
    """A time that should stay within a multiple of another time."""
    ratio = measured / compared
    said = (f"{measured:,.2f} {unit}", f"{twin} {compared:,.2f} {unit}", f"{ratio:.2f}", f"≤ {target:g}")
    return Figure(what, *said, met=ratio <= target)


def rendered(title: str, figures: Sequence[Figure]) -> str:
    """The table as Markdown, its columns aligned."""
    rows = [HEADINGS, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([f"\n{title}\n", lines[0], rule, *lines[1:]])


def interleaved(first: Callable[[], float], second: Callable[[], float], *, rounds: int) -> tuple[float, float]:
    """Measure both in turn, so that whatever else the machine does meets both; the median of each."""
    pairs = [(first(), second()) for _ in range(rounds)]
    return statistics.median(one for one, _ in pairs), statistics.median(two for _, two in pairs)
