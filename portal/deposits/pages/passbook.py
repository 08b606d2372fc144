"""A page of the passbook, ready to be drawn: each text is made once here, so that the template only writes it down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.base.money import Money, format_amount
from portal.base.templatetags.portal import unbroken
from portal.deposits import movements
from portal.deposits.models import DepositAccount
from portal.deposits.movements import MonthTotal, Movement
from portal.deposits.pages.forms import MovementFilter

MOVEMENTS = 25


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the passbook in words. `month` is the heading above the first line of a month, with what came in and went out."""

    month: str
    inward: str
    outward: str
    day: str
    iso_day: str
    url: str
    title: SafeString | str
    note: str
    is_reversed: bool
    amount: str
    balance: str


@dataclass(frozen=True, slots=True)
class Passbook:
    """The rows of a page, the address of the page after it, and whether the reader narrowed what is shown."""

    rows: list[Row]
    more_url: str
    is_narrowed: bool
    is_first: bool


def passbook(account: DepositAccount, narrowed: MovementFilter, *, shown_month: str) -> Passbook:
    """A page of movements; `shown_month` is the last heading of the page that this one is appended to."""
    wanted = narrowed.wanted()
    found = movements.movements(account, **wanted, before_seq=narrowed.before_seq, limit=MOVEMENTS + 1)
    lines, is_more = found[:MOVEMENTS], len(found) > MOVEMENTS
    is_narrowed = any(wanted.values())
    totals = {} if is_narrowed else movements.month_totals(account, (line.month for line in lines))
    query = {name: value for name, value in wanted.items() if value}
    after = query | {"before": lines[-1].seq, "month": f"{lines[-1].month:%Y-%m}"} if is_more else {}
    return Passbook(
        rows=list(_rows(account, lines, totals, shown_month)),
        more_url=f"?{urlencode(after)}" if after else "",
        is_narrowed=is_narrowed,
        is_first=narrowed.before_seq is None,
    )


def filter_fields(narrowed: MovementFilter) -> SafeString:
    """The fields of the filter. Nearly everybody opens an account without asking for anything: that is drawn once."""
    if any(narrowed.data.get(name) for name in narrowed.fields):
        return _drawn(narrowed)
    return _blank_fields(get_language())


@cache
def _blank_fields(language: str) -> SafeString:
    return _drawn(MovementFilter({}))


def _drawn(narrowed: MovementFilter) -> SafeString:
    return render_to_string("deposits/_movement_filter.html", {"filter": narrowed})


def _rows(
    account: DepositAccount, lines: Sequence[Movement], totals: Mapping[date, MonthTotal], shown_month: str
) -> Iterator[Row]:
    address = reverse("movement_detail", args=[account.number, "-"]).removesuffix("-/")
    language = get_language()
    for line in lines:
        month = f"{line.month:%Y-%m}"
        total = totals.get(line.month)
        yield Row(
            month=_day_text(line.month, "F Y", language) if month != shown_month else "",
            inward=format_amount(total.inward) if total else "",
            outward=format_amount(total.outward) if total else "",
            day=_day_text(line.business_date, "j M", language),
            iso_day=line.business_date.isoformat(),
            url=f"{address}{line.reference}/",
            title=unbroken(line.title),
            note=line.note,
            is_reversed=bool(line.reversed_by),
            amount=_signed(line.amount),
            balance=format_amount(line.balance_after),
        )
        shown_month = month


def _signed(amount: Money) -> str:
    return f"+{format_amount(amount)}" if amount.minor > 0 else format_amount(amount)


@lru_cache(maxsize=2048)
def _day_text(day: date, style: str, language: str) -> str:
    """Pages of many readers show the same few days."""
    return date_format(day, style)
