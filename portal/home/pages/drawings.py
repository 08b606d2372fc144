"""The charts of the first pages, drawn from what the queries found."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.dateformat import format as date_format
from django.utils.safestring import SafeString

from portal.base import charts
from portal.base.money import Money, format_amount
from portal.deposits.models import DepositAccount
from portal.home.queries.branch import ManagerHome
from portal.home.queries.member import half_year


@dataclass(frozen=True, slots=True)
class AccountCharts:
    """An account's balance, and what came in and went out, by month."""

    account: DepositAccount
    balance: SafeString
    flow: SafeString


def of_account(account: DepositAccount) -> AccountCharts:
    """Six months of one account: the balance at each month's end over its range, and in and out."""
    months = half_year(account, account.branch.business_date)
    labels = [date_format(month.first_day, "M") for month in months]
    points = [
        charts.Banded(label, month.last, month.low, month.high) for label, month in zip(labels, months, strict=True)
    ]
    flows = [charts.InOut(label, month.inward, month.outward) for label, month in zip(labels, months, strict=True)]
    shown = _shown(account.currency)
    return AccountCharts(
        account=account,
        balance=charts.line_with_band(
            f"Balance, {account.currency}", points, names=("End of month", "Lowest to highest"), shown=shown
        ),
        flow=charts.bars_in_out(f"In and out, {account.currency}", flows, shown=shown),
    )


def of_counter(home: ManagerHome) -> str:
    """Two weeks of cash over a branch's counter; empty when nobody came."""
    if not any(day.inward or day.outward for day in home.days):
        return ""
    periods = [charts.InOut(date_format(day.day, "j M"), day.inward, day.outward) for day in home.days]
    currency = home.vault.currency
    return charts.bars_in_out(f"Cash over the counter, {currency}", periods, shown=_shown(currency))


def _shown(currency: str) -> charts.Shown:
    return lambda minor: format_amount(Money(minor, currency))
