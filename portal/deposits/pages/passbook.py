"""A page of the passbook, ready to be drawn: each text is made once here, so that the template only writes it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from portal.base.money import Money, format_amount
from portal.base.templatetags.portal import status_badge, unbroken
from portal.deposits import movements, queries
from portal.deposits.models import DepositAccount
from portal.deposits.movements import MonthTotal, Movement
from portal.deposits.pages.forms import MovementFilter
from portal.deposits.queries import Turnover

MOVEMENTS = 25


_MONTH = """
<tr class="month"><th scope="colgroup" colspan="4">{}{}</th></tr>"""
_TOTALS = """
<span class="row-sub">in <span class="money">{}</span>, out <span class="money">{}</span></span>"""
_ROW = """
<tr><td class="day"><time datetime="{}">{}</time></td>
<td class="what"><a href="{}">{}</a>{}{}</td>
<td class="money-cell"><span class="money">{}</span></td>
<td class="money-cell balance"><span class="money">{}</span></td></tr>"""
_NOTE = """
<span class="row-sub">{}</span>"""


@dataclass(frozen=True, slots=True)
class Passbook:
    """The rows of a page, the address of the page after it, and whether the reader narrowed what is shown."""

    rows: SafeString
    more_url: str
    is_narrowed: bool
    is_first: bool


class Opened:
    """What the page of an account shows, each read when it is asked for, and only then.

    `shown_month` is the last heading of the page that this one is appended to; `is_whole` tells that all is shown, so
    that what moved is read once for all of it.
    """

    def __init__(
        self, account: DepositAccount, narrowed: MovementFilter, *, shown_month: str = "", is_whole: bool = True
    ) -> None:
        self._account, self._narrowed, self._wanted = account, narrowed, narrowed.wanted()
        self._shown_month, self._is_first = shown_month, narrowed.before_seq is None
        self._reads_once = is_whole and self._is_first

    def earned(self) -> Money:
        """The interest of the running month so far."""
        day = self._account.branch.business_date
        return queries.pending_interest(self._account, day, self._moved if self._reads_once else None)

    def book(self) -> Passbook:
        """A page of movements, newest first."""
        lines, wanted = self._found[:MOVEMENTS], self._wanted
        is_narrowed = any(wanted.values())
        totals = movements.month_totals(self._account, self._moved) if lines and not is_narrowed else {}
        query = {name: value for name, value in wanted.items() if value}
        is_more = len(self._found) > MOVEMENTS
        after = query | {"before": lines[-1].seq, "month": f"{lines[-1].month:%Y-%m}"} if is_more else {}
        return Passbook(
            rows=_rows(self._account, lines, totals, self._shown_month),
            more_url=f"?{urlencode(after)}" if after else "",
            is_narrowed=is_narrowed,
            is_first=self._is_first,
        )

    @cached_property
    def _found(self) -> list[Movement]:
        before = self._narrowed.before_seq
        return movements.movements(self._account, **self._wanted, before_seq=before, limit=MOVEMENTS + 1)

    @cached_property
    def _moved(self) -> Turnover:
        """In the months shown, and in the running one where its interest is shown beside them."""
        months = [line.month for line in self._found[:MOVEMENTS]]
        if not self._reads_once:
            return queries.turnover(self._account, min(months), max(months))
        return queries.turnover(self._account, min([self._account.branch.business_date.replace(day=1), *months]))


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
) -> SafeString:
    """The lines as rows of the table, each first one of a month under its heading.

    Drawn here and not in the template: they are most of the page, and a template looks up every word of every row.
    """
    address = reverse("movement_detail", args=[account.number, "-"]).removesuffix("-/")
    language, drawn = get_language(), []
    for line in lines:
        month = f"{line.month:%Y-%m}"
        if month != shown_month:
            drawn.append(_month(line.month, totals.get(line.month), language))
            shown_month = month
        drawn.append(_row(line, address, language))
    return format_html_join("", "{}", ((row,) for row in drawn))


def _month(month: date, total: MonthTotal | None, language: str) -> SafeString:
    sums = format_html(_TOTALS, format_amount(total.inward), format_amount(total.outward)) if total else ""
    return format_html(_MONTH, _day_text(month, "F Y", language), sums)


def _row(line: Movement, address: str, language: str) -> SafeString:
    return format_html(
        _ROW,
        line.business_date.isoformat(),
        _day_text(line.business_date, "j M", language),
        f"{address}{line.reference}/",
        unbroken(line.title),
        status_badge("reversed") if line.reversed_by else "",
        format_html(_NOTE, line.note) if line.note else "",
        _signed(line.amount),
        format_amount(line.balance_after),
    )


def _signed(amount: Money) -> str:
    return f"+{format_amount(amount)}" if amount.minor > 0 else format_amount(amount)


@lru_cache(maxsize=2048)
def _day_text(day: date, style: str, language: str) -> str:
    """Pages of many readers show the same few days."""
    return date_format(day, style)
