"""What is decided about a running loan by two people: another schedule, giving it up as lost, taking savings for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.queries import funds_of
from portal.ledger import chart
from portal.ledger.models import EntryKind, Hold
from portal.ledger.services import Line, NewEntry, post
from portal.loans import queries
from portal.loans.models import (
    LIVE,
    Loan,
    Payment,
    Probation,
    Rescheduling,
    Schedule,
    Standing,
    WriteOff,
)
from portal.loans.schedules import Disbursement, Row, ScheduleTerms, TermsError, accrued, first_rows
from portal.loans.services.keeping import due_interest, earned_lines, keep, line, write_schedule
from portal.loans.services.repaying import owed_after_write_off, repay
from portal.loans.services.states import held_for, locked, move, refuse_asked, say_why
from portal.loans.services.telling import tell_rescheduled, tell_written_off
from portal.loans.terms import calendar_of, schedule_terms

State = Loan.State
RESCHEDULE, WRITE_OFF, RECOVER = "loan_reschedule", "loan_write_off", "loan_recovery"


@transactional
def ask_for_change(*, act: str, loan: Loan, payload: dict[str, Any], reason: str, by: Any, at: datetime) -> Request:
    """Ask a second person for one of the acts named above. `payload` is what the act says beside `loan` and `reason`.

    Whose ceiling reaches is asked of what is taken, else of what is outstanding. Refused: one that waits already; savings
    may be asked for of several accounts.
    """
    if act != RECOVER:
        refuse_asked(loan, act, at=at)
    taken = payload.get("amount_minor")
    return ask(
        act=act,
        payload={"loan": loan.number, "reason": say_why(reason), **payload},
        subject=loan.number,
        reason=reason,
        branch=loan.branch,
        amount=queries.outstanding(loan) if taken is None else Money(taken, loan.currency),
        by=by,
        at=at,
    )


def new_rows(loan: Loan, *, instalments: int, rate_bps: int, grace: int, carried_minor: int) -> list[Row]:
    """What is outstanding over so many instalments from today; interest that is due stays due with the first of them.

    Refused: a rate outside the product's bounds, terms that give no schedule.
    """
    terms = loan.terms
    if not terms.rate_min_bps <= rate_bps <= terms.rate_max_bps:
        raise Refused("This rate is outside what the product allows.", code="rate", field="rate")
    plan = schedule_terms(terms, rate_bps=rate_bps, instalments=instalments)
    plan = _with_grace(plan, grace)
    paid_out = Disbursement(loan.branch.business_date, queries.outstanding(loan).minor)
    try:
        rows = first_rows(plan, paid_out, calendar_of(terms, loan.branch))
    except TermsError as error:
        raise Refused(str(error), code="no_schedule", field="instalments") from error
    return [_carrying(rows[0], carried_minor), *rows[1:]]


def _with_grace(plan: ScheduleTerms, grace: int) -> ScheduleTerms:
    return replace(plan, grace_principal=grace, grace_interest=0, down_payment_percent=Decimal(0))


def _carrying(row: Row, carried_minor: int) -> Row:
    return replace(row, interest_minor=row.interest_minor + carried_minor)


def check_reschedule(loan: Loan) -> int:
    """The interest that would be carried over. Refused: a loan that does not run, one with interest paid ahead."""
    if loan.state not in LIVE:
        raise Refused(f"This loan is {loan.get_state_display().lower()}.", code="state")
    due = queries.position_of(loan).interest_to(loan.branch.business_date)
    if due < 0:
        raise Refused(
            "Interest is paid ahead on this loan. It can be rescheduled from its next due day on.", code="ahead"
        )
    return due


@transactional
def reschedule(
    *,
    loan: Loan,
    instalments: int,
    rate_bps: int,
    grace: int,
    reason: str,
    request: Request | None,
    by: Any,
    approved_by: Any,
    at: datetime,
) -> Rescheduling:
    """Spread what is outstanding over another schedule from today. Interest due until today falls due with its first row.

    A loan in default stays there for a probation: see `Probation`. Refused: what `check_reschedule` and `new_rows` refuse.
    """
    held = locked(loan, *LIVE)
    carried = check_reschedule(held)
    day = held.branch.business_date
    standing = Standing.objects.select_for_update(of=("self",)).select_related("schedule").get(pk=held.pk)
    position = queries.position_of(held, standing)
    _book_earned(held, standing, accrued(position.rows, day), at=at)
    rows = new_rows(held, instalments=instalments, rate_bps=rate_bps, grace=grace, carried_minor=carried)
    schedule = write_schedule(
        held,
        rows,
        cause=Schedule.Cause.RESCHEDULED,
        starts_on=day,
        rate_bps=rate_bps,
        carried_minor=carried,
        by=by,
        at=at,
    )
    standing.schedule, standing.interest_paid_minor, standing.accrued_minor = schedule, 0, 0
    standing.probation_to = _probation(held, rows, at=at)
    standing.save()
    keep(held, standing, queries.position_of(held, standing), day)
    tell_rescheduled(held, schedule.rows.earliest("number"), at=at)
    return Rescheduling.objects.create(
        loan=held, schedule=schedule, request=request, reason=reason, at=at, by=by, approved_by=approved_by
    )


def probation_to(loan: Loan, rows: Sequence[Row]) -> date | None:
    """The day up to which a loan in default would stay there if these rows were its schedule; None for every other loan.

    Instalments without principal are no proof that it is repaid: only those with count.
    """
    if loan.state != State.DEFAULTED or not loan.terms.probation_instalments:
        return None
    repaying = [row.due for row in rows if row.principal_minor]
    return repaying[: loan.terms.probation_instalments][-1]


def _probation(loan: Loan, rows: Sequence[Row], *, at: datetime) -> date | None:
    until = probation_to(loan, rows)
    if until is not None:
        day = loan.branch.business_date
        Probation.objects.create(loan=loan, cause=Probation.Cause.RESCHEDULED, on=day, until=until, at=at)
    return until


def _book_earned(loan: Loan, standing: Standing, accrued_minor: int, *, at: datetime) -> None:
    """Book interest up to today, in case today was not worked off yet."""
    earned = accrued_minor - standing.accrued_minor
    lines = earned_lines(loan, earned)
    if not lines:
        return
    if loan.state == State.DEFAULTED:
        standing.suspended_minor += earned
    standing.accrued_minor = accrued_minor
    entry = NewEntry(
        kind=EntryKind.ACCRUAL,
        branch=loan.branch,
        lines=lines,
        key=f"loan:{loan.number}:earned:{standing.schedule_id}:{loan.branch.business_date}",
        memo=f"Loan …{loan.last_four}: interest to date",
        channel="system",
    )
    post(entry, by=None, at=at)


@transactional
def write_off(*, loan: Loan, reason: str, request: Request | None, by: Any, approved_by: Any, at: datetime) -> WriteOff:
    """Give a loan up as lost: what is outstanding becomes an expense, unpaid interest and charges leave the books.

    Its provision is set free, guarantors stay bound, and the member is told what is still owed. Refused: a loan that is
    not in default.
    """
    held = locked(loan, State.DEFAULTED)
    standing = Standing.objects.select_for_update(of=("self",)).select_related("schedule").get(pk=held.pk)
    day = held.branch.business_date
    position = queries.position_of(held, standing)
    _book_earned(held, standing, accrued(position.rows, day), at=at)
    interest, lines = due_interest(standing), _loss(held, standing)
    entry = NewEntry(
        kind=EntryKind.WRITE_OFF,
        branch=held.branch,
        lines=lines,
        key=f"loan:{held.number}:lost",
        memo=f"Loan …{held.last_four} written off",
    )
    principal = queries.outstanding(held)
    posted = post(entry, by=by, at=at)
    made = WriteOff.objects.create(
        loan=held,
        principal_minor=principal.minor,
        interest_minor=interest,
        charges_minor=standing.penalty_minor + standing.fee_minor,
        entry_id=posted.entry_id,
        request=request,
        reason=reason,
        at=at,
        by=by,
        approved_by=approved_by,
    )
    standing.penalty_minor = standing.fee_minor = standing.suspended_minor = standing.provision_minor = 0
    standing.interest_paid_minor += interest
    standing.late_minor = standing.days_late = 0
    standing.is_live = False
    standing.save()
    move(held, State.WRITTEN_OFF, reason, by=approved_by, at=at)
    tell_written_off(held, Money(owed_after_write_off(held), held.currency), at=at)
    return made


def _loss(loan: Loan, standing: Standing) -> list[Line]:
    """Principal is the loss; interest comes out of suspense; charges were income and are an expense now."""
    principal, interest = queries.outstanding(loan).minor, due_interest(standing)
    charges = standing.penalty_minor + standing.fee_minor
    loss = principal + charges + interest - standing.suspended_minor
    return [
        *line(loan, chart.WRITE_OFF_EXPENSE, loss),
        *line(loan, chart.SUSPENDED_INTEREST, standing.suspended_minor),
        *line(loan, chart.LOANS, -principal),
        *line(loan, chart.LOAN_INTEREST_DUE, -interest),
        *line(loan, chart.LOAN_PENALTIES_DUE, -standing.penalty_minor),
        *line(loan, chart.LOAN_FEES_DUE, -standing.fee_minor),
        *line(loan, chart.LOAN_PROVISION, standing.provision_minor),
        *line(loan, chart.PROVISION_EXPENSE, -standing.provision_minor),
    ]


@transactional
def recover_from(*, loan: Loan, account: DepositAccount, amount: Money, key: str, by: Any, at: datetime) -> Payment:
    """Take savings for a loan that is in default or written off: the member's own, or a guarantor's up to what is held.

    Refused: a loan that is neither, somebody else's account, more than is held or there.
    """
    held = locked(loan, State.DEFAULTED, State.WRITTEN_OFF)
    check_recovery(held, account, amount)
    hold = None if account.customer_id == held.customer_id else _held_on(held, account)
    return repay(loan=held, amount=amount, source=account, hold=hold, key=key, channel="branch", by=by, at=at)


def check_recovery(loan: Loan, account: DepositAccount | None, amount: Money) -> DepositAccount:
    """The account a recovery may come out of. Refused: see `recover_from`, and more than the loan needs."""
    if loan.state not in {State.DEFAULTED, State.WRITTEN_OFF}:
        raise Refused(f"This loan is {loan.get_state_display().lower()}: nothing is recovered.", code="state")
    most = Money(_left_to_take(loan), loan.currency)
    if not 0 < amount.minor <= most.minor:
        raise Refused(f"At most {most} of this loan is left to take.", code="over", field="amount")
    if account is not None and account.customer_id == loan.customer_id:
        available = funds_of(account).available
        if amount > available:
            raise Refused(f"This account has {available} available.", code="insufficient_funds", field="amount")
        return account
    hold = _held_on(loan, account) if account is not None else None
    if account is None or hold is None:
        message = "This is neither the member's account nor one that is held for this loan."
        raise Refused(message, code="account", field="number")
    if amount.minor > hold.remaining_minor:
        most = Money(hold.remaining_minor, loan.currency)
        raise Refused(f"This guarantor stands for {most}.", code="guarantee", field="amount")
    return account


def _left_to_take(loan: Loan) -> int:
    if loan.state == State.WRITTEN_OFF:
        return owed_after_write_off(loan)
    return queries.settlement(loan, loan.branch.business_date).total


def _held_on(loan: Loan, account: DepositAccount) -> Hold | None:
    """What of a guarantor's account is held for a loan."""
    return next((hold for hold in held_for(loan) if hold.account_id == account.ledger_account_id), None)
