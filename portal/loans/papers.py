"""Loans on paper: the offer, the agreement with its schedule, the schedule as it stands, the settlement letter, the statement."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from portal.base.errors import Refused
from portal.base.money import Money
from portal.documents.plan import DocumentPlan
from portal.loans import queries
from portal.loans.allocation import Parts
from portal.loans.models import LIVE, Charge, Disbursement, Loan, Refund, WriteOff
from portal.loans.offers import per_cent
from portal.loans.schedules import Row
from portal.loans.terms import fee_of

KINDS = {
    "offer": "Loan offer",
    "agreement": "Loan agreement",
    "schedule": "Loan schedule",
    "settlement": "Settlement letter",
    "statement": "Loan statement",
}
DECIDED = (*LIVE, Loan.State.APPROVED, Loan.State.PAID_OFF, Loan.State.WRITTEN_OFF)
DAYS_AHEAD = 7
"""For how many days a settlement letter tells the figure."""
_PERIODS = {"days": "day", "weeks": "week", "months": "month"}


@dataclass(frozen=True, slots=True)
class Line:
    """One instalment on paper."""

    number: int
    due: date
    total: Money
    principal: Money
    interest: Money
    left: Money


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a statement: what happened, how much of it was charges, interest and principal, what was left then."""

    on: date
    what: str
    amount: Money
    charges: Money
    interest: Money
    principal: Money
    left: Money


def kinds_for(loan: Loan) -> list[tuple[str, str]]:
    """The papers a loan has in its state."""
    kinds = ["offer"] if loan.state == Loan.State.APPROVED else []
    kinds += ["agreement", "schedule"] if loan.state in DECIDED else []
    kinds += ["settlement"] if loan.state in LIVE else []
    kinds += ["statement"] if loan.ledger_account_id is not None else []
    return [(kind, KINDS[kind]) for kind in kinds]


def loan_pdf(*, by: Any, at: datetime, number: str, kind: str, on: str = "") -> DocumentPlan:
    """What the worker makes a loan's paper from; `on` is the day a settlement letter is for, the open one unless given.

    404 unless `by` may see the loan. Refused: a paper it does not have.
    """
    loan = queries.loan_for(by, number)
    if kind not in dict(kinds_for(loan)):
        raise Refused("This loan has no such paper now.", code="no_paper")
    day = date.fromisoformat(on) if on else loan.branch.business_date
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "offer": lambda: _offer(loan),
        "agreement": lambda: _agreement(loan),
        "schedule": lambda: _schedule(loan),
        "settlement": lambda: _settlement(loan, day),
        "statement": lambda: _statement(loan),
    }
    return DocumentPlan(
        kind=f"loan_{kind}",
        title=KINDS[kind],
        filename=f"loan-{kind}-{loan.number}.pdf",
        template=f"loans/{kind}_pdf.html",
        context={"loan": loan, "day": loan.branch.business_date, "facts": _facts(loan), **makers[kind]()},
        subject=loan.number,
    )


def _facts(loan: Loan) -> list[tuple[str, Any]]:
    """Whose loan, which, where."""
    return [
        ("Member", loan.customer.full_name),
        ("Member number", loan.customer.number),
        ("Loan", loan.product.name),
        ("Loan number", loan.number),
        ("Branch", loan.branch.name),
        ("State", loan.get_state_display()),
    ]


def _offer(loan: Loan) -> dict[str, Any]:
    """What is offered, what it costs in all, and until when: as if it were paid out on the open day."""
    agreed = _agreement(loan)
    first = next((line for line in agreed["lines"] if line.number), agreed["lines"][0])
    return {
        **agreed,
        "instalment": first.total,
        "largest": max(line.total for line in agreed["lines"]),
        "cost": agreed["sums"]["interest"] + agreed["fee"],
        "receives": queries.left_to_pay_out(loan),
        "ends": queries.offer_ends(loan),
        "accepted": queries.acceptance_of(loan),
    }


def offer_facts(loan: Loan) -> list[tuple[str, Any]]:
    """What the letter offers, figure by figure, for the page on which it is accepted."""
    told = _offer(loan)
    return [
        ("Amount", loan.amount),
        ("Paid back in", f"{loan.instalments} instalments, one {told['every']}"),
        ("Rate a year", told["rate"]),
        ("Each instalment" if told["instalment"] == told["largest"] else "First instalment", told["instalment"]),
        ("Interest over the whole term", told["sums"]["interest"]),
        ("Fee, kept back when it is paid out", told["fee"]),
        ("Cost of the loan", told["cost"]),
        ("You receive", told["receives"]),
        ("Into account", f"…{loan.pay_to.last_four}" if loan.pay_to else "In cash at your branch"),
        ("What is late costs", f"{told['penalty']} a year" if told["penalty"] else "Nothing"),
        ("The offer stands until", f"{told['ends']:%d %B %Y}"),
    ]


