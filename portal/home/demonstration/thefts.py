"""The verdicts of the made-up institution: what its managers found when they looked at the alerts of the past year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localtime

from portal.access.roles import Role
from portal.fraud.models import Case
from portal.fraud.services import cases
from portal.home.demonstration import calendar
from portal.home.demonstration.lives import frauds
from portal.home.demonstration.members import make_members
from portal.people.queries import demonstration_users

LOOKED_AFTER = timedelta(hours=20)
"""How long after its last alert a case is decided."""
_CLEARED = (
    (Case.Reason.CUSTOMER, "Called the member, who had ordered it."),
    (Case.Reason.KNOWN_LIFE, "School fees are due this week: the amount fits."),
    (Case.Reason.TOO_WIDE, "An ordinary payment, only later in the evening than usual."),
)


@dataclass(frozen=True, slots=True)
class Thefts:
    """When whose money was stolen: members' numbers with the days."""

    days: frozenset[tuple[str, date]]
    helpers: frozenset[str]

    @classmethod
    def of(cls, *, seed: int, customers: int, start: date, today: date) -> Thefts:
        """Those that the history of this size holds: the same arguments, the same thefts."""
        last = today - calendar.DAY
        found = list(frauds(make_members(seed, customers, start, today), seed, last))
        return cls(frozenset((wish.number, wish.day) for wish in found), frozenset(wish.peer for wish in found))

    def was_one(self, number: str, days: Iterable[date]) -> bool:
        return any((number, day) in self.days for day in days)


@dataclass(frozen=True, slots=True)
class Desk:
    """Decides cases as the managers of their branches would have, knowing the truth."""

    thefts: Thefts
    managers: dict[int | None, Any]

    @classmethod
    def manned(cls, thefts: Thefts) -> Desk:
        staff = demonstration_users().filter(role__in=[Role.MANAGER, Role.OPERATIONS_MANAGER]).order_by("pk")
        return cls(thefts, {user.branch_id: user for user in staff})

    def decide_until(self, at: datetime) -> int:
        """Decide every open case whose last alert is longer ago than `LOOKED_AFTER`; returns how many."""
        old = Case.objects.filter(state=Case.State.OPEN, last_alert_at__lt=at - LOOKED_AFTER)
        found = list(old.select_related("customer").order_by("last_alert_at"))
        for case in found:
            self._decide(case)
        return len(found)

    def _decide(self, case: Case) -> None:
        by = self.managers.get(case.branch_id) or self.managers[None]
        minutes = case.number * 37 % 300
        cases.take(case=case, by=by, at=case.last_alert_at + LOOKED_AFTER / 4)
        outcome, reason, note = self._found(case)
        at = case.last_alert_at + LOOKED_AFTER - timedelta(minutes=minutes)
        cases.decide(case=case, outcome=outcome, reason=reason, note=note, by=by, at=at)

    def _found(self, case: Case) -> tuple[str, str, str]:
        number, days = case.customer.number, {localtime(alert.at).date() for alert in case.alerts.all()}
        if not self.thefts.was_one(number, days):
            return Case.State.CLEARED, *_CLEARED[case.number % len(_CLEARED)]
        if number in self.thefts.helpers:
            return Case.State.FRAUD, Case.Reason.MULE, "Fetched in cash what came in at night from a stranger."
        return Case.State.FRAUD, Case.Reason.TAKEOVER, "The member slept and knows nothing of it. Told the police."
