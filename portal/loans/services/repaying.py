"""Money that comes in on a loan: from the member's account or as cash, shared out as the product says, by one entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.models.products import BY_OWN_RULES
from portal.deposits.services.moving import NotMoving, fits, moved, refuse_giving, refuse_immobile, short
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.errors import InsufficientFunds
from portal.ledger.models import Account, EntryKind, Hold
from portal.ledger.queries import entry_by_key, scope_of
from portal.ledger.services import Line, NewEntry, credit, debit, post
from portal.live.services import announce
from portal.loans import queries
from portal.loans.allocation import Paid, Parts, Position, pay
from portal.loans.models import LIVE, Allocation, Collecting, Early, Loan, Payment, Refund, Schedule, Standing
from portal.loans.schedules import accrued
from portal.loans.services.keeping import earned_lines, keep, line, state_after, write_schedule
from portal.loans.services.states import locked, release_guarantees

State = Loan.State


@dataclass(frozen=True, slots=True)
class Settlement:
    """A loan about to be ended by another entry: the figure, the lines that end it, and where it stands then."""

    loan: Loan
    standing: Standing
    paid: Paid
    amount: Money
    lines: Sequence[Line]


@transactional
def repay(
    *,
    loan: Loan,
    amount: Money,
    key: str,
    source: DepositAccount | None = None,
    hold: Hold | None = None,
    cash: Account | None = None,
    branch: Branch | None = None,
    early: str = "",
    keeps_over: bool = False,
    channel: str = "online",
    on: date | None = None,
    by: Any,
    at: datetime,
) -> Payment:
    """Pay on a loan, out of `source` (a member's account) or with cash that lies in the ledger account `cash` (a drawer's).
    Of a guarantor's account it takes what `hold` holds there.

    `branch` is where it happens, the loan's own unless given. `early` says what becomes of money beyond what is due, as
    the product says unless given. Once a key: asked again it answers with the first. `on` only while old books are loaded.

    Refused: a loan that does not run (one written off takes recoveries), another currency, no amount, an account that does
    not move or has too little, and more than settles the loan, naming the figure, unless `keeps_over`: then the rest
    is kept for the member, to be given back by `refund_over`.
    """
    held = locked(loan)
    known = _known(key, by)
    if known is not None:
        return known
    if held.state == State.WRITTEN_OFF:
        return _recover(held, amount, key, source, hold, cash, branch, channel, by=by, at=at)
    if held.state not in LIVE:
        raise Refused(f"This loan is {held.get_state_display().lower()}: it takes no payments.", code="state")
    standing = _held_standing(held)
    day = on or held.branch.business_date
    position = queries.position_of(held, standing)
    refuse_amount(amount, held, position, day, keeps_over=keeps_over)
    order, choice = Allocation(held.terms.allocation), Early(early or held.terms.early)
    paid = pay(position, amount.minor, day, order=order, early=choice)
    lines = [*_money_in(amount, source, cash), *_use(held, standing, paid, day)]
    posted = _post(held, lines, key, source, hold, branch or held.branch, channel, on, by=by, at=at)
    return _write(held, standing, paid, day, amount=amount, early=choice, source=source, entry_id=posted, by=by, at=at)


def settlement_of(loan: Loan, day: date) -> Settlement:
    """How a loan is ended on a day by another loan's entry. Refused: one that does not run."""
    held = locked(loan, *LIVE)
    standing = _held_standing(held)
    position = queries.position_of(held, standing)
    whole = position.settlement(day).total
    paid = pay(position, whole, day, order=Allocation(held.terms.allocation), early=Early.FEWER)
    return Settlement(held, standing, paid, Money(whole, held.currency), _use(held, standing, paid, day))


def end_by(settled: Settlement, *, entry_id: UUID, on: date, by: Any, at: datetime) -> Payment:
    """Write down that another loan's entry has ended this one."""
    return _write(
        settled.loan,
        settled.standing,
        settled.paid,
        on,
        amount=settled.amount,
        early=Early.FEWER,
        source=None,
        entry_id=entry_id,
        by=by,
        at=at,
    )


