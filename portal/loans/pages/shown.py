"""What pages show of a loan: figures as money, tasks, the timeline, capacity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.safestring import SafeString

from portal.base.charts import area
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.institution.models import Branch
from portal.loans import queries, services
from portal.loans.allocation import Position
from portal.loans.models import LIVE, Loan, LoanTerms, Payment, WriteOff
from portal.loans.offers import per_cent
from portal.loans.schedules import Row
from portal.loans.terms import fee_of, planned

PAYMENTS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One instalment as a table shows it."""

    number: int
    due: date
    principal: Money
    interest: Money
    total: Money
    balance: Money
    state: str = ""


def lines(rows: Iterable[Row], currency: str) -> list[Line]:
    """A schedule's rows as money."""
    return [
        Line(
            number=row.number,
            due=row.due,
            principal=Money(row.principal_minor, currency),
            interest=Money(row.interest_minor, currency),
            total=Money(row.total_minor, currency),
            balance=Money(row.balance_minor, currency),
        )
        for row in rows
    ]


def lines_of(position: Position, day: date, currency: str) -> list[Line]:
    """A running loan's instalments, each with its state."""
    missing = {each.row.number: each for each in position.unpaid()}
    found = []
    for line, row in zip(lines(position.rows, currency), position.rows, strict=True):
        each = missing.get(row.number)
        state = (
            "paid"
            if each is None
            else "late"
            if row.due < day
            else "partly paid"
            if each.total < row.total_minor
            else ""
        )
        found.append(Line(line.number, line.due, line.principal, line.interest, line.total, line.balance, state))
    return found


def quote(terms: LoanTerms, amount: Money, instalments: int, day: date, branch: Branch | None) -> dict[str, Any]:
    """The whole schedule of a loan that a branch pays out today, and what it comes to."""
    rows = planned(terms, amount, rate_bps=terms.rate_bps, instalments=instalments, on=day, branch=branch)
    shown = lines(rows, amount.currency)
    interest = Money(sum(row.interest_minor for row in rows), amount.currency)
    fee = fee_of(terms, amount)
    first = next((line for line in shown if line.number), shown[0])
    return {
        "lines": shown,
        "instalment": first.total,
        "interest": interest,
        "fee": fee,
        "whole": amount + interest,
        "rate": per_cent(terms.rate_bps),
        "curve": curve(shown, "What is left after each instalment"),
    }


def curve(shown: list[Line], title: str) -> SafeString:
    """The outstanding principal from before the first instalment to the last."""
    currency = shown[0].balance.currency if shown else ""
    start = [("Start", (line.balance + line.principal).minor) for line in shown[:1]]
    points = start + [(f"{line.due:%d %b %Y}", line.balance.minor) for line in shown]
    return area(title, points, names=("Left",), shown=lambda minor: str(Money(minor, currency)))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a loan's way: what became of it, on which business day, by whom, why."""

    what: str
    on: date
    who: str
    why: str


def steps(loan: Loan) -> list[Step]:
    """How a loan got where it is: each change of its state, with who proposed what was decided, that the member accepted it,
    each other schedule, and what was given back.
    """
    proposed = {(each.at, each.outcome): each.asked_by for each in loan.decisions.select_related("asked_by")}
    lost = WriteOff.objects.filter(loan=loan).select_related("by")
    proposed |= {(each.at, Loan.State.WRITTEN_OFF.value): each.by for each in lost}
    found = [
        (
            change.at,
            Step(
                change.get_after_display(),
                change.on,
                _people(proposed.get((change.at, change.after)), change.by),
                change.reason,
            ),
        )
        for change in loan.state_changes.select_related("by").exclude(after=Loan.State.DRAFT)
    ]
    found += [
        (each.at, Step("Rescheduled", each.schedule.starts_on, _people(each.by, each.approved_by), each.reason))
        for each in loan.reschedulings.select_related("schedule", "by", "approved_by")
    ]
    found += [
        (
            each.at,
            Step(
                "Given back",
                each.entry.business_date,
                _people(each.by),
                f"{Money(each.amount_minor, loan.currency)}, paid too much",
            ),
        )
        for each in loan.refunds.select_related("entry", "by")
    ]
    return [step for _, step in sorted([*_accepted(loan), *found], key=lambda pair: pair[0])]


