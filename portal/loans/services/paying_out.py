"""Paying a loan out: once, to the member's account or in cash, less its fee and what it settles."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.services.moving import moved, refuse_immobile
from portal.ledger import chart
from portal.ledger.models import Account, EntryKind, Kind, Side
from portal.ledger.services import Line, NewEntry, credit, post
from portal.loans import queries
from portal.loans.models import Condition, Disbursement, Loan, Schedule, Standing
from portal.loans.services.keeping import line, write_schedule
from portal.loans.services.repaying import end_by, settlement_of
from portal.loans.services.states import locked, move
from portal.loans.services.telling import tell_paid_out
from portal.loans.terms import fee_of, planned

State = Loan.State


@transactional
def disburse(
    *,
    loan: Loan,
    cash: Account | None = None,
    channel: str = "branch",
    on: date | None = None,
    by: Any,
    at: datetime,
) -> Disbursement:
    """Pay an approved loan out: principal up, the member's account (or `cash`, a drawer's) the other way, the fee kept back.

    What it tops up is settled first, in the same entry. Once a loan: asked again it answers with the first. `on` only
    while old books are loaded. Refused: a loan that is not approved, an offer that is over or, where a person pays it out,
    that the member has not accepted, conditions that are open, whoever applied for it, an account that does not move, a
    loan smaller than what it settles or in place of one in default.
    """
    held = locked(loan)
    known = Disbursement.objects.filter(loan=held).first()
    if known is not None:
        return known
    _refuse_to_pay_out(held, cash, by)
    day = on or held.branch.business_date
    _refuse_unaccepted(held, day, by)
    settled = settlement_of(held.tops_up, day) if held.tops_up is not None else None
    fee = fee_of(held.terms, held.amount)
    rest = held.amount - fee - (settled.amount if settled else Money.zero(held.currency))
    if rest.minor < 0:
        raise Refused(f"The loan does not cover the fee and what it settles; {-rest} is missing.", code="too_small")
    held.ledger_account = _open_account(held)
    lines = [*line(held, chart.LOANS, held.amount_minor), *line(held, chart.FEE_INCOME, -fee.minor)]
    lines += settled.lines if settled else []
    lines += _money_out(held, rest, cash)
    entry = NewEntry(
        kind=EntryKind.DISBURSEMENT,
        branch=held.branch,
        lines=lines,
        key=f"loan:{held.number}:out",
        memo=f"Loan …{held.last_four} paid out",
        channel=channel,
        business_date=on,
    )
    posted = post(entry, by=by, at=at)
    made = Disbursement.objects.create(
        loan=held,
        amount_minor=held.amount_minor,
        fee_minor=fee.minor,
        settled_minor=settled.amount.minor if settled else 0,
        account=None if cash else held.pay_to,
        entry_id=posted.entry_id,
        on=day,
        at=at,
        by=by,
    )
    _begin(held, day, by=by, at=at)
    if settled:
        end_by(settled, entry_id=posted.entry_id, on=day, by=by, at=at)
    if held.pay_to is not None and not cash:
        moved(posted, held.pay_to)
    tell_paid_out(held, rest, at=at)
    return made


def _refuse_to_pay_out(loan: Loan, cash: Account | None, by: Any) -> None:
    if loan.state != State.APPROVED:
        raise Refused(
            f"This loan is {loan.get_state_display().lower()}: only an approved one is paid out.", code="state"
        )
    if by is not None and by.pk == loan.asked_by_id:
        raise Refused("You wrote the application: a colleague pays the loan out.", code="own_application")
    waiting = Condition.objects.filter(decision__loan=loan, met=None).first()
    if waiting is not None:
        raise Refused(f"A condition is open: {waiting.text}.", code="condition")
    if loan.tops_up is not None and loan.tops_up.state == State.DEFAULTED:
        raise Refused("The loan it replaces is in default by now: that one is rescheduled instead.", code="default")
    if not cash:
        if loan.pay_to is None:
            raise Refused("No account was named for the money.", code="account")
        refuse_immobile(loan.pay_to)


def _refuse_unaccepted(loan: Loan, day: date, by: Any) -> None:
    if queries.acceptance_of(loan) is not None:
        return
    ends = queries.offer_ends(loan)
    if ends is not None and day > ends:
        raise Refused(f"The offer stood until {ends:%d %B %Y}. The member applies again.", code="offer_over")
    if by is not None:
        message = (
            "The member has not accepted the offer: on screen, or signed on paper, as the loan's page lets you note."
        )
        raise Refused(message, code="not_accepted")


def _open_account(loan: Loan) -> Account:
    """The ledger account whose balance is the outstanding principal; it never goes below nothing."""
    return Account.objects.create(
        branch=loan.branch,
        code=f"L{loan.number}",
        name=loan.product.name,
        kind=Kind.ASSET,
        currency=loan.currency,
        normal_side=Side.DEBIT,
        parent=chart.branch_account(loan.branch_id, chart.LOANS),
        floor_minor=0,
    )


def _money_out(loan: Loan, rest: Money, cash: Account | None) -> list[Line]:
    target = cash or (loan.pay_to.ledger_account if loan.pay_to else None)
    return [credit(target, rest)] if rest and target is not None else []


def _begin(loan: Loan, day: date, *, by: Any, at: datetime) -> None:
    rows = planned(
        loan.terms, loan.amount, rate_bps=loan.rate_bps, instalments=loan.instalments, on=day, branch=loan.branch
    )
    schedule = write_schedule(
        loan, rows, cause=Schedule.Cause.PAID_OUT, starts_on=day, rate_bps=loan.rate_bps, by=by, at=at
    )
    loan.disbursed_on = day
    # The state and the account stand or fall together: a constraint says so.
    before, loan.state = loan.state, State.ACTIVE
    loan.save(update_fields=["ledger_account", "disbursed_on", "state"])
    loan.state = before
    move(loan, State.ACTIVE, "Paid out", on=day, by=by, at=at)
    Standing.objects.create(loan=loan, branch=loan.branch, schedule=schedule, worked_to=day)
