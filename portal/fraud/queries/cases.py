"""Cases and alerts as somebody may see them: those of one's branch, or all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from portal.access.capabilities import Capability
from portal.access.gate import allows, scope_of
from portal.access.grants import Scope, scope_for
from portal.access.roles import Role
from portal.fraud.models import AccountHabit, Alert, Case, Verdict
from portal.ledger.models import Account, EntryKind, Posting, Side
from portal.people.models import CustomerView, User

TIMELINE_DAYS = 30
MOST_SIMILAR = 5
LOOKING_FOR = timedelta(minutes=5)
"""How long somebody who opened a case is said to be at it."""


def cases_visible_to(user: Any) -> QuerySet[Case]:
    """The cases within somebody's reach."""
    return _within(user, Capability.FRAUD_VIEW)


def cases_decidable_by(user: Any) -> QuerySet[Case]:
    """The cases somebody may work on."""
    return _within(user, Capability.FRAUD_DECIDE)


def queue(user: Any, *, at: datetime, show: str = "open") -> QuerySet[Case]:
    """What waits for somebody, the most severe and then the oldest on top; `show` is open, mine, later or over.

    A ranker that has learned from verdicts orders those of the same severity.
    """
    found = cases_visible_to(user)
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=at)
    if show == "over":
        return _counted(found.exclude(state=Case.State.OPEN)).order_by("-decided_at")
    found = found.filter(state=Case.State.OPEN)
    narrowed = {
        "mine": found.filter(awake, assigned_to=user),
        "later": found.exclude(awake),
    }.get(show, found.filter(awake))
    ranked = F("rank_millionths").desc(nulls_last=True)
    return _counted(narrowed).order_by("-is_escalated", "-level", ranked, "opened_at", "pk")


def cases_that_fit(
    cases: QuerySet[Case], *, q: str = "", level: int | None = None, branch: Any = None, is_held: bool = False
) -> QuerySet[Case]:
    """Those that fit a search: a case's or a member's number, a name, severe enough, of a branch, with something held."""
    if q.strip():
        about = Q(customer__full_name__icontains=q.strip()) | Q(customer__number=q.strip())
        if q.strip().isdecimal() and len(q.strip()) < 12:
            about |= Q(number=int(q))
        cases = cases.filter(about)
    if level is not None:
        cases = cases.filter(level__gte=level)
    if branch is not None:
        cases = cases.filter(branch=branch)
    if is_held:
        cases = cases.filter(Exists(Alert.objects.filter(case=OuterRef("pk"), held__state="waiting")))
    return cases


def waiting_count(user: Any, *, at: datetime) -> int:
    """How many cases wait for somebody."""
    return queue(user, at=at).order_by().count()


def may_listen(user: Any, name: str) -> bool:
    """Whether open pages of this user may be told that the queue has changed."""
    return name == "queue" and allows(user, Capability.FRAUD_VIEW)


def deciders_for(branch_id: int) -> QuerySet[User]:
    """Who may decide cases of a branch."""
    within = Q(role__in=_deciding(Scope.ALL)) | Q(role__in=_deciding(Scope.BRANCH), branch=branch_id)
    return User.objects.filter(within, is_active=True).order_by("full_name")


def deciders_everywhere() -> QuerySet[User]:
    """Who may decide the cases of every branch."""
    return User.objects.filter(role__in=_deciding(Scope.ALL), is_active=True).order_by("full_name")


def deciders_beside(user: Any) -> QuerySet[User]:
    """The colleagues to whom somebody may hand cases: those of the same branch, or all, for who works on all."""
    if scope_of(user, Capability.FRAUD_DECIDE) is Scope.BRANCH:
        return deciders_for(user.branch_id).exclude(pk=user.pk)
    every = User.objects.filter(role__in=[*_deciding(Scope.ALL), *_deciding(Scope.BRANCH)], is_active=True)
    return every.exclude(pk=user.pk).order_by("full_name")


def _deciding(scope: Scope) -> list[Role]:
    return [role for role in Role if scope_for(role, Capability.FRAUD_DECIDE) is scope]


def alerts_of(case: Case) -> QuerySet[Alert]:
    return case.alerts.select_related("account", "entry", "held", "model").order_by("-at", "-pk")


def leads(cases: Iterable[Case]) -> dict[int, Alert]:
    """Of each case the alert that says most: the most severe, then the highest score, then the newest. One query."""
    worst = ("case_id", "-level", F("score_millionths").desc(nulls_last=True), "-at", "-pk")
    alerts = Alert.objects.filter(case__in=[case.pk for case in cases]).order_by(*worst).distinct("case_id")
    return {alert.case_id: alert for alert in alerts.select_related("account")}


