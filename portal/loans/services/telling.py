"""What members are told of their loans, and guarantors of others': by the channels and in the words they chose."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.urls import reverse

from portal.base.money import Money
from portal.institution.models import Branch
from portal.ledger.models import Hold
from portal.loans.models import Guarantor, Loan, ScheduleRow, Standing
from portal.notifications.services import notify

BEFORE = timedelta(days=3)
"""How long before a due day a member is told."""
LATE_DAYS = (1, 7, 30, 60, 90)
"""Days late on which a member is told again."""


def tell_decided(loan: Loan, outcome: str, *, at: datetime) -> None:
    """Approved or rejected. Once each."""
    _tell(loan, "loan.decided", outcome, {"outcome": outcome}, at)


def tell_missing(loan: Loan, lacks: str, *, at: datetime) -> None:
    """The application came back: what it lacks."""
    _tell(loan, "loan.missing", f"{at:%Y%m%d%H%M%S}", {"lacks": lacks}, at)


def tell_paid_out(loan: Loan, amount: Money, *, at: datetime) -> None:
    """The money has left. Once a loan."""
    _tell(loan, "loan.paid_out", "", {"amount": str(amount)}, at)


def tell_rescheduled(loan: Loan, first: ScheduleRow, *, at: datetime) -> None:
    """What is outstanding is spread anew: the first instalment of it. Once a schedule."""
    amount = Money(first.principal_minor + first.interest_minor, loan.currency)
    context = {"amount": str(amount), "due": f"{first.due:%d %B %Y}"}
    _tell(loan, "loan.rescheduled", f"rescheduled:{first.schedule_id}", context, at)


def tell_written_off(loan: Loan, owed: Money, *, at: datetime) -> None:
    """The loan was given up as lost: what of it is still owed. Once a loan."""
    _tell(loan, "loan.written_off", "", {"amount": str(owed)}, at)


def tell_guarantors(loan: Loan, *, at: datetime) -> None:
    """Ask those who have not answered to stand for the loan. Each is asked once."""
    if loan.branch.history_from is not None:
        return
    waiting = Guarantor.objects.filter(loan=loan, answer=None).select_related("customer")
    for guarantor in waiting:
        context = {"member": loan.customer.full_name, "amount": str(Money(guarantor.amount_minor, loan.currency))}
        notify(
            kind="loan.guarantee",
            person=guarantor.customer,
            context=context,
            key=str(guarantor.pk),
            by=None,
            at=at,
            url=reverse("guarantee_list"),
        )


def tell_held_again(guarantor: Guarantor, hold: Hold, *, at: datetime) -> None:
    """A guarantor whose savings are held again after a payment was undone: how much. Once a hold."""
    loan = guarantor.loan
    if loan.branch.history_from is not None:
        return
    amount = Money(hold.remaining_minor, loan.currency)
    notify(
        kind="loan.held_again",
        person=guarantor.customer,
        context={"member": loan.customer.full_name, "amount": str(amount)},
        key=str(hold.pk),
        by=None,
        at=at,
        url=reverse("guarantee_list"),
    )


def tell_of_arrears(*, branch: Branch, at: datetime) -> int:
    """Tell members three days before an instalment, and when one is late; returns how many there were to tell.

    Each is told once for a loan and day.
    """
    return _tell_before(branch, at) + _tell_late(branch, at)


def _tell_before(branch: Branch, at: datetime) -> int:
    day = branch.business_date + BEFORE
    live = Standing.objects.filter(branch=branch, is_live=True).values("schedule")
    coming = ScheduleRow.objects.filter(due=day, schedule__in=live).select_related(
        "schedule__loan__customer__user", "schedule__loan__product", "schedule__loan__branch"
    )
    told = 0
    for row in coming.iterator(chunk_size=500):
        loan = row.schedule.loan
        amount = Money(row.principal_minor + row.interest_minor, loan.currency)
        told += _tell(loan, "loan.due", f"{day}", {"amount": str(amount), "due": f"{day:%d %B %Y}"}, at)
    return told


def _tell_late(branch: Branch, at: datetime) -> int:
    day = branch.business_date
    late = Standing.objects.filter(branch=branch, is_live=True, days_late__in=LATE_DAYS, worked_to=day)
    told = 0
    for standing in late.select_related("loan__customer__user", "loan__product", "loan__branch").iterator(
        chunk_size=500
    ):
        loan, due = standing.loan, day - timedelta(days=standing.days_late)
        amount = Money(standing.late_minor, loan.currency)
        told += _tell(loan, "loan.overdue", f"{day}", {"amount": str(amount), "due": f"{due:%d %B %Y}"}, at)
    return told


def _tell(loan: Loan, kind: str, key: str, context: Mapping[str, str], at: datetime) -> bool:
    """Told or not: nobody hears of old books that are being loaded."""
    if loan.branch.history_from is not None:
        return False
    notice = notify(
        kind=kind,
        person=loan.customer,
        context={"number": f"…{loan.last_four}", **context},
        key=f"{loan.number}:{key}",
        by=None,
        at=at,
        url=reverse("loan_detail", args=[loan.number]),
    )
    return notice is not None