@transactional
def refund_over(
    *, loan: Loan, amount: Money, key: str, target: DepositAccount, channel: str = "branch", by: Any, at: datetime
) -> Refund:
    """Give back what was paid too much, to the member's own account. Once a key. Refused: more than there is."""
    held = locked(loan)
    entry = entry_by_key(scope=scope_of(by), key=key)
    if entry is not None:
        return Refund.objects.get(entry=entry)
    standing = _held_standing(held)
    if not 0 < amount.minor <= standing.over_minor:
        most = Money(standing.over_minor, held.currency)
        raise Refused(f"{most} was paid too much; no more is given back.", code="over", field="amount")
    if target.customer_id != held.customer_id:
        raise Refused("Choose an account of the same member.", code="account", field="target")
    refuse_immobile(target, field="target")
    new = NewEntry(
        kind=EntryKind.SETTLEMENT,
        branch=held.branch,
        lines=[*line(held, chart.LOAN_OVERPAID, amount.minor), credit(target.ledger_account, fits(amount, target))],
        key=key,
        memo=f"Paid too much on loan …{held.last_four}",
        channel=channel,
    )
    posted = moved(post(new, by=by, at=at), target)
    standing.over_minor -= amount.minor
    standing.save(update_fields=["over_minor"])
    return Refund.objects.create(
        loan=held, amount_minor=amount.minor, account=target, entry_id=posted.entry_id, at=at, by=by
    )


@transactional
def collect_from(*, loan: Loan, account: DepositAccount | None, by: Any, at: datetime) -> Collecting:
    """Have instalments taken from an account on the days they fall due, or from none any more. The newest counts."""
    held = locked(loan, *LIVE)
    if account is not None:
        if account.customer_id != held.customer_id or account.currency != held.currency:
            raise Refused("Choose one of your own accounts.", code="account", field="account")
        refuse_source(account)
    return Collecting.objects.create(loan=held, account=account, at=at, by=by)


def _known(key: str, by: Any) -> Payment | None:
    entry = entry_by_key(scope=scope_of(by), key=key)
    return Payment.objects.get(entry=entry) if entry is not None else None


def _held_standing(loan: Loan) -> Standing:
    return Standing.objects.select_for_update(of=("self",)).select_related("schedule").get(pk=loan.pk)


def refuse_amount(amount: Money, loan: Loan, position: Position, day: date, *, keeps_over: bool = False) -> None:
    """Refuse what a loan does not take on a day: another currency, nothing, more than settles it unless that is kept."""
    if amount.currency != loan.currency:
        raise Refused(f"This loan is kept in {loan.currency}.", code="currency", field="amount")
    if amount.minor <= 0:
        raise Refused("The amount must be more than 0.", code="zero", field="amount")
    whole = Money(position.settlement(day).total, loan.currency)
    if amount > whole and not keeps_over:
        raise Refused(
            f"{whole} settles this loan today; no more is taken. Nothing was posted.", code="over", field="amount"
        )


def refuse_source(source: DepositAccount) -> None:
    """Refuse an account that money of a loan cannot come out of."""
    refuse_immobile(source)
    refuse_giving(source)
    if source.product.kind in BY_OWN_RULES:
        raise NotMoving(f"Account …{source.last_four} moves by rules of its own. Nothing was posted.", code="own_rules")


def _money_in(amount: Money, source: DepositAccount | None, cash: Account | None) -> list[Line]:
    if source is not None:
        refuse_source(source)
        return [debit(source.ledger_account, fits(amount, source))]
    if cash is None:
        raise ValueError("a payment comes out of an account or lies in one")
    return [debit(cash, amount)]


def _use(loan: Loan, standing: Standing, paid: Paid, day: date) -> list[Line]:
    """The lines of what a payment is used for, with the interest that was earned since it was last booked."""
    parts = paid.parts
    earned = _earned_by(paid, standing, parts, day) - standing.accrued_minor
    return [
        *earned_lines(loan, earned),
        *_out_of_suspense(loan, standing, paid, earned, day),
        *line(loan, chart.LOANS, -parts.principal),
        *line(loan, chart.LOAN_INTEREST_DUE, -parts.interest),
        *line(loan, chart.LOAN_PENALTIES_DUE, -parts.penalty),
        *line(loan, chart.LOAN_FEES_DUE, -parts.fee),
        *line(loan, chart.LOAN_OVERPAID, -parts.over),
    ]


def _earned_by(paid: Paid, standing: Standing, parts: Parts, day: date) -> int:
    """What the present schedule has earned up to a day; a loan that ends has earned just what was paid."""
    earned = accrued(queries.rows_of(standing.schedule), day)
    if paid.after.balance:
        return earned
    return max(earned, standing.interest_paid_minor + parts.interest - standing.schedule.carried_minor)


