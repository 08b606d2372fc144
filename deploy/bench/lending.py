"""Running loans for the bench: paid out over the last year, most of them paid as agreed, some late.

A few are made by the portal's own models, all others are their copies, made by the database in one statement a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import islice
from math import lcm

from django.db.models import Min, Model, Sum

from deploy.bench.bank import BATCH, CURRENCY, NOW, TODAY, make_bank
from deploy.bench.ground import Ground
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import Account, Balance, EntryKind, Kind, Side
from portal.ledger.services import Line, NewEntry, credit, debit, post_many
from portal.loans.models import Loan, LoanProduct, LoanTerms, Schedule, ScheduleRow, Standing
from portal.loans.schedules import Row, accrued
from portal.loans.terms import planned

AMOUNT = Money(1_200_000, CURRENCY)
RATE_BPS, INSTALMENTS, VARIETIES = 2400, 24, 12


def make_loans(ground: Ground, database: str, count: int, *, days: int, late_one_in: int) -> Branch:
    """A branch with so many running loans, worked off up to `days` before its open day."""
    patterns = min(lcm(VARIETIES, late_one_in), count)
    bank = make_bank(patterns, funded=False)
    terms = _terms()
    worked_to = TODAY - timedelta(days=days)
    starts = [worked_to - timedelta(days=5 + 30 * variety) for variety in range(VARIETIES)]
    plans = [
        planned(terms, AMOUNT, rate_bps=RATE_BPS, instalments=INSTALMENTS, on=start, branch=None) for start in starts
    ]
    _make(bank.accounts, terms, list(zip(starts, plans, strict=True)), worked_to, late_one_in)
    _copy(ground, database, patterns, count)
    _book(bank.branch, plans, worked_to, late_one_in)
    ground.owner_runs(database, "ANALYZE")
    return bank.branch


def _terms() -> LoanTerms:
    product = LoanProduct.objects.create(code="70", name="Member loan", currency=CURRENCY, state="offered")
    return LoanTerms.objects.create(
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


def _copy(ground: Ground, database: str, patterns: int, count: int) -> None:
    """Copies of the patterns, their numbers and keys shifted, until there are so many loans."""
    shift = f"{patterns} * g.n"
    rows = f"{patterns * INSTALMENTS} * g.n"
    tables: tuple[tuple[type[Model], str, dict[str, str]], ...] = (
        (Account, "id", {"id": shift, "code": "'-' || g.n"}),
        (Balance, "account_id", {"account_id": shift}),
        (Loan, "id", {"id": shift, "ledger_account_id": shift, "number": "'-' || g.n"}),
        (Schedule, "id", {"id": shift, "loan_id": shift}),
        (ScheduleRow, "schedule_id", {"id": rows, "schedule_id": shift}),
        (Standing, "loan_id", {"loan_id": shift, "schedule_id": shift}),
    )
    first = {
        Account: Account.objects.filter(code__startswith="L").aggregate(least=Min("pk"))["least"],
        Loan: Loan.objects.aggregate(least=Min("pk"))["least"],
        Schedule: Schedule.objects.aggregate(least=Min("pk"))["least"],
    }
    owners = {Balance: Account, ScheduleRow: Schedule, Standing: Loan}
    for model, key, shifted in tables:
        base = first[owners.get(model, model)]
        values = {"first": base, "last": base + patterns - 1, "end": base + count, "most": count // patterns}
        statement = _copying(model, key, shifted, shift)
        ground.owner_runs(database, statement, values)


def _copying(model: type[Model], key: str, shifted: Mapping[str, str], shift: str) -> str:
    """One INSERT of every column as it is, but the shifted ones: numbers are added to, texts get an ending."""
    meta = model._meta  # noqa: SLF001  # Django's own way to a model's columns
    columns = [str(field.column) for field in meta.concrete_fields]
    told = [
        f"p.{name}"
        if name not in shifted
        else f"p.{name} {'||' if shifted[name].startswith(chr(39)) else '+'} {shifted[name]}"
        for name in columns
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"INSERT INTO {meta.db_table} ({names}) OVERRIDING SYSTEM VALUE SELECT {', '.join(told)} "  # noqa: S608 - our own names
        f"FROM {meta.db_table} AS p CROSS JOIN generate_series(1, %(most)s) AS g(n) "
        f"WHERE p.{key} BETWEEN %(first)s AND %(last)s AND p.{key} + {shift} < %(end)s"
    )


def _make(
    members: list[DepositAccount],
    terms: LoanTerms,
    plans: list[tuple[date, list[Row]]],
    worked_to: date,
    late_one_in: int,
) -> None:
    """Accounts, loans, schedules, rows and standings of the patterns; nothing is outstanding yet."""
    accounts = Account.objects.bulk_create(_account(member) for member in members)
    loans = Loan.objects.bulk_create(
        Loan(
            number=f"{n:07d}",
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
        for n, (member, account) in enumerate(zip(members, accounts, strict=True))
    )
    schedules = Schedule.objects.bulk_create(_schedule(loan) for loan in loans)
    numbered = list(enumerate(schedules))
    ScheduleRow.objects.bulk_create(
        (row for n, schedule in numbered for row in _rows(schedule, plans[n % VARIETIES][1])), batch_size=BATCH
    )
    Standing.objects.bulk_create(
        Standing(
            loan=schedule.loan,
            branch=schedule.loan.branch,
            schedule=schedule,
            worked_to=worked_to,
            accrued_minor=accrued(plans[n % VARIETIES][1], worked_to),
            interest_paid_minor=sum(
                row.interest_minor for row in _paid(n, plans[n % VARIETIES][1], worked_to, late_one_in)
            ),
        )
        for n, schedule in numbered
    )


def _paid(n: int, rows: list[Row], worked_to: date, late_one_in: int) -> list[Row]:
    """The instalments of the n-th loan that are paid: all that were due, or none of one that is late."""
    return [] if n % late_one_in == 0 else [row for row in rows if row.due <= worked_to]


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


def _book(branch: Branch, plans: list[list[Row]], worked_to: date, late_one_in: int) -> None:
    """What is outstanding of every loan and the interest due from all, through the one door, many lines an entry."""
    opening = chart.branch_account(branch.pk, chart.OPENING_EQUITY)
    accounts = Account.objects.filter(code__startswith="L").order_by("pk").iterator(chunk_size=BATCH)
    numbered = enumerate(accounts)
    while part := list(islice(numbered, BATCH)):
        lines = [debit(account, _left(n, plans[n % VARIETIES], worked_to, late_one_in)) for n, account in part]
        whole = Money(sum(line.amount.minor for line in lines), CURRENCY)
        _post(branch, [*lines, credit(opening, whole)])
    sums = Standing.objects.aggregate(due=Sum("accrued_minor") - Sum("interest_paid_minor"))
    due = Money(sums["due"], CURRENCY)
    _post(branch, [debit(chart.branch_account(branch.pk, chart.LOAN_INTEREST_DUE), due), credit(opening, due)])


def _left(n: int, rows: list[Row], worked_to: date, late_one_in: int) -> Money:
    paid = _paid(n, rows, worked_to, late_one_in)
    return Money(paid[-1].balance_minor if paid else AMOUNT.minor, CURRENCY)


def _post(branch: Branch, lines: list[Line]) -> None:
    post_many([NewEntry(kind=EntryKind.OPENING, branch=branch, lines=lines, key=new_key())], by=None, at=NOW)
