"""Telling those who decide on cheques what is due on a branch's open day."""

from __future__ import annotations

from datetime import datetime

from portal.access.capabilities import Capability
from portal.access.gate import allows
from portal.base.db import transactional
from portal.deposits.cheques import undecided_in
from portal.institution.models import Branch
from portal.institution.queries import branches
from portal.outbox.services import enqueue, send_mail
from portal.people.models import User

JOB = "deposits.cheques.due"


def ask_to_tell(*, at: datetime) -> None:
    """Ask for one job a branch and business day on which cheques are due. Changes nothing when called again."""
    for branch in branches():
        if undecided_in(branch, branch.business_date).exists():
            key = f"cheques due:{branch.code}:{branch.business_date}"
            enqueue(kind=JOB, key=key, payload={"branch": branch.code}, by=None, at=at)


@transactional
def tell_of_due(*, branch: Branch, at: datetime) -> int:
    """Mail to everybody of the branch who decides on cheques, once a business day; returns how many were told."""
    number = undecided_in(branch, branch.business_date).count()
    deciders = [user for user in User.objects.filter(branch=branch) if allows(user, Capability.CHEQUE_DECIDE)]
    if not number:
        return 0
    due = "1 cheque is" if number == 1 else f"{number} cheques are"
    for user in deciders:
        send_mail(
            key=f"cheques due:{branch.business_date}:{user.pk}",
            to=user.email,
            subject=f"{due} due in {branch.name}",
            text=f"{due} due on {branch.business_date:%d %B %Y} or before. Clear or return them: they stand under Cheques.",
            by=None,
            at=at,
        )
    return len(deciders)
