"""Which accounts take entries by hand, which templates there are, how far each branch's books are closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from portal.access.capabilities import Capability
from portal.bookkeeping.models import EntryTemplate
from portal.institution.models import Branch
from portal.institution.queries import branches_within
from portal.ledger.models import Account, Period, PeriodReopening


def branch_for(user: Any, capability: Capability, code: str) -> Branch | None:
    """The branch with this code, else the user's own, else the first; None before there is one. 404 beyond reach."""
    branches = branches_within(user, capability)
    if code:
        return get_object_or_404(branches, code=code)
    return branches.filter(pk=user.branch_id).first() or branches.first()


def manual_accounts(branch: Branch) -> QuerySet[Account]:
    """The accounts of a branch on which people may post by hand."""
    return Account.objects.filter(branch=branch, allows_manual=True, is_header=False, is_active=True).order_by("code")


def templates() -> QuerySet[EntryTemplate]:
    """The templates in use, with their lines."""
    return EntryTemplate.objects.filter(retired_at=None).prefetch_related("lines").select_related("made_by")


@dataclass(frozen=True, slots=True)
class Closing:
    """How far a branch's books are closed, and how often they were opened again."""

    branch: Branch
    period: Period | None
    reopenings: list[PeriodReopening]

    @property
    def closed_through(self) -> date | None:
        return self.period.closed_through if self.period else None


def closings(user: Any) -> list[Closing]:
    """The books of every branch within reach. Three queries."""
    branches = list(branches_within(user, Capability.PERIOD_VIEW))
    periods = {it.branch_id: it for it in Period.objects.filter(branch__in=branches).select_related("closed_by")}
    again: dict[int, list[PeriodReopening]] = {}
    for reopening in PeriodReopening.objects.filter(branch__in=branches).select_related("asked_by", "approved_by"):
        again.setdefault(reopening.branch_id, []).append(reopening)
    return [Closing(branch, periods.get(branch.pk), again.get(branch.pk, [])) for branch in branches]