def _agreement(loan: Loan) -> dict[str, Any]:
    """What was agreed: the first schedule, whatever became of it."""
    lines = _lines(_first_rows(loan), loan.currency)
    guarantors = loan.guarantors.filter(answer__outcome="accepted").select_related("customer", "loan__product")
    return {
        "lines": lines,
        "sums": _sums(lines, loan.currency),
        "fee": fee_of(loan.terms, loan.amount),
        "rate": per_cent(loan.rate_bps),
        "penalty": per_cent(loan.terms.penalty_bps) if loan.terms.penalty_bps else "",
        "every": _every(loan),
        "guarantors": guarantors,
        "conditions": queries.conditions_of(loan),
    }


def _schedule(loan: Loan) -> dict[str, Any]:
    """The rows that hold now; before the loan is paid out, those it would have."""
    running = loan.ledger_account_id is not None
    lines = _lines(queries.position_of(loan).rows if running else _first_rows(loan), loan.currency)
    return {"lines": lines, "sums": _sums(lines, loan.currency), "rate": per_cent(loan.rate_bps), "every": _every(loan)}


def _settlement(loan: Loan, day: date) -> dict[str, Any]:
    """What ends the loan on a day, part by part, and on each of the days after."""
    position = queries.position_of(loan)
    whole = position.settlement(day)
    parts = (
        ("Principal", whole.principal),
        ("Interest to this day", whole.interest),
        ("Fees", whole.fee),
        ("Penalties", whole.penalty),
    )
    ahead = [day + timedelta(days=number) for number in range(1, DAYS_AHEAD + 1)]
    return {
        "day": day,
        "parts": [(label, Money(minor, loan.currency)) for label, minor in parts],
        "total": Money(whole.total, loan.currency),
        "later": [(each, Money(position.settlement(each).total, loan.currency)) for each in ahead],
        "last": ahead[-1],
        "is_late": bool(position.late(day)),
    }


def _statement(loan: Loan) -> dict[str, Any]:
    """Everything that moved on the loan, oldest first, and where it stands."""
    figures: list[tuple[str, Any]] = [("Outstanding principal", queries.outstanding(loan))]
    if loan.state in LIVE:
        whole = queries.settlement(loan, loan.branch.business_date)
        figures += [
            ("Interest to this day", Money(whole.interest, loan.currency)),
            ("Fees and penalties unpaid", Money(whole.fee + whole.penalty, loan.currency)),
            ("Settles the loan on this day", Money(whole.total, loan.currency)),
        ]
    return {"events": _events(loan), "figures": figures}


def _first_rows(loan: Loan) -> list[Row]:
    if loan.ledger_account_id is not None:
        return queries.rows_of(loan.schedules.get(number=1))
    return queries.rows_ahead(loan)


def _every(loan: Loan) -> str:
    """How often an instalment falls due, in words."""
    period = _PERIODS[loan.terms.frequency]
    return f"every {period}" if loan.terms.every == 1 else f"every {loan.terms.every} {period}s"


def _lines(rows: Iterable[Row], currency: str) -> list[Line]:
    return [
        Line(
            row.number,
            row.due,
            Money(row.total_minor, currency),
            Money(row.principal_minor, currency),
            Money(row.interest_minor, currency),
            Money(row.balance_minor, currency),
        )
        for row in rows
    ]


def _sums(lines: list[Line], currency: str) -> dict[str, Money]:
    """What all instalments come to."""
    return {
        name: Money(sum(getattr(line, name).minor for line in lines), currency)
        for name in ("total", "principal", "interest")
    }


def _events(loan: Loan) -> list[Event]:
    """Reversed payments are left out: they never were. Each line tells the principal that is left after it."""
    left, found = 0, []
    for on, what, amount, parts in sorted(_moved(loan), key=lambda item: item[0]):
        left += parts.principal
        figures = (amount, parts.penalty + parts.fee, parts.interest, parts.principal, left)
        found.append(Event(on, what, *(Money(minor, loan.currency) for minor in figures)))
    return found


def _moved(loan: Loan) -> Iterable[tuple[date, str, int, Parts]]:
    """Day, what it was, its amount, and what it put on the loan (above zero) or took off."""
    paid_out = Disbursement.objects.get(loan=loan)
    yield paid_out.on, "Paid out", paid_out.amount_minor, Parts(principal=paid_out.amount_minor)
    for charge in Charge.objects.filter(loan=loan):
        what = f"{charge.get_kind_display()}{' let go' if charge.amount_minor < 0 else ''}: {charge.reason}"
        yield charge.on, what, charge.amount_minor, Parts(fee=charge.amount_minor)
    for payment in queries.payments_of(loan).filter(reversal=None).order_by("pk"):
        used = queries.parts_now(payment)
        taken = Parts(
            penalty=-used.penalty, fee=-used.fee, interest=-used.interest, principal=-used.principal, over=-used.over
        )
        yield payment.on, "Recovered" if payment.is_recovery else "Payment", -payment.amount_minor, taken
    for refund in Refund.objects.filter(loan=loan).select_related("entry"):
        yield (
            refund.entry.business_date,
            "Given back: paid too much",
            refund.amount_minor,
            Parts(over=refund.amount_minor),
        )
    for lost in WriteOff.objects.filter(loan=loan).select_related("entry"):
        parts = Parts(fee=-lost.charges_minor, interest=-lost.interest_minor, principal=-lost.principal_minor)
        yield lost.entry.business_date, "Written off", parts.total, parts
