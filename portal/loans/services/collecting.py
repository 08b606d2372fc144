"""Instalments taken from the account a member named, and the mail before and after a due day."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from portal.base.errors import Refused
from portal.base.money import Money
from portal.institution.models import Branch
from portal.loans import queries
from portal.loans.models import Collecting, Early, Loan, ScheduleRow, Standing
from portal.loans.services.repaying import repay
from portal.outbox.services import send_mail

logger = logging.getLogger(__name__)

BEFORE = timedelta(days=3)
LATE_DAYS = (1, 7, 30, 60, 90)
"""Days before a due day, and days late, on which a member is told by mail."""


def collect_due(*, branch: Branch, at: datetime) -> tuple[int, int]:
    """Take what is due today or earlier from the accounts that members named; how many were paid, and how many were not.

    Each in a transaction of its own, once a loan and business date; what an account does not cover waits for tomorrow.
    """
    paid = refused = 0
    live = Standing.objects.filter(branch=branch, is_live=True).values("loan")
    named = Collecting.objects.filter(loan__in=live).order_by("loan_id", "-pk").distinct("loan_id")
    for order in named.select_related("account__product", "loan").iterator(chunk_size=500):
        if order.account is None:
            continue
        try:
            paid += _collect(order, branch.business_date, at)
        except Refused as refusal:
            refused += 1
            logger.info("Loan %s was not paid: %s", order.loan.number, refusal.message)
    return paid, refused


def _collect(order: Collecting, day: date, at: datetime) -> bool:
    loan = queries.loan_by_number(order.loan.number)
    if loan is None or order.account is None:
        return False
    position = queries.position_of(loan)
    due = sum(each.total for each in position.unpaid() if each.row.due <= day) + position.penalty + position.fee
    amount = min(due, position.settlement(day).total)
    if not amount:
        return False
    repay(
        loan=loan,
        amount=Money(amount, loan.currency),
        source=order.account,
        key=f"loan:{loan.number}:collected:{day}",
        early=Early.NEXT,
        channel="system",
        by=None,
        at=at,
    )
    return True


def tell_of_arrears(*, branch: Branch, at: datetime) -> int:
    """Tell members by mail three days before an instalment, and when one is late; returns how many were told.

    Each mail is asked for once, under a key of the loan and the day.
    """
    return _tell_before(branch, at) + _tell_late(branch, at)


def _tell_before(branch: Branch, at: datetime) -> int:
    day = branch.business_date + BEFORE
    live = Standing.objects.filter(branch=branch, is_live=True).values("schedule")
    coming = ScheduleRow.objects.filter(due=day, schedule__in=live).select_related(
        "schedule__loan__customer", "schedule__loan__product"
    )
    told = 0
    for row in coming.iterator(chunk_size=500):
        loan = row.schedule.loan
        amount = Money(row.principal_minor + row.interest_minor, loan.currency)
        text = f"The instalment of {amount} on your loan …{loan.last_four} is due on {day:%d %B %Y}."
        told += _mail(loan, f"due:{day}", "An instalment is due soon", text, at)
    return told


def _tell_late(branch: Branch, at: datetime) -> int:
    late = Standing.objects.filter(
        branch=branch, is_live=True, days_late__in=LATE_DAYS, worked_to=branch.business_date
    ).select_related("loan__customer", "loan__product")
    told = 0
    for standing in late.iterator(chunk_size=500):
        loan = standing.loan
        amount = Money(standing.late_minor, loan.currency)
        text = (
            f"{amount} on your loan …{loan.last_four} is {standing.days_late} days late.\n"
            "Pay it online or at the counter, or talk to your branch if you cannot."
        )
        told += _mail(loan, f"late:{branch.business_date}", "Your loan is late", text, at)
    return told


def _mail(loan: Loan, key: str, subject: str, text: str, at: datetime) -> bool:
    if not loan.customer.email:
        return False
    send_mail(key=f"loan:{loan.number}:{key}", to=loan.customer.email, subject=subject, text=text, by=None, at=at)
    return True
