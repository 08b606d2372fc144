"""Lists over django-tables2 in the house's dress: our template, money to the right, paging that starts anew on a sort."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import django_tables2
from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import HttpRequest
from django.utils.safestring import SafeString

from portal.base.money import Money
from portal.base.templatetags.portal import ABSENT, day, moment, money, status_badge

PER_PAGE = 40

TableT = TypeVar("TableT", bound="PortalTable")


class MoneyColumn(django_tables2.Column):  # type: ignore[misc]
    """A `Money` value, or whole minor units when `currency` (a code, or a function of the record) says of what."""

    def __init__(
        self, *args: Any, currency: str | Callable[[Any], str] = "", sign: bool = False, **kwargs: Any
    ) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "money-cell"}, "th": {"class": "money-cell"}})
        kwargs.setdefault("default", ABSENT)
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.sign = sign

    def render(self, value: Money | int, record: Any) -> SafeString:
        return money(self._amount(value, record), sign=self.sign)

    def value(self, value: Money | int, record: Any) -> str:
        """For exports: digits without marks."""
        return str(self._amount(value, record).to_decimal())

    def _amount(self, value: Money | int, record: Any) -> Money:
        if isinstance(value, Money):
            return value
        return Money(value, self.currency(record) if callable(self.currency) else self.currency)


class NumberColumn(django_tables2.Column):  # type: ignore[misc]
    """Counts and other whole numbers, to the right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "num"}, "th": {"class": "num"}})
        super().__init__(*args, **kwargs)


class DayColumn(django_tables2.Column):  # type: ignore[misc]
    """A date."""

    def render(self, value: Any) -> SafeString | str:
        return day(value)


class MomentColumn(django_tables2.Column):  # type: ignore[misc]
    """A date with its time of day."""

    def render(self, value: Any) -> SafeString | str:
        return moment(value)


class BadgeColumn(django_tables2.Column):  # type: ignore[misc]
    """A state; a field with choices shows its display word."""

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        code = getattr(record, bound_column.accessor, value)
        return status_badge(str(code), "" if str(code) == str(value) else str(value))


class PortalTable(django_tables2.Table):  # type: ignore[misc]
    """Base of every list. A subclass says what the list is, what its rows are called and what to say when there are none.

    Rows become cards on a phone; set `css = "table"` for a list that is better scrolled sideways.
    """

    caption = ""
    noun = "rows"
    empty = "Nothing here yet."
    css = "table table-cards"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("template_name", "base/table.html")
        kwargs.setdefault("empty_text", self.empty)
        super().__init__(*args, **kwargs)
        self.attrs.setdefault("class", self.css)


def arranged(request: HttpRequest, table: TableT, *, per_page: int = PER_PAGE) -> TableT:
    """Sort and page a table by the request's query. A page that does not exist shows the nearest that does."""
    order = request.GET.getlist(table.prefixed_order_by_field)
    if order:
        table.order_by = order
    wanted = request.GET.get(table.prefixed_page_field, 1)
    try:
        table.paginate(page=wanted, per_page=per_page)
    except PageNotAnInteger:
        table.paginate(page=1, per_page=per_page)
    except EmptyPage:
        table.paginate(page=table.paginator.num_pages, per_page=per_page)
    return table
