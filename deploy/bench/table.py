"""What a bench found: one figure a line, beside what it was compared with and what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEADINGS = ("what", "measured", "compared with", "ratio", "target", "met")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `met` is None where nothing was asked for. `exact` has nothing to do with time: it holds at any size."""

    what: str
    measured: str
    compared: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None
    exact: bool = False

    @property
    def cells(self) -> tuple[str, ...]:
        word = "" if self.met is None else "yes" if self.met else "NO"
        return (self.what, self.measured, self.compared, self.ratio, self.target, word)


def at_most(what: str, measured: float, compared: float, target: float, *, unit: str, twin: str) -> Figure:
    """A time that should stay within a multiple of another time."""
    ratio = measured / compared
    said = (f"{measured:,.2f} {unit}", f"{twin} {compared:,.2f} {unit}", f"{ratio:.2f}", f"≤ {target:g}")
    return Figure(what, *said, met=ratio <= target)


def missed(figures: Sequence[Figure], *, quick: bool) -> int:
    """How many targets were missed. A quick run proves nothing about time, but what is exact is so at any size."""
    return sum(figure.met is False for figure in figures if figure.exact or not quick)


def rendered(title: str, figures: Sequence[Figure]) -> str:
    """The table as Markdown, its columns aligned."""
    rows = [HEADINGS, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([f"\n{title}\n", lines[0], rule, *lines[1:]])


@dataclass(frozen=True, slots=True)
class Run:
    """One stretch of work: how much was done, in how many seconds on the clock and of processors."""

    count: int
    seconds: float
    processor: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    @property
    def cost_ms(self) -> float:
        """Milliseconds of processors for each."""
        return self.processor * 1000 / self.count

    @property
    def of_one(self) -> Run:
        return Run(1, self.seconds / self.count, self.processor / self.count)


def interleaved(first: Callable[[], Run], second: Callable[[], Run], *, rounds: int) -> tuple[Run, Run]:
    """Measure both in turn; the two neighbours whose ratio lies in the middle of all, each as if of one thing done.

    A machine that others share is now fast, now half as fast, for seconds at a time: that meets both of a pair, while the
    middle of each by itself might fall into different seconds.
    """
    pairs = [(first(), second()) for _ in range(rounds)]
    ours, theirs = sorted(pairs, key=lambda pair: pair[0].rate / pair[1].rate)[len(pairs) // 2]
    return ours.of_one, theirs.of_one


def rates(what: str, ours: Run, twin: Run, target: float, *, twin_name: str) -> list[Figure]:
    """Two lines: the rate, which should reach a share of the twin's, and what each costs in processor time."""
    ratio, cost = ours.rate / twin.rate, twin.cost_ms / ours.cost_ms
    return [
        Figure(
            what,
            f"{ours.rate:,.0f} a second",
            f"{twin_name} {twin.rate:,.0f} a second",
            f"{ratio:.2f}",
            f"≥ {target:g}",
            met=ratio >= target,
        ),
        Figure(
            "– processor time of each",
            f"{ours.cost_ms:.3f} ms",
            f"{twin_name} {twin.cost_ms:.3f} ms",
            f"{cost:.2f}",
        ),
    ]
