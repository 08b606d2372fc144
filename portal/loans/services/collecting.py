"""Instalments taken from the account a member named."""

from __future__ import annotations

import logging
from datetime import date, datetime

from portal.base.errors import Refused
from portal.base.money import Money
from portal.institution.models import Branch
from portal.loans import queries
from portal.loans.models import Collecting, Early, Standing
from portal.loans.services.repaying import repay

logger = logging.getLogger(__name__)


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
