"""Loans on paper: the agreement with its schedule, the schedule as it stands, the settlement letter, the statement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.errors import Refused
from portal.base.money import Money
from portal.documents.plan import DocumentPlan
from portal.loans import queries
from portal.loans.models import LIVE, Disbursement, Loan
from portal.loans.offers import per_cent
from portal.loans.terms import fee_of, planned

KINDS = {
    "agreement": "Loan agreement",
    "schedule": "Loan schedule",
    "settlement": "Settlement letter",
    "statement": "Loan statement",
}
DECIDED = (*LIVE, Loan.State.APPROVED, Loan.State.PAID_OFF, Loan.State.WRITTEN_OFF)


def kinds_for(loan: Loan) -> list[tuple[str, str]]:
    """The papers a loan has in its state."""
    kinds = ["agreement", "schedule"] if loan.state in DECIDED else []
    kinds += ["settlement"] if loan.state in LIVE else []
    kinds += ["statement"] if loan.ledger_account_id is not None else []
    return [(kind, KINDS[kind]) for kind in kinds]


def loan_pdf(*, by: Any, at: datetime, number: str, kind: str) -> DocumentPlan:
    """What the worker makes a loan's paper from. 404 unless `by` may see the loan; refused: a paper it does not have."""
    loan = queries.loan_for(by, number)
    if kind not in dict(kinds_for(loan)):
        raise Refused("This loan has no such paper now.", code="no_paper")
    return DocumentPlan(
        kind=f"loan_{kind}",
        title=KINDS[kind],
        filename=f"loan-{kind}-{loan.number}.pdf",
        template="loans/paper_pdf.html",
        context={
            "loan": loan,
            "kind": kind,
            "rate": per_cent(loan.rate_bps),
            "fee": fee_of(loan.terms, loan.amount),
            "day": loan.branch.business_date,
            "guarantors": loan.guarantors.filter(answer__outcome="accepted").select_related("customer"),
            "lines": _lines(loan) if kind in {"agreement", "schedule"} else [],
            "settlement": _settlement(loan) if kind == "settlement" else [],
            "events": _events(loan) if kind == "statement" else [],
            "outstanding": queries.outstanding(loan),
        },
        subject=loan.number,
    )


def _lines(loan: Loan) -> list[tuple[Any, Money, Money, Money]]:
    """Due day, instalment, interest and what is left."""
    day = loan.branch.business_date
    if loan.ledger_account_id is None:
        rows = planned(
            loan.terms,
            loan.amount,
            rate_bps=loan.rate_bps,
            instalments=loan.instalments,
            on=day,
            branch=loan.branch,
        )
    else:
        rows = list(queries.position_of(loan).rows)
    currency = loan.currency
    return [
        (
            row.due,
            Money(row.total_minor, currency),
            Money(row.interest_minor, currency),
            Money(row.balance_minor, currency),
        )
        for row in rows
    ]


def _settlement(loan: Loan) -> list[tuple[str, Money]]:
    whole = queries.settlement(loan, loan.branch.business_date)
    parts = (
        ("Principal", whole.principal),
        ("Interest", whole.interest),
        ("Fees", whole.fee),
        ("Penalties", whole.penalty),
        ("Together", whole.total),
    )
    return [(label, Money(minor, loan.currency)) for label, minor in parts]


def _events(loan: Loan) -> list[tuple[Any, str, Money, Money]]:
    """Day, what it was, its amount, and how much of it was principal; reversed payments are left out."""
    paid_out = Disbursement.objects.get(loan=loan)
    events = [
        (
            paid_out.on,
            "Paid out",
            Money(paid_out.amount_minor, loan.currency),
            Money(paid_out.amount_minor, loan.currency),
        )
    ]
    for payment in queries.payments_of(loan).filter(reversal=None).order_by("pk"):
        principal = Money(-queries.parts_now(payment).principal, loan.currency)
        events.append((payment.on, "Recovered" if payment.is_recovery else "Payment", -payment.amount, principal))
    return events
