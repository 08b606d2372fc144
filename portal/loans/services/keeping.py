"""Writing down where a loan stands after its rows or its money changed, and the lines its entries share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from portal.base.money import Money
from portal.ledger import chart
from portal.ledger.services import Line, credit, debit
from portal.loans.allocation import Position
from portal.loans.models import Loan, Schedule, ScheduleRow, Standing
from portal.loans.queries import outstanding
from portal.loans.schedules import Row, accrued
from portal.loans.services.states import move

State = Loan.State


def write_schedule(
    loan: Loan,
    rows: Sequence[Row],
    *,
    cause: str,
    starts_on: date,
    rate_bps: int,
    carried_minor: int = 0,
    by: Any,
    at: datetime,
) -> Schedule:
    """Keep rows as the loan's next schedule. Their principal is what is outstanding on that day."""
    number = Schedule.objects.filter(loan=loan).count() + 1
    made = Schedule.objects.create(
        loan=loan,
        number=number,
        cause=cause,
        starts_on=starts_on,
        principal_minor=sum(row.principal_minor for row in rows),
        carried_minor=carried_minor,
        rate_bps=rate_bps,
        at=at,
        by=by,
    )
    interest = earned = 0
    kept = []
    for row in rows:
        interest, earned = interest + row.interest_minor, earned + row.earned_minor
        kept.append(
            ScheduleRow(
                schedule=made,
                number=row.number,
                starts=row.starts,
                earns_from=row.earns_from,
                due=row.due,
                principal_minor=row.principal_minor,
                interest_minor=row.interest_minor,
                earned_minor=row.earned_minor,
                balance_minor=row.balance_minor,
                interest_so_far_minor=interest,
                earned_so_far_minor=earned,
            )
        )
    ScheduleRow.objects.bulk_create(kept)
    return made


def line(loan: Loan, code: str, minor: int) -> list[Line]:
    """A line of the loan's branch: debit above zero, credit below, none for nothing. `LOANS` means the loan's own account."""
    account = loan.ledger_account if code == chart.LOANS else chart.branch_account(loan.branch_id, code)
    if not minor or account is None:
        return []
    amount = Money(abs(minor), account.currency)
    return [debit(account, amount) if minor > 0 else credit(account, amount)]


def earned_lines(loan: Loan, earned_minor: int) -> list[Line]:
    """Interest earned since it was last booked: income, or held in suspense while the loan is in default."""
    income = chart.SUSPENDED_INTEREST if loan.state == State.DEFAULTED else chart.LOAN_INTEREST_INCOME
    return [*line(loan, chart.LOAN_INTEREST_DUE, earned_minor), *line(loan, income, -earned_minor)]


def keep(loan: Loan, standing: Standing, held: Position, day: date) -> Standing:
    """Write down where a loan stands on a day. Nothing is posted here."""
    standing.interest_paid_minor = held.paid_interest
    earned = accrued(held.rows, day)
    standing.accrued_minor = earned if held.balance else max(earned, held.paid_interest - held.carried)
    standing.penalty_minor, standing.fee_minor, standing.over_minor = held.penalty, held.fee, held.over
    late = held.late(day)
    standing.late_minor = sum(each.total for each in late)
    standing.days_late = (day - late[0].row.due).days if late else 0
    standing.is_live = loan.state in {State.ACTIVE, State.DEFAULTED}
    standing.save()
    return standing


def due_interest(standing: Standing) -> int:
    """Interest the books show as due from a loan: what was carried into its schedule, earned since, less what was paid."""
    return standing.schedule.carried_minor + standing.accrued_minor - standing.interest_paid_minor


def state_after(loan: Loan, standing: Standing, *, on: date, by: Any, at: datetime) -> None:
    """Paid off at nothing; out of default once nothing is late, but of a probation only a day's work lets it out; back to
    running when a payment was undone.
    """
    settled = not standing_owes(loan, standing)
    if settled and loan.state in {State.ACTIVE, State.DEFAULTED}:
        move(loan, State.PAID_OFF, "Everything is paid", on=on, by=by, at=at)
    elif not settled and loan.state == State.PAID_OFF:
        after = State.ACTIVE if standing.probation_to is None else State.DEFAULTED
        move(loan, after, "A payment was reversed", on=on, by=by, at=at)
    elif loan.state == State.DEFAULTED and not standing.days_late and standing.probation_to is None:
        move(loan, State.ACTIVE, "Nothing is late any more", on=on, by=by, at=at)


def standing_owes(loan: Loan, standing: Standing) -> bool:
    """Whether anything is left to pay."""
    return bool(outstanding(loan) or standing.penalty_minor or standing.fee_minor or due_interest(standing) > 0)
