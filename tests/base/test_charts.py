"""Charts: right marks, right words, well-formed, and nothing a strict CSP would block."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from django.utils.safestring import SafeString

from portal.base.charts import Banded, InOut, bars_in_out, line_with_band, ring, sparkline

FLOW = [InOut("Jan", 400, 100), InOut("Feb", 0, 200)]
LINE = [Banded("Mon", 50, 40, 60), Banded("Tue", 80, 40, 60)]


def parsed(chart: SafeString) -> ET.Element:
    return ET.fromstring(chart)  # noqa: S314  # our own output


def test_bars_are_as_high_as_their_share_of_the_highest() -> None:
    heights = [bar.get("height") for bar in parsed(bars_in_out("Flow", FLOW)).iter("rect")]
    assert heights == ["1000", "250", "0", "500"]


def test_every_bar_says_what_it_stands_for() -> None:
    titles = [title.text for title in parsed(bars_in_out("Flow", FLOW, shown="GHS {}".format)).iter("title")]
    assert titles == ["Jan: GHS 400 in", "Jan: GHS 100 out", "Feb: GHS 0 in", "Feb: GHS 200 out"]


def test_the_figures_stand_in_a_table_too() -> None:
    cells = [cell.text for cell in parsed(bars_in_out("Flow", FLOW)).iter("td")]
    assert cells == ["400", "100", "0", "200"]


def test_a_line_runs_within_the_limits_of_line_and_band() -> None:
    chart = parsed(line_with_band("Balance", LINE))
    line = chart.find(".//polyline")
    assert line is not None
    assert line.get("points") == "50,750 150,0"


def test_a_long_line_names_only_first_middle_and_last() -> None:
    points = [Banded(str(day), day, 0, 31) for day in range(1, 32)]
    labels = parsed(line_with_band("Days", points)).findall("div")[-1]
    assert [label.text for label in labels] == ["1", "16", "31"]


def test_long_labels_are_thinned_before_they_break_on_a_phone() -> None:
    points = [Banded(f"{day:02} Nov 2026", day, 0, 31) for day in range(1, 10)]
    labels = parsed(line_with_band("Days", points)).findall("div")[-1]
    assert [label.text for label in labels] == ["01 Nov 2026", "05 Nov 2026", "09 Nov 2026"]


@pytest.mark.parametrize(
    ("done", "total", "share"), [(0, 100, 0), (70, 100, 70), (250, 100, 100), (-5, 100, 0), (5, 0, 0)]
)
def test_a_ring_is_never_less_than_empty_or_more_than_full(done: int, total: int, share: int) -> None:
    arc = parsed(ring("Goal", done, total)).findall(".//circle")[1]
    assert arc.get("stroke-dasharray") == f"{share * 100} 10000"


def test_a_sparkline_tells_its_ends_and_limits() -> None:
    label = parsed(sparkline("Balance", [3, 9, 5])).get("aria-label")
    assert label == "Balance: from 3 to 5, between 3 and 9"


def test_nothing_to_draw_is_no_error() -> None:
    assert sparkline("Balance", []) == ""
    assert "Flow" in bars_in_out("Flow", [])
    assert "Line" in line_with_band("Line", [])


def test_text_is_escaped_and_no_style_is_inlined() -> None:
    chart = bars_in_out("<b>Flow</b>", [InOut("<i>", 1, 1)])
    assert "<b>" not in chart
    assert "<i>" not in chart
    assert "style=" not in chart
