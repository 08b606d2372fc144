"""Small files, short functions, shorter views."""

from __future__ import annotations

import statistics

from tests.architecture import house

CODE = ("portal", "tasks", "deploy", "tests")
FILE_LINES, FUNCTION_LINES, VIEW_LINES, MEDIAN_LINES = 500, 60, 25, 8


def test_no_file_is_too_long() -> None:
    files = house.python_files(*CODE) + house.template_files()
    assert [house.short(path) for path in files if len(path.read_text().splitlines()) > FILE_LINES] == []


def test_no_function_is_too_long() -> None:
    assert _longer_than(FUNCTION_LINES, CODE) == []


def test_no_view_is_too_long() -> None:
    assert [name for name in _longer_than(VIEW_LINES, ("portal",)) if "/pages/views" in name] == []


def _longer_than(limit: int, folders: tuple[str, ...]) -> list[str]:
    return [
        f"{house.short(path)}:{node.name} has {house.length(node)} lines"
        for path in house.python_files(*folders)
        for node in house.functions(path)
        if house.length(node) > limit
    ]


def test_half_of_the_functions_are_very_short() -> None:
    lengths = [house.length(node) for path in house.python_files("portal", "tasks") for node in house.functions(path)]
    assert statistics.median(lengths) <= MEDIAN_LINES
