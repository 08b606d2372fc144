"""Undoing a payment: its entry is reversed, and what came after it is shared out anew as if it had never been."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Sum

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.ledger import chart
from portal.ledger.models import EntryKind, Posting, Side
from portal.ledger.services import Line, NewEntry, post, reverse_entry
from portal.live.services import announce
from portal.loans import queries
from portal.loans.allocation import Parts, Position, pay
from portal.loans.models import (
    LIVE,
    Allocation,
    Charge,
    Disbursement,
    Early,
    Loan,
    Payment,
    PaymentReversal,
    Penalty,
    Reallocation,
    Schedule,
    Standing,
)
from portal.loans.services.keeping import due_interest, keep, line, state_after, write_schedule
from portal.loans.services.pledging import Pledge, hold_again, pledges_without
from portal.loans.services.repaying import owed_after_write_off
from portal.loans.services.states import locked, say_why
from portal.loans.terms import schedule_terms

State = Loan.State
KEPT = (
    chart.LOANS,
    chart.LOAN_INTEREST_DUE,
    chart.LOAN_PENALTIES_DUE,
    chart.LOAN_FEES_DUE,
    chart.LOAN_OVERPAID,
    chart.SUSPENDED_INTEREST,
)
"""The lines a loan's standing answers for; income takes the balance."""


@dataclass(frozen=True, slots=True)
class _Replayed:
    """What the payments that stand come to: how each is used, the rows that hold then, and whether they are new."""

    used: list[tuple[Payment, Parts]]
    position: Position
    is_recast: bool


@transactional
def reverse_payment(*, payment: Payment, reason: str, key: str, by: Any, at: datetime) -> PaymentReversal:
    """Undo a payment. The money goes back where it came from; later payments fill what it had paid, and one further entry
    moves the difference between interest, principal and charges. What guarantors stood for before it is held again, as far
    as it is owed and their accounts allow (`pledges_after` says how far). Asked again it answers with the first.

    Refused: no reason, a payment from before the loan was rescheduled, one by which another loan ended this one, what was
    given back already, and what the ledger refuses.
    """
    loan = locked(payment.loan)
    known = PaymentReversal.objects.filter(payment=payment).first()
    if known is not None:
        return known
    why = say_why(reason)
    base = _refuse_to_reverse(loan, payment)
    standing = Standing.objects.select_for_update(of=("self",)).select_related("schedule").get(pk=loan.pk)
    pledges = pledges_without(loan, payment, _owed_without(loan, base, payment))
    posted = reverse_entry(entry=payment.entry, reason=why, key=key, channel="branch", by=by, at=at)
    made = PaymentReversal(payment=payment, entry_id=posted.entry_id, reason=why, at=at, by=by)
    used: Sequence[tuple[Payment, Parts]] = []
    if not payment.is_recovery:
        replayed = _replay(loan, base, payment)
        used = replayed.used
        made.correction_id = _share_out_anew(loan, standing, payment, base, replayed, key, by=by, at=at)
    made.save()
    _note_changes(made, used)
    if not payment.is_recovery:
        state_after(loan, standing, on=loan.branch.business_date, by=by, at=at)
        standing.is_live = loan.state in LIVE
        standing.save(update_fields=["is_live"])
    hold_again(made, pledges, by=by, at=at)
    announce(f"loan:{loan.number}")
    return made


def pledges_after(payment: Payment) -> list[Pledge]:
    """What guarantors would stand for again were a payment undone now, and how much of it could be held. Writes nothing.

    Nobody, where `reverse_payment` would refuse.
    """
    loan = payment.loan
    try:
        base = _refuse_to_reverse(loan, payment)
    except Refused:
        return []
    return pledges_without(loan, payment, _owed_without(loan, base, payment))


def _owed_without(loan: Loan, base: Schedule, payment: Payment) -> Money:
    """What would be owed on the branch's open day had a payment never come."""
    if payment.is_recovery:
        return Money(owed_after_write_off(loan) + payment.amount_minor, loan.currency)
    settles = _replay(loan, base, payment).position.settlement(loan.branch.business_date)
    return Money(max(settles.total, 0), loan.currency)


