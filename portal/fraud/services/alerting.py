"""Alerts, gathered in one open case a customer, and who is told of the critical ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.urls import reverse

from portal.base.db import transactional
from portal.fraud.habits import FEATURES, KEPT_DECIMALS
from portal.fraud.models import Alert, Case, CaseEvent, HeldMovement, Level, Verdict
from portal.fraud.queries.cases import deciders_for
from portal.fraud.scoring import Scorer
from portal.fraud.services.gate import Judged
from portal.live.services import announce
from portal.notifications.services import notify
from portal.people.models import Customer

CHANNEL = "fraud:queue"
_LOCK = 7041


def raise_alert(
    judged: Judged,
    *,
    entry_id: UUID | None = None,
    held: HeldMovement | None = None,
    is_past: bool = False,
    by: Any,
    at: datetime,
) -> Alert:
    """Add an alert to the customer's open case, opening one where there is none.

    Who decides is told of critical ones, unless `is_past`: found in the journal when it was over.
    """
    facts = judged.facts
    case = open_case(Customer.objects.select_related("branch").get(pk=facts.customer_id), at=at)
    level = max(judged.level, Level.HIGH if judged.verdict >= Verdict.HOLD else judged.level)
    alert = Alert.objects.create(
        case=case,
        account=facts.account,
        entry_id=entry_id,
        held=held,
        at=at,
        is_incoming=facts.is_incoming,
        kind=facts.way,
        amount_minor=facts.amount.minor,
        level=level,
        verdict=judged.verdict,
        score_millionths=judged.score,
        weight=sum(each.weight for each in judged.fired),
        model_id=judged.force.scorer.version_id if judged.force.scorer else None,
        rules=[each.plain() for each in judged.fired],
        reasons=judged.reasons(),
        figures={name: round(value, KEPT_DECIMALS) for name, value in judged.figures.items()},
    )
    rank = judged.force.scorer.rank(judged.figures) if judged.force.scorer else None
    gather(case, alert, rank=rank, at=at)
    if level == Level.CRITICAL and not is_past:
        _tell(case, alert, at)
    announce(CHANNEL)
    return alert


def open_case(customer: Customer, *, at: datetime) -> Case:
    """The customer's open case, locked; a new one where none is open. Two at once get the same."""
    held = Case.objects.select_for_update(of=("self",)).filter(customer=customer, state=Case.State.OPEN).first()
    if held is not None:
        return held
    # Customers take turns here, so that numbers follow each other and one customer gets one case.
    list(Customer.objects.select_for_update().filter(pk=customer.pk).values_list("pk"))
    again = Case.objects.filter(customer=customer, state=Case.State.OPEN).first()
    if again is not None:
        return again
    case = Case.objects.create(
        number=_next_number(),
        customer=customer,
        branch_id=customer.branch_id,
        level=Level.LOW,
        opened_at=at,
        last_alert_at=at,
    )
    CaseEvent.objects.create(case=case, kind=CaseEvent.Kind.OPENED, at=at)
    return case


def gather(case: Case, alert: Alert, *, rank: int | None, at: datetime) -> None:
    """Let a case be as severe as its worst alert; a new one brings back what was put off."""
    case.level = max(case.level, alert.level)
    case.weight = max(case.weight, alert.weight)
    case.score_millionths = max(case.score_millionths, alert.score_millionths or 0)
    case.rank_millionths = max(case.rank_millionths or 0, rank) if rank is not None else case.rank_millionths
    case.last_alert_at, case.snoozed_until = max(case.last_alert_at, alert.at), None
    case.version += 1
    fields = ["level", "weight", "score_millionths", "rank_millionths", "last_alert_at", "snoozed_until", "version"]
    case.save(update_fields=fields)


@transactional
def rank_open_cases(scorer: Scorer) -> int:
    """Let a ranker that has just learned order what is open already; returns how many cases it ranked."""
    if not scorer.ranker:
        return 0
    found = list(Case.objects.select_for_update().filter(state=Case.State.OPEN).order_by("pk"))
    for case in found:
        figures = [each for each in case.alerts.values_list("figures", flat=True) if set(FEATURES) <= set(each)]
        case.rank_millionths = max((scorer.rank(each) or 0 for each in figures), default=None)
    Case.objects.bulk_update(found, ["rank_millionths"])
    announce(CHANNEL)
    return len(found)


def _next_number() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 1)", [_LOCK])
    return (Case.objects.aggregate(last=Max("number"))["last"] or 1000) + 1


def _tell(case: Case, alert: Alert, at: datetime) -> None:
    """Tell those who may decide it: managers of the case's branch, and operations."""
    for user in deciders_for(case.branch_id):
        notify(
            kind="fraud.critical",
            person=user,
            context={"number": str(case.number), "amount": str(alert.amount)},
            key=str(alert.pk),
            by=None,
            at=at,
            url=reverse("fraud_case", args=[case.number]),
        )
