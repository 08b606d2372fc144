"""Cases and rules on paper, made by the worker: for a file, the police, or an auditor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.access.gate import allows
from portal.base.errors import Refused
from portal.base.money import Money
from portal.documents.plan import DocumentPlan
from portal.fraud.queries.cases import alerts_of, cases_visible_to, last_movements
from portal.fraud.rulebook import card_of
from portal.people.services import note_view

MOST_ALERTS = 200


def case_pdf(*, by: Any, at: datetime, case: int) -> DocumentPlan:
    """Everything about a case: why it stands out, what was done, the verdict. Raises `DoesNotExist` where `by` may not look.

    That the customer was looked at is written down.
    """
    found = cases_visible_to(by).select_related("customer", "branch", "assigned_to", "decided_by").get(number=case)
    note_view(customer=found.customer, viewer=by, reason=f"Case {found.number} on paper", at=at)
    return DocumentPlan(
        kind="letter",
        title=f"Case {found.number}: {found.customer.full_name}",
        filename=f"case-{found.number}.pdf",
        template="fraud/case_pdf.html",
        context={
            "case": found,
            "alerts": list(alerts_of(found)[:MOST_ALERTS]),
            "events": list(found.events.select_related("by")),
            "movements": [
                (line, Money(line.amount_minor, line.account.currency)) for line in last_movements(found, most=30)
            ],
        },
        subject=str(found.number),
    )


def rule_pdf(*, by: Any, at: datetime, rule: str) -> DocumentPlan:
    """A rule of the gate as it is in force, with its versions. Refused: who may not read rules, one that nobody set."""
    card = card_of(rule, at=at) if allows(by, Capability.FRAUD_VIEW) else None
    if card is None:
        raise Refused("There is no such rule.", code="rule")
    return DocumentPlan(
        kind="letter",
        title=f"Rule of the gate: {card.rule.name}",
        filename=f"rule-{card.rule.code}.pdf",
        template="fraud/rule_pdf.html",
        context={"card": card},
        subject=card.rule.code,
    )