def _refuse_to_reverse(loan: Loan, payment: Payment) -> Schedule:
    """The schedule the loan had when its payments are counted from. Refused: see `reverse_payment`."""
    counted = (Schedule.Cause.PAID_OUT, Schedule.Cause.RESCHEDULED)
    base = Schedule.objects.filter(loan=loan, cause__in=counted).order_by("-number").first()
    if base is None:
        raise Refused("This loan was never paid out.", code="state")
    if payment.is_recovery:
        return base
    if loan.state == State.WRITTEN_OFF:
        raise Refused("This loan was written off: what was paid before stays.", code="written_off")
    if payment.at < base.at:
        raise Refused("The loan was rescheduled after this payment: it can no longer be reversed.", code="rescheduled")
    if Disbursement.objects.filter(entry=payment.entry_id).exists():
        raise Refused("Another loan ended this one: that is not reversed.", code="topped_up")
    return base


def _share_out_anew(
    loan: Loan,
    standing: Standing,
    payment: Payment,
    base: Schedule,
    replayed: _Replayed,
    key: str,
    *,
    by: Any,
    at: datetime,
) -> UUID | None:
    """Write down where the loan stands after the replay and post the difference; the entry that did, if one did."""
    booked = _booked(loan, standing, payment)
    if replayed.position.over < 0:
        raise Refused("What was paid too much has been given back. This payment stays.", code="refunded")
    day = max(loan.branch.business_date, standing.worked_to)
    standing.schedule = base
    if replayed.is_recast:
        standing.schedule = write_schedule(
            loan,
            replayed.position.rows,
            cause=Schedule.Cause.REVERSED,
            starts_on=day,
            rate_bps=base.rate_bps,
            by=by,
            at=at,
        )
    keep(loan, standing, replayed.position, day)
    standing.suspended_minor = max(due_interest(standing), 0) if loan.state == State.DEFAULTED else 0
    standing.save(update_fields=["suspended_minor"])
    wanted = _wanted(standing, replayed.position)
    lines = _difference(loan, booked, wanted)
    if not lines:
        return None
    entry = NewEntry(
        kind=EntryKind.ACCRUAL,
        branch=loan.branch,
        lines=lines,
        key=f"{key}:after",
        memo=f"Loan …{loan.last_four}: payments shared out anew",
    )
    return post(entry, by=by, at=at).entry_id


def _booked(loan: Loan, standing: Standing, payment: Payment) -> dict[str, int]:
    """What the books show of the loan once the payment's entry is reversed, debit above zero."""
    shown = {
        chart.LOANS: queries.outstanding(loan).minor,
        chart.LOAN_INTEREST_DUE: due_interest(standing),
        chart.LOAN_PENALTIES_DUE: standing.penalty_minor,
        chart.LOAN_FEES_DUE: standing.fee_minor,
        chart.LOAN_OVERPAID: -standing.over_minor,
        chart.SUSPENDED_INTEREST: -standing.suspended_minor,
    }
    codes = {loan.ledger_account_id: chart.LOANS}
    codes |= {chart.branch_account(loan.branch_id, code).pk: code for code in KEPT[1:]}
    for posting in Posting.objects.filter(entry=payment.entry_id, account__in=codes):
        code = codes[posting.account_id]
        # The ledger balance of the loan's own account shows the reversal already.
        if code != chart.LOANS:
            shown[code] -= posting.amount_minor if posting.side == Side.DEBIT else -posting.amount_minor
    return shown


def _wanted(standing: Standing, position: Position) -> dict[str, int]:
    return {
        chart.LOANS: position.balance,
        chart.LOAN_INTEREST_DUE: due_interest(standing),
        chart.LOAN_PENALTIES_DUE: position.penalty,
        chart.LOAN_FEES_DUE: position.fee,
        chart.LOAN_OVERPAID: -position.over,
        chart.SUSPENDED_INTEREST: -standing.suspended_minor,
    }


