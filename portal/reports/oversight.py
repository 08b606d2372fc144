"""What whoever watches over the portal looks at: sign-ins, refusals, limits, decisions, day by day, and who has gone quiet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from portal.access.roles import Role
from portal.approvals.models import Decision
from portal.audit.models import Event
from portal.audit.refusals import LIMIT_EXCEEDED, PERMISSION_REFUSED
from portal.institution.models import Branch
from portal.people.models import User
from portal.signin.models import SignInAttempt

DORMANT_AFTER = timedelta(days=30)
MOST_PEOPLE = 10
_Outcome = SignInAttempt.Outcome
_FAILED = (_Outcome.PASSWORD, _Outcome.CODE, _Outcome.PIN)


@dataclass(slots=True)
class Watched:
    """What happened on one day, counted."""

    day: date
    counts: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.counts.get(name, 0)


SIGNED_IN, FAILED, LOCKED_OUT = "signed in", "failed", "locked out"
REFUSED, BEYOND, APPROVED, REJECTED = "refused", "beyond", "approved", "rejected"


@dataclass(frozen=True, slots=True)
class Period:
    """The days looked at, both counting in, and one branch's people or everybody's."""

    since: date
    until: date
    branch: Branch | None = None

    @property
    def days(self) -> list[date]:
        return [self.since + timedelta(days=number) for number in range((self.until - self.since).days + 1)]

    def moments(self, name: str) -> Q:
        """A moment within the days."""
        start = datetime.combine(self.since, time(), tzinfo=UTC)
        end = datetime.combine(self.until, time(), tzinfo=UTC) + timedelta(days=1)
        return Q(**{f"{name}__gte": start, f"{name}__lt": end})

    def people(self, name: str) -> Q:
        """Somebody of the branch."""
        return Q(**{f"{name}__branch": self.branch}) if self.branch else Q()


def watched(period: Period) -> list[Watched]:
    """Each day of a period. Three queries, however much happened."""
    found = {day: Watched(day) for day in period.days}
    for name, rows in _counted(period):
        for row in rows:
            day = found.get(row["day"])
            if day is not None:
                day.counts[name] = day[name] + row["number"]
    return list(found.values())


def _counted(period: Period) -> Iterable[tuple[str, Any]]:
    attempts = SignInAttempt.objects.filter(period.moments("at") & period.people("user"))
    by_outcome = list(_by_day(attempts, "at", "outcome"))
    for name, outcomes in ((SIGNED_IN, (_Outcome.SUCCEEDED,)), (FAILED, _FAILED), (LOCKED_OUT, (_Outcome.LOCKED,))):
        yield name, [row for row in by_outcome if row["outcome"] in outcomes]
    events = Event.objects.filter(period.moments("at") & period.people("actor"), verb__in=_VERBS.values())
    by_verb = list(_by_day(events, "at", "verb"))
    for name, verb in _VERBS.items():
        yield name, [row for row in by_verb if row["verb"] == verb]
    decisions = Decision.objects.filter(period.moments("decided_at") & period.people("decided_by"))
    by_answer = list(_by_day(decisions, "decided_at", "outcome"))
    for name in (APPROVED, REJECTED):
        yield name, [row for row in by_answer if row["outcome"] == name]


_VERBS = {REFUSED: PERMISSION_REFUSED, BEYOND: LIMIT_EXCEEDED}


def _by_day(rows: QuerySet[Any], moment: str, kind: str) -> QuerySet[Any, dict[str, Any]]:
    days = rows.order_by().annotate(day=TruncDate(moment, tzinfo=UTC))
    counted: QuerySet[Any, dict[str, Any]] = days.values("day", kind).annotate(number=Count("pk"))
    return counted


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody who was refused, how often, and when last."""

    person: str
    role: str
    pages: int
    limits: int


def most_refused(period: Period) -> list[Refused]:
    """Who met most refusals of permissions and limits. One query."""
    events = Event.objects.filter(period.moments("at") & period.people("actor"), verb__in=_VERBS.values())
    rows = (
        events.order_by()
        .values("actor__full_name", "actor__role")
        .annotate(
            pages=Count("pk", filter=Q(verb=PERMISSION_REFUSED)),
            limits=Count("pk", filter=Q(verb=LIMIT_EXCEEDED)),
            all=Count("pk"),
        )
        .order_by("-all", "actor__full_name")[:MOST_PEOPLE]
    )
    return [Refused(row["actor__full_name"], row["actor__role"], row["pages"], row["limits"]) for row in rows]


def dormant_staff(period: Period, at: datetime) -> QuerySet[User]:
    """Staff who may sign in and have not for a month, or never did."""
    staff = User.objects.filter(is_active=True).exclude(role=Role.CUSTOMER).select_related("branch")
    quiet = Q(last_login=None) | Q(last_login__lt=at - DORMANT_AFTER)
    in_branch = Q(branch=period.branch) if period.branch else Q()
    return staff.filter(quiet & in_branch).order_by("last_login", "full_name")
