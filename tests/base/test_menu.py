"""The menu is drawn once for the same lines, and never with another's."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import engines

from portal.config.navigation import Badge, Group, Item


def _drawn(*items: Item, more: str = "") -> str:
    template: Any = engines["django"].from_string(f"{{% load portal %}}{{% menu nav {more} %}}")
    drawn: str = template.render({"nav": [Group("Books", list(items))]})
    return drawn


def _line(label: str = "Home", *, current: bool = False, count: int | None = None) -> Item:
    badge = None if count is None else Badge("approvals", "/approvals/badge/", "approvals", count)
    return Item(label, "/home/", "home", current=current, badge=badge)


def test_the_same_lines_are_drawn_alike() -> None:
    assert _drawn(_line()) == _drawn(_line())


def test_the_current_line_is_the_one_that_is_current_now() -> None:
    assert 'aria-current="page"' in _drawn(_line(current=True))
    assert "aria-current" not in _drawn(_line(current=False))


@pytest.mark.parametrize("count", [3, 4])
def test_a_number_beside_a_line_is_todays(count: int) -> None:
    assert f">{count}<span" in _drawn(_line(count=count))


def test_only_the_menu_at_the_side_carries_the_ids() -> None:
    assert 'id="badge-approvals"' not in _drawn(_line(count=1))
    assert 'id="badge-approvals"' in _drawn(_line(count=1), more="side=True")


def test_a_label_is_escaped_as_ever() -> None:
    assert "&lt;b&gt;" in _drawn(_line("<b>"))


def test_the_bar_of_a_phone_shows_the_first_lines() -> None:
    drawn = _drawn(_line("One"), _line("Two"), more='"_bottombar"')
    assert "bottombar" in drawn
    assert drawn.count("<a ") == 2
