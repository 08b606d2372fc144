"""Setting aside, at the end of each business day, the interest that members have earned and that was not posted yet."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from portal.base.db import transactional
from portal.base.money import Money
from portal.deposits import interest, queries
from portal.deposits.models import InterestAccrual
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import EntryKind
from portal.ledger.services import NewEntry, credit, debit, post
from portal.ledger.services.days import lock_day

BATCH = 20_000


@transactional
def accrue_interest(*, branch: Branch, by: Any, at: datetime) -> InterestAccrual:
    """Set aside what a branch owes its members in interest at the end of its open day: expense against accrued interest.

    The entry moves the difference to the day before, so what a run has posted since is taken back of itself. Once a branch
    and business date: asked again it answers with the first.
    """
    lock_day(branch)
    branch.refresh_from_db(fields=["business_date"])
    day = branch.business_date
    known = InterestAccrual.objects.filter(branch=branch, business_date=day).first()
    if known is not None:
        return known
    before = InterestAccrual.objects.filter(branch=branch).order_by("-business_date").first()
    owed_minor = interest.to_money(_earned(branch))
    change_minor = owed_minor - (before.owed_minor if before else 0)
    entry = _entry(branch, change_minor)
    return InterestAccrual.objects.create(
        branch=branch,
        business_date=day,
        owed_minor=owed_minor,
        change_minor=change_minor,
        entry_id=post(entry, by=by, at=at).entry_id if entry else None,
        made_at=at,
    )


def _earned(branch: Branch) -> Decimal:
    """What the branch's accounts have earned by the end of its open day and were not posted, exactly."""
    values: dict[str, Any] = {"end": branch.business_date, "branch": branch.pk, "most": BATCH, "early": True}
    total = Decimal(0)
    after: int | None = 0
    with connection.cursor() as cursor:
        while after is not None:
            cursor.execute(queries.sql("interest_due") + queries.sql("interest_accrued"), values | {"after": after})
            after, earned = cursor.fetchone()
            total += earned
    return total


def _entry(branch: Branch, change_minor: int) -> NewEntry | None:
    if not change_minor:
        return None
    expense = chart.branch_account(branch.pk, chart.INTEREST_EXPENSE)
    accrued = chart.branch_account(branch.pk, chart.ACCRUED_INTEREST)
    amount = Money(abs(change_minor), accrued.currency)
    lines = [debit(expense, amount), credit(accrued, amount)]
    if change_minor < 0:
        lines = [debit(accrued, amount), credit(expense, amount)]
    return NewEntry(
        kind=EntryKind.ACCRUAL,
        branch=branch,
        lines=lines,
        key=f"accrual:{branch.code}:{branch.business_date}",
        memo=f"Interest earned by members up to {branch.business_date:%d %B %Y}",
        channel="system",
    )
