"""Lists: money to the right, sorting that starts on page one, pages that always exist."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_tables2
import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory

from portal.base.money import Money
from portal.base.tables import BadgeColumn, DayColumn, MoneyColumn, PortalTable, arranged


class BookTable(PortalTable):
    caption = "Movements"
    noun = "movements"
    empty = "No movement matches."
    booked = DayColumn()
    state = BadgeColumn()
    amount = MoneyColumn(currency="GHS", sign=True)
    note = django_tables2.Column(orderable=False)


ROWS = [
    {"booked": date(2026, 11, day), "state": "posted", "amount": day * 100, "note": f"n{day}"} for day in range(1, 8)
]


def table_at(query: str, rows: list[dict[str, Any]] = ROWS) -> tuple[HttpRequest, BookTable]:
    request = RequestFactory().get(f"/{query}")
    return request, arranged(request, BookTable(rows), per_page=3)


def drawn(query: str, rows: list[dict[str, Any]] = ROWS) -> str:
    request, table = table_at(query, rows)
    return render_to_string("base/table.html", {"table": table, "request": request})


def test_money_dates_and_states_wear_the_house_dress() -> None:
    text = drawn("")
    assert '<span class="money">+1.00</span>' in text
    assert "1 Nov 2026" in text
    assert "badge-ok" in text


def test_whole_money_values_need_no_currency() -> None:
    class Plain(PortalTable):
        amount = MoneyColumn()

    row = Plain([{"amount": Money(-250, "GHS")}]).rows[0]
    assert "−2.50" in row.get_cell("amount")


def test_an_absent_amount_is_a_dash() -> None:
    assert BookTable([{**ROWS[0], "amount": None}]).rows[0].get_cell("amount") == "–"


def test_exports_get_bare_digits() -> None:
    assert BookTable(ROWS).rows[0].get_cell_value("amount") == "1.00"


def test_a_sort_starts_on_the_first_page_and_keeps_the_rest() -> None:
    text = drawn("?page=2&q=rent")
    assert 'href="?q=rent&amp;sort=amount"' in text
    assert 'href="?page=3&amp;q=rent"' in text


def test_the_sorted_column_says_so() -> None:
    text = drawn("?sort=-amount")
    assert 'aria-sort="descending"' in text
    assert text.index("+7.00") < text.index("+6.00")


@pytest.mark.parametrize(("query", "number"), [("?page=2", 2), ("?page=99", 3), ("?page=x", 1), ("", 1)])
def test_a_page_that_does_not_exist_shows_the_nearest(query: str, number: int) -> None:
    assert table_at(query)[1].page.number == number


def test_an_empty_list_says_so_in_its_own_words() -> None:
    text = drawn("", [])
    assert "No movement matches." in text
    assert "<table" not in text


def test_cells_carry_their_heading_for_phones() -> None:
    assert 'data-label="Booked"' in drawn("")