def looking_at(case: Case, user: Any, *, at: datetime) -> list[CustomerView]:
    """Colleagues who opened this case within the last minutes, each once, who opened it last first."""
    views = CustomerView.objects.filter(customer=case.customer_id, reason=looked_because(case), at__gt=at - LOOKING_FOR)
    newest = views.exclude(viewer=user).select_related("viewer").order_by("-at", "-pk")
    return list({view.viewer_id: view for view in reversed(newest)}.values())[::-1]


def looked_because(case: Case) -> str:
    """How the list of who looked at a customer names a case's page."""
    return f"Case {case.number}"


def similar_cases(case: Case, user: Any) -> list[Case]:
    """Decided cases that stood out for the same reasons: most rules and features in common, the newest first."""
    wanted = _marks(case)
    past = cases_visible_to(user).exclude(state=Case.State.OPEN).exclude(pk=case.pk).order_by("-decided_at")[:200]
    found = [(len(wanted & _marks(each)), each) for each in past.prefetch_related("alerts").select_related("customer")]
    alike = sorted((pair for pair in found if pair[0]), key=lambda pair: -pair[0])
    return [each for _, each in alike[:MOST_SIMILAR]]


@dataclass(frozen=True, slots=True)
class MoneyDay:
    """What went into and out of a customer's accounts on a day, in minor units."""

    day: date
    inward: int
    outward: int


def money_days(case: Case) -> list[MoneyDay]:
    """The days around a case's alerts, each with what came in and went out."""
    accounts = accounts_of(case)
    last = case.last_alert_at.date()
    first = last - timedelta(days=TIMELINE_DAYS - 1)
    rows = (
        Posting.objects.filter(account__in=accounts, business_date__gte=first, business_date__lte=last)
        .values("business_date")
        .annotate(
            inward=Sum("amount_minor", filter=Q(side=Side.CREDIT)),
            outward=Sum("amount_minor", filter=Q(side=Side.DEBIT)),
        )
    )
    sums = {row["business_date"]: (row["inward"] or 0, row["outward"] or 0) for row in rows}
    days = [first + timedelta(days=offset) for offset in range(TIMELINE_DAYS)]
    return [MoneyDay(day, *sums.get(day, (0, 0))) for day in days]


def last_movements(case: Case, *, most: int = 20) -> list[Posting]:
    """The newest lines of the customer's accounts that the customer moved."""
    lines = Posting.objects.filter(account__in=accounts_of(case)).exclude(
        entry__kind__in=[EntryKind.INTEREST_CREDIT, EntryKind.FEE, EntryKind.CHARGE]
    )
    return list(lines.select_related("entry", "account").order_by("-business_date", "-entry__occurred_at")[:most])


def accounts_of(case: Case) -> QuerySet[Account]:
    """The customer's accounts that ever moved through the gate, and those of the alerts."""
    habits = AccountHabit.objects.filter(customer=case.customer_id).values("account")
    return Account.objects.filter(Q(pk__in=habits) | Q(pk__in=case.alerts.values("account")))


@dataclass(frozen=True, slots=True)
class Precision:
    """How many reviewed cases of a month were fraud."""

    month: date
    decided: int
    fraud: int

    @property
    def percent(self) -> int:
        return round(100 * self.fraud / self.decided) if self.decided else 0


def precision_by_month(*, most: int = 12) -> list[Precision]:
    """Month by month, oldest first: how often those who looked found fraud."""
    decided = Case.objects.exclude(state=Case.State.OPEN).annotate(month=TruncMonth("decided_at"))
    rows = decided.values("month").annotate(decided=Count("pk"), fraud=Count("pk", filter=Q(state=Case.State.FRAUD)))
    found = [Precision(row["month"].date(), row["decided"], row["fraud"]) for row in rows.order_by("-month")[:most]]
    return found[::-1]


def alerts_since(moment: datetime) -> int:
    """How many alerts movements have raised since a moment."""
    return Alert.objects.filter(at__gte=moment).count()


def _marks(case: Case) -> set[str]:
    """What a case stood out for."""
    return {str(reason.get("rule") or reason["words"]) for alert in case.alerts.all() for reason in alert.reasons[:4]}


def _counted(cases: QuerySet[Case]) -> QuerySet[Case]:
    held = Count("alerts", filter=Q(alerts__held__state="waiting"))
    return cases.select_related("customer", "branch", "assigned_to", "decided_by").annotate(
        alert_count=Count("alerts"), held_count=held, moved_minor=Sum("alerts__amount_minor")
    )


def _within(user: Any, capability: Capability) -> QuerySet[Case]:
    scope = scope_of(user, capability)
    if scope is Scope.ALL:
        return Case.objects.all()
    return Case.objects.filter(branch=user.branch_id) if scope is Scope.BRANCH else Case.objects.none()


def verdict_words(alerts: Sequence[Alert]) -> str:
    """The severest thing that happened to a case's movements."""
    worst = max((alert.verdict for alert in alerts), default=0)
    return Verdict(worst).label