def _difference(loan: Loan, booked: dict[str, int], wanted: dict[str, int]) -> list[Line]:
    changes = {code: wanted[code] - booked[code] for code in KEPT}
    lines = [each for code, minor in changes.items() for each in line(loan, code, minor)]
    return [*lines, *line(loan, chart.LOAN_INTEREST_INCOME, -sum(changes.values()))]


def _replay(loan: Loan, base: Schedule, without: Payment) -> _Replayed:
    """Share out every payment since `base` in the order they came, but the one that is undone."""
    rows = queries.rows_of(base)
    since = _before(loan, base)
    position = Position(
        terms=schedule_terms(loan.terms, rate_bps=base.rate_bps, instalments=max(len(rows), 1)),
        rows=rows,
        balance=base.principal_minor,
        carried=base.carried_minor,
        penalty=since.penalty,
        fee=since.fee,
        over=since.over,
    )
    used: list[tuple[Payment, Parts]] = []
    is_recast = False
    for event in _events(loan, base, without):
        if isinstance(event, Payment):
            found = pay(
                position,
                event.amount_minor,
                event.on,
                order=Allocation(loan.terms.allocation),
                early=Early(event.early),
            )
            used.append((event, found.parts))
            position, is_recast = found.after, is_recast or found.is_recast
        else:
            position = _charged(position, event)
    given_back = loan.refunds.filter(at__gte=base.at).aggregate(total=Sum("amount_minor"))["total"] or 0
    return _Replayed(used, replace(position, over=position.over - given_back), is_recast)


def _charged(position: Position, event: Penalty | Charge) -> Position:
    if isinstance(event, Charge) and event.kind == Charge.Kind.FEE:
        return replace(position, fee=max(position.fee + event.amount_minor, 0))
    return replace(position, penalty=max(position.penalty + event.amount_minor, 0))


def _before(loan: Loan, base: Schedule) -> Parts:
    """What was charged, overpaid and still unpaid when the base schedule began."""
    if base.cause == Schedule.Cause.PAID_OUT:
        return Parts()
    charges = Charge.objects.filter(loan=loan, at__lt=base.at)
    fee = _sum(charges.filter(kind=Charge.Kind.FEE))
    penalty = _sum(charges.filter(kind=Charge.Kind.PENALTY)) + _sum(
        Penalty.objects.filter(loan=loan, on__lt=base.starts_on)
    )
    used = sum((queries.parts_now(each) for each in queries.payments_of(loan).filter(at__lt=base.at)), Parts())
    given_back = _sum(loan.refunds.filter(at__lt=base.at))
    return Parts(penalty=penalty - used.penalty, fee=fee - used.fee, over=used.over - given_back)


def _sum(rows: Any) -> int:
    return int(rows.aggregate(total=Sum("amount_minor"))["total"] or 0)


def _events(loan: Loan, base: Schedule, without: Payment) -> Iterable[Payment | Penalty | Charge]:
    """What happened since the base schedule, in order: a day's penalty comes before its charges and payments."""
    payments = Payment.objects.filter(loan=loan, at__gte=base.at, reversal=None, is_recovery=False)
    found: list[tuple[date, int, int, Payment | Penalty | Charge]] = [
        (each.on, 2, each.pk, each) for each in payments.exclude(pk=without.pk)
    ]
    found += [(each.on, 1, each.pk, each) for each in Charge.objects.filter(loan=loan, at__gte=base.at)]
    first = base.starts_on if base.cause == Schedule.Cause.RESCHEDULED else date.min
    found += [(each.on, 0, each.pk, each) for each in Penalty.objects.filter(loan=loan, on__gte=first)]
    return [event for *_, event in sorted(found, key=lambda item: item[:3])]


def _note_changes(reversal: PaymentReversal, used: Sequence[tuple[Payment, Parts]]) -> None:
    """Keep how each later payment is used now, where that changed."""
    changed = [(payment, parts) for payment, parts in used if parts != queries.parts_now(payment)]
    Reallocation.objects.bulk_create(
        Reallocation(
            payment=payment,
            reversal=reversal,
            penalty_minor=parts.penalty,
            fee_minor=parts.fee,
            interest_minor=parts.interest,
            principal_minor=parts.principal,
            over_minor=parts.over,
        )
        for payment, parts in changed
    )
