"""The menu is drawn once for the same lines, and never with another's."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import engines

from portal.access.roles import Role
from portal.config.navigation import Badge, Group, Item, navigation
from portal.people.models import User


def _drawn(*items: Item, more: str = "") -> str:
    template: Any = engines["django"].from_string(f"{{% load portal %}}{{% menu nav {more} %}}")
    drawn: str = template.render({"nav": [Group("Books", list(items), is_open=True)]})
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


def test_a_closed_group_shows_its_heading_alone() -> None:
    template: Any = engines["django"].from_string("{% load portal %}{% menu nav %}")
    drawn = template.render({"nav": [Group("Books", [_line()], is_open=False), Group("Cash", [_line()], is_open=True)]})
    assert drawn.count("<details") == 2
    assert drawn.count('<details class="nav-group" open>') == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_a_long_menu_opens_the_group_of_the_page_one_is_on(role: Role) -> None:
    user = User(pk=1, role=role)
    for group in navigation(user, "/"):
        for item in group.items:
            around = [each for each in navigation(user, item.url) if any(line.current for line in each.items)]
            assert len(around) == 1
            assert around[0].is_open or not around[0].label
            assert item.url in [line.url for line in around[0].items]


@pytest.mark.django_db
def test_no_menu_shows_more_than_a_glance_takes_in() -> None:
    for role in Role:
        shown = sum(len(group.items) if group.is_open else 1 for group in navigation(User(pk=1, role=role), "/"))
        assert shown <= 20, role