def _accepted(loan: Loan) -> list[tuple[datetime, Step]]:
    """That the member accepted what was granted, and in which version; nothing while it was not."""
    each = queries.acceptance_of(loan)
    if each is None:
        return []
    what = f"Accepted {each.get_way_display().lower()}"
    return [(each.at, Step(what, each.on, _people(each.by), f"Version {each.version.number}"))]


def _people(*people: Any) -> str:
    return " and ".join(str(person) for person in people if person is not None)


def has_more_than_a_timeline(context: Mapping[str, Any]) -> bool:
    """Whether anything stands beside a loan's timeline, which else takes the whole width."""
    papers = not context["is_own"] and context["loan"].papers.exists()
    return papers or any(context[name] for name in ("capacity", "conditions", "guarantors", "changed"))


def everyday_accounts(loan: Loan) -> list[DepositAccount]:
    """The member's own accounts that money of this loan can come from or go to."""
    return queries.everyday_accounts(loan.customer, loan.currency)


def tasks(loan: Loan) -> list[dict[str, Any]]:
    """The pieces of an application, each with its state and its page."""
    lacks = {each.code: each.text for each in services.missing(loan)}
    terms = loan.terms
    pieces = [
        ("asked", f"Amount: {loan.amount} in {loan.instalments} instalments", True),
        ("purpose", "What the loan is for", bool(loan.purpose)),
        ("income", "Income and outgoings", loan.income_minor is not None),
        ("account", "The account it is paid into", loan.pay_to_id is not None),
        ("papers", f"Documents ({loan.papers.count()})", False),
        (
            "guarantors",
            f"Guarantors ({queries.guarantors_of(loan).count()})",
            bool(terms.guarantors_min or terms.guarantee_bps),
        ),
        ("collateral", f"Collateral ({loan.collateral.count()})", bool(terms.collateral_bps)),
    ]
    return [
        {
            "label": label,
            "url": reverse("loan_part", args=[loan.number, part]),
            "status": "not_started" if part in lacks else "done",
            "hint": f"Needed: {lacks[part]}" if part in lacks else "",
        }
        for part, label, _ in pieces
    ]


@dataclass(frozen=True, slots=True)
class Used:
    """What a payment is used for as it stands now; `is_moved` where a reversal of an earlier one changed that."""

    charges: Money
    interest: Money
    principal: Money
    over: Money
    is_moved: bool


def payments(loan: Loan, number: str | None) -> dict[str, Any]:
    """A page of what was paid on a loan, newest first, each with what it is used for."""
    newest = Paginator(queries.payments_of(loan), PAYMENTS_SHOWN).get_page(number)
    rows = [(payment, _used(payment, loan.currency)) for payment in newest]
    return {"payments": rows, "payments_page": newest, "with_over": any(used.over for _, used in rows)}


def _used(payment: Payment, currency: str) -> Used:
    parts = queries.parts_now(payment)
    return Used(
        charges=Money(parts.penalty + parts.fee, currency),
        interest=Money(parts.interest, currency),
        principal=Money(parts.principal, currency),
        over=Money(parts.over, currency),
        is_moved=bool(payment.reallocations.all()),
    )


def figures(loan: Loan) -> dict[str, Any]:
    """A running loan in figures: outstanding, due, late, the settlement figure, the next instalment. One written off: what
    was lost and what is left of that to recover.
    """
    if loan.state == Loan.State.WRITTEN_OFF:
        lost = loan.write_off
        given_up = lost.principal_minor + lost.interest_minor + lost.charges_minor
        left = services.owed_after_write_off(loan)
        return {"lost": Money(given_up, loan.currency), "to_recover": Money(left, loan.currency)}
    if loan.state not in LIVE:
        return {}
    day, currency = loan.branch.business_date, loan.currency
    position = queries.position_of(loan)
    whole = position.settlement(day)
    unpaid = position.unpaid()
    late = sum(each.total for each in unpaid if each.row.due < day)
    due = sum(each.total for each in unpaid if each.row.due <= day) + position.penalty + position.fee
    coming = next((each for each in unpaid if each.row.due >= day), None)
    return {
        "outstanding": Money(position.balance, currency),
        "settlement": Money(whole.total, currency),
        "due": Money(due, currency),
        "late": Money(late, currency),
        "days_late": position.days_late(day),
        "next": coming and {"due": coming.row.due, "amount": Money(coming.total, currency)},
        "lines": lines_of(position, day, currency),
    }
