"""Running loans for the bench: paid out over the last year, most of them paid as agreed, some late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from deploy.bench.bank import BATCH, CURRENCY, NOW, TODAY, make_bank
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import Account, EntryKind, Kind, Side
from portal.ledger.services import NewEntry, credit, debit, post_many
from portal.loans.models import Loan, LoanProduct, LoanTerms, Schedule, ScheduleRow, Standing
from portal.loans.schedules import Row, accrued
from portal.loans.terms import planned

AMOUNT = Money(1_200_000, CURRENCY)
RATE_BPS, INSTALMENTS, VARIETIES = 2400, 24, 12


def make_loans(count: int, *, days: int, late_one_in: int) -> Branch:
    """A branch with so many running loans, worked off up to `days` before its open day."""
    bank = make_bank(count, funded=False)
    product = LoanProduct.objects.create(code="70", name="Member loan", currency=CURRENCY, state="offered")
    terms = LoanTerms.objects.create(
        product=product,
        effective_from=date(2020, 1, 1),
        rate_min_bps=RATE_BPS,
        rate_bps=RATE_BPS,
        rate_max_bps=RATE_BPS,
        amount_min_minor=100,
        amount_max_minor=AMOUNT.minor,
        instalments=INSTALMENTS,
        penalty_bps=3650,
        reason="First terms",
        made_at=NOW,
    )
    worked_to = TODAY - timedelta(days=days)
    starts = [worked_to - timedelta(days=5 + 30 * variety) for variety in range(VARIETIES)]
    plans = [
        planned(terms, AMOUNT, rate_bps=RATE_BPS, instalments=INSTALMENTS, on=start, branch=None) for start in starts
    ]
    for first in range(0, count, BATCH):
        part = bank.accounts[first : first + BATCH]
        _make(part, first, terms, list(zip(starts, plans, strict=True)), worked_to, late_one_in)
    _book(bank.branch)
    return bank.branch


def _make(
    members: list[DepositAccount],
    first: int,
    terms: LoanTerms,
    plans: list[tuple[date, list[Row]]],
    worked_to: date,
    late_one_in: int,
) -> None:
    """Accounts, loans, schedules, rows, standings of some members, and what is outstanding, through the one door."""
    accounts = Account.objects.bulk_create(_account(member) for member in members)
    loans = Loan.objects.bulk_create(
        Loan(
            number=member.number,
            product=terms.product,
            terms=terms,
            customer=member.customer,
            branch=member.branch,
            state=Loan.State.ACTIVE,
            amount_minor=AMOUNT.minor,
            instalments=INSTALMENTS,
            rate_bps=RATE_BPS,
            asked_on=plans[n % VARIETIES][0],
            ledger_account=account,
            disbursed_on=plans[n % VARIETIES][0],
        )
        for n, (member, account) in enumerate(zip(members, accounts, strict=True), start=first)
    )
    schedules = Schedule.objects.bulk_create(_schedule(loan) for loan in loans)
    numbered = list(enumerate(schedules, start=first))
    ScheduleRow.objects.bulk_create(
        (row for n, schedule in numbered for row in _rows(schedule, plans[n % VARIETIES][1])), batch_size=BATCH
    )
    standings, entries = [], []
    for n, schedule in numbered:
        rows = plans[n % VARIETIES][1]
        due = [] if n % late_one_in == 0 else [row for row in rows if row.due <= worked_to]
        left = due[-1].balance_minor if due else AMOUNT.minor
        standings.append(
            Standing(
                loan=schedule.loan,
                branch=schedule.loan.branch,
                schedule=schedule,
                worked_to=worked_to,
                accrued_minor=accrued(rows, worked_to),
                interest_paid_minor=sum(row.interest_minor for row in due),
            )
        )
        entries.append(_entry(schedule.loan, Money(left, CURRENCY)))
    Standing.objects.bulk_create(standings)
    post_many(entries, by=None, at=NOW)


def _schedule(loan: Loan) -> Schedule:
    return Schedule(
        loan=loan,
        number=1,
        cause=Schedule.Cause.PAID_OUT,
        starts_on=loan.asked_on,
        principal_minor=AMOUNT.minor,
        rate_bps=RATE_BPS,
        at=NOW,
    )


def _account(member: DepositAccount) -> Account:
    return Account(
        branch=member.branch,
        code=f"L{member.number}",
        name="Member loan",
        kind=Kind.ASSET,
        currency=CURRENCY,
        normal_side=Side.DEBIT,
        parent=chart.branch_account(member.branch_id, chart.LOANS),
        floor_minor=0,
    )


def _rows(schedule: Schedule, rows: list[Row]) -> Iterator[ScheduleRow]:
    interest = earned = 0
    for row in rows:
        interest, earned = interest + row.interest_minor, earned + row.earned_minor
        yield ScheduleRow(
            schedule=schedule,
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


def _entry(loan: Loan, left: Money) -> NewEntry:
    opening: Any = chart.branch_account(loan.branch_id, chart.OPENING_EQUITY)
    lines = (debit(loan.ledger_account, left), credit(opening, left)) if loan.ledger_account else ()
    return NewEntry(kind=EntryKind.OPENING, branch=loan.branch, lines=lines, key=new_key())


def _book(branch: Branch) -> None:
    """Interest due from all of them, as the days before would have booked it."""
    due = sum(
        standing.accrued_minor - standing.interest_paid_minor
        for standing in Standing.objects.iterator(chunk_size=BATCH)
    )
    amount = Money(due, CURRENCY)
    lines = (
        debit(chart.branch_account(branch.pk, chart.LOAN_INTEREST_DUE), amount),
        credit(chart.branch_account(branch.pk, chart.OPENING_EQUITY), amount),
    )
    post_many([NewEntry(kind=EntryKind.OPENING, branch=branch, lines=lines, key=new_key())], by=None, at=NOW)