def _out_of_suspense(loan: Loan, standing: Standing, paid: Paid, earned: int, day: date) -> list[Line]:
    """Of a loan in default, interest that is paid becomes income; all of it once nothing is late any more and no probation
    is left to serve.
    """
    if loan.state != State.DEFAULTED:
        return []
    suspended = standing.suspended_minor + earned
    is_cured = not paid.after.balance or (standing.probation_to is None and not paid.after.days_late(day))
    freed = suspended if is_cured else min(paid.parts.interest, suspended)
    standing.suspended_minor = suspended - freed
    return [*line(loan, chart.SUSPENDED_INTEREST, freed), *line(loan, chart.LOAN_INTEREST_INCOME, -freed)]


def _post(
    loan: Loan,
    lines: Sequence[Line],
    key: str,
    source: DepositAccount | None,
    hold: Hold | None,
    branch: Branch,
    channel: str,
    on: date | None,
    *,
    by: Any,
    at: datetime,
) -> UUID:
    entry = NewEntry(
        kind=EntryKind.REPAYMENT,
        branch=branch,
        lines=lines,
        key=key,
        memo=f"Payment on loan …{loan.last_four}",
        channel=channel,
        business_date=on,
        capture=hold.pk if hold else None,
    )
    try:
        posted = post(entry, by=by, at=at)
    except InsufficientFunds as refusal:
        raise short(refusal, Money(refusal.available_minor, loan.currency)) from refusal
    if source is not None:
        moved(posted, source)
    return posted.entry_id


def _write(
    loan: Loan,
    standing: Standing,
    paid: Paid,
    day: date,
    *,
    amount: Money,
    early: str,
    source: DepositAccount | None,
    entry_id: UUID,
    by: Any,
    at: datetime,
) -> Payment:
    before, after = standing.schedule, paid.after
    made = _recast(loan, standing, paid, day, by=by, at=at) if paid.is_recast else None
    parts = paid.parts
    payment = Payment.objects.create(
        loan=loan,
        amount_minor=amount.minor,
        penalty_minor=parts.penalty,
        fee_minor=parts.fee,
        interest_minor=parts.interest,
        principal_minor=parts.principal,
        over_minor=parts.over,
        early=early,
        schedule=before,
        made_schedule=made,
        account=source,
        entry_id=entry_id,
        on=day,
        at=at,
        by=by,
    )
    keep(loan, standing, after, day)
    state_after(loan, standing, on=day, by=by, at=at)
    keep(loan, standing, after, day)
    announce(f"loan:{loan.number}")
    return payment


def _recast(loan: Loan, standing: Standing, paid: Paid, day: date, *, by: Any, at: datetime) -> Schedule:
    made = write_schedule(
        loan,
        paid.after.rows,
        cause=Schedule.Cause.EARLY,
        starts_on=day,
        rate_bps=standing.schedule.rate_bps,
        by=by,
        at=at,
    )
    standing.schedule = made
    return made


def _recover(
    loan: Loan,
    amount: Money,
    key: str,
    source: DepositAccount | None,
    hold: Hold | None,
    cash: Account | None,
    branch: Branch | None,
    channel: str,
    *,
    by: Any,
    at: datetime,
) -> Payment:
    """Money on a loan written off is income. Never more than was written off; once all of it is back, guarantors are free."""
    most = Money(owed_after_write_off(loan), loan.currency)
    if not 0 < amount.minor <= most.minor:
        raise Refused(f"At most {most} of this loan is left to recover.", code="over", field="amount")
    lines = [*_money_in(amount, source, cash), *line(loan, chart.RECOVERY_INCOME, -amount.minor)]
    entry_id = _post(loan, lines, key, source, hold, branch or loan.branch, channel, None, by=by, at=at)
    made = Payment.objects.create(
        loan=loan,
        amount_minor=amount.minor,
        early=loan.terms.early,
        account=source,
        entry_id=entry_id,
        is_recovery=True,
        on=loan.branch.business_date,
        at=at,
        by=by,
    )
    if amount == most:
        release_guarantees(loan, by=by, at=at)
    announce(f"loan:{loan.number}")
    return made


def owed_after_write_off(loan: Loan) -> int:
    """What was written off and has not come back since, in minor units."""
    lost = loan.write_off
    back = Payment.objects.filter(loan=loan, is_recovery=True, reversal=None)
    returned = sum(back.values_list("amount_minor", flat=True))
    return lost.principal_minor + lost.interest_minor + lost.charges_minor - returned
