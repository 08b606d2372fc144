"""What a paper costs its account: shown before it is asked for, taken with it, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.access.gate import allows, scope_of
from portal.access.grants import Scope
from portal.deposits.charges import Cost, service_cost
from portal.deposits.models import DepositAccount
from portal.deposits.services import charge_service
from portal.outbox.models import Job


def paper_cost(*, account: DepositAccount, kind: str, by: Any) -> Cost | None:
    """What a paper of this kind would cost the account; None for who looks at accounts on the institution's behalf."""
    if allows(by, Capability.STATEMENT_EXPORT):
        return None
    cost = service_cost(account, kind)
    return cost if cost.charge is not None else None


def always_pays(by: Any) -> bool:
    """Whether who asks is the member: staff say for whom it is."""
    return scope_of(by, Capability.STATEMENT_DOWNLOAD) is Scope.OWN


def charge_paper(*, job: Job, account: DepositAccount, kind: str, by: Any, at: datetime) -> None:
    """Take what a paper costs, in the transaction that asks for it. A job that was there before has been paid.

    Refused: too little money.
    """
    if job.created_at == at and paper_cost(account=account, kind=kind, by=by) is not None:
        charge_service(account=account, kind=kind, key=f"paper:{job.pk}", by=by, at=at)
