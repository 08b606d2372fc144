"""Posting another bank's books: branch, customers, accounts and movements in one transaction, or none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from time import monotonic

from django.conf import settings
from django.db import connection, transaction

from portal.administration.services.branches import BranchFacts, open_branch
from portal.audit.context import acting
from portal.audit.services import record
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import DepositAccount, Product, Terms
from portal.deposits.services import Opening, open_accounts
from portal.drawers.services.keeping import add_drawer
from portal.home.demonstration.calendar import month_end, months
from portal.home.demonstration.staff import employ_cashier
from portal.home.importing.mapping import Mapping, Place
from portal.home.importing.reading import Books, CustomerRow, MovementRow
from portal.institution.models import Branch, Denomination, Institution
from portal.ledger import chart
from portal.ledger.models import Account
from portal.ledger.services import (
    NewEntry,
    close_history,
    credit,
    debit,
    open_history,
    post_many,
    rest_floor,
    take_snapshots,
)
from portal.people.models import Customer
from portal.people.services import NewCustomer, register_customers

BATCH = 10_000
_LOCK = 7032
_NOON = time(12)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load added, and how much of it had been there from an earlier one."""

    customers: int
    accounts: int
    movements: int
    movements_before: int
    seconds: float
    """Of posting the movements alone."""


def load_books(mapping: Mapping, books: Books, *, at: datetime, say: Say) -> Loaded:
    """Bring the books in: all or nothing, and each row once however often it is loaded.

    The branch is made when it is missing, open on today's business day like every other, so that its accounts are
    served like any other. Old days take entries while the books are loaded, and no longer. Floors rest meanwhile: what
    was overdrawn there is overdrawn here, and takes no further withdrawal. Refused: a branch with this code that
    belongs to somebody else, and numbers that are taken.
    """
    with transaction.atomic(), acting(actor_id=None), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        branch = _branch(mapping, at)
        customers, new_customers = _customers(mapping, books, branch, at)
        accounts, new_accounts = _accounts(mapping, books, branch, customers, at)
        since = min((each.day for each in books.movements), default=branch.business_date)
        for account in accounts.values():
            rest_floor(account=account.ledger_account, floor=None, by=None, at=at)
        open_history(branch=branch, since=since, by=None, at=at)
        begun = monotonic()
        fresh = _post(mapping, books.movements, branch, accounts, at, say)
        seconds = monotonic() - begun
        close_history(branch=branch, by=None, at=at)
        _restore_floors(mapping, accounts.values(), at)
        _keep_month_ends(branch, since, mapping.last_day)
        counts = {"customers": new_customers, "accounts": new_accounts, "movements": fresh}
        record(verb="books imported", subject=mapping.name, detail=counts, by=None, at=at)
    return Loaded(new_customers, new_accounts, fresh, len(books.movements) - fresh, seconds)


def _branch(mapping: Mapping, at: datetime) -> Branch:
    """The branch of the mapping, made with everything that serving its accounts needs."""
    place = mapping.place
    known = Branch.objects.filter(code=place.code).first()
    if known is not None:
        if known.name != place.name or chart.branch_account(known.pk, chart.DEPOSITS).currency != mapping.currency:
            raise Refused(f"Branch {place.code} is {known.name}. Choose another code in the mapping.")
        return known
    _institution(mapping)
    facts = BranchFacts(name=place.name)
    branch = open_branch(
        code=place.code, facts=facts, currency=mapping.currency, business_date=at.date(), by=None, at=at
    )
    add_drawer(
        branch=branch,
        limit_minor=place.drawer_limit_minor,
        at_once_minor=place.at_once_minor,
        tolerance_minor=place.coins_minor[0] if place.coins_minor else 0,
        by=None,
        at=at,
    )
    _denominations(mapping.currency, place)
    if settings.DEMONSTRATION and place.cashier:
        employ_cashier(branch, place.cashier)
    return branch


def _institution(mapping: Mapping) -> None:
    """A bank that is taken over whole, into an empty database, is the institution."""
    name = mapping.place.name
    Institution.objects.get_or_create(
        pk=1, defaults={"name": name, "short_name": name[:30], "currency": mapping.currency}
    )


def _denominations(currency: str, place: Place) -> None:
    Denomination.objects.bulk_create(
        [
            Denomination(currency=currency, value_minor=value, is_coin=value in place.coins_minor)
            for value in (*place.notes_minor, *place.coins_minor)
        ],
        ignore_conflicts=True,
    )


def _customers(mapping: Mapping, books: Books, branch: Branch, at: datetime) -> tuple[dict[str, Customer], int]:
    """Every customer of the books by the number there, and how many are new."""
    rows = books.customers.values()
    known = {each.number: each for each in Customer.objects.filter(number__in=[row.number for row in rows])}
    foreign = next((each for each in known.values() if each.branch_id != branch.pk), None)
    if foreign is not None:
        raise Refused(f"Customer number {foreign.number} is taken. Choose another pattern in the mapping.")
    first_day: dict[str, date] = {}
    for account in books.accounts.values():
        first_day[account.customer_key] = min(account.opened_on, first_day.get(account.customer_key, account.opened_on))
    missing = [row for row in rows if row.number not in known]
    new = [_new_customer(row, branch, first_day[row.key]) for row in missing]
    known |= {each.number: each for each in register_customers(customers=new, by=None, at=at)}
    return {row.key: known[row.number] for row in rows}, len(missing)


def _new_customer(row: CustomerRow, branch: Branch, joined_on: date) -> NewCustomer:
    born = row.birth_date if row.birth_date and row.birth_date < joined_on else None
    return NewCustomer(number=row.number, full_name=row.full_name, branch=branch, joined_on=joined_on, birth_date=born)


def _accounts(
    mapping: Mapping, books: Books, branch: Branch, customers: dict[str, Customer], at: datetime
) -> tuple[dict[str, DepositAccount], int]:
    """Every account of the books by the number there, and how many are new."""
    rows = list(books.accounts.values())
    product = _product(mapping, min((row.opened_on for row in rows), default=mapping.last_day))
    numbers = [row.number for row in rows]
    found = DepositAccount.objects.filter(number__in=numbers).select_related("ledger_account")
    known = {each.number: each for each in found}
    openings = [
        Opening(customers[row.customer_key], product, branch, row.opened_on, row.number)
        for row in rows
        if row.number not in known
    ]
    known |= {each.number: each for each in open_accounts(openings=openings, by=None, at=at)}
    return {row.key: known[row.number] for row in rows}, len(openings)


def _product(mapping: Mapping, first_day: date) -> Product:
    """What the accounts become: without interest and fees of ours, since the other bank's are among the movements."""
    place = mapping.place
    wanted = {"name": place.product_name, "kind": place.product_kind, "currency": mapping.currency}
    product, made = Product.objects.get_or_create(code=place.product_code, defaults=wanted)
    if product.currency != mapping.currency or product.name != place.product_name:
        raise Refused(f"Product {place.product_code} is {product.name}. Choose another code in the mapping.")
    if made or not product.terms.filter(effective_from__lte=first_day).exists():
        Terms.objects.create(product=product, effective_from=first_day, rate_bps=0)
    return product


def _post(
    mapping: Mapping,
    rows: list[MovementRow],
    branch: Branch,
    accounts: dict[str, DepositAccount],
    at: datetime,
    say: Say,
) -> int:
    """Post the movements batch by batch; how many were not there before."""
    entries = _entries(mapping, rows, branch, accounts)
    begun, done, fresh = monotonic(), 0, 0
    while batch := list(islice(entries, BATCH)):
        fresh += sum(not posted.replayed for posted in post_many(batch, by=None, at=at))
        done += len(batch)
        pace = done / max(monotonic() - begun, 0.001)
        say(f"{done:,} of {len(rows):,} movements, {pace:,.0f} a second")
    return fresh


def _entries(
    mapping: Mapping, rows: Iterable[MovementRow], branch: Branch, accounts: dict[str, DepositAccount]
) -> Iterator[NewEntry]:
    books: dict[str, Account] = {key: account.ledger_account for key, account in accounts.items()}
    others = {rule.against: chart.branch_account(branch.pk, rule.against) for rule in mapping.rules}
    for row in rows:
        own, other, amount = books[row.account_key], others[row.rule.against], Money(row.amount_minor, mapping.currency)
        debited, credited = (other, own) if row.rule.inward else (own, other)
        yield NewEntry(
            kind=row.rule.kind,
            branch=branch,
            lines=(debit(debited, amount), credit(credited, amount)),
            key=f"import:{mapping.name}:{row.key}",
            memo=row.memo,
            channel=row.rule.channel,
            business_date=row.day,
            occurred_at=datetime.combine(row.day, _NOON, UTC),
        )


def _restore_floors(mapping: Mapping, accounts: Iterable[DepositAccount], at: datetime) -> None:
    nothing = Money.zero(mapping.currency)
    for account in accounts:
        rest_floor(account=account.ledger_account, floor=nothing, by=None, at=at)


def _keep_month_ends(branch: Branch, since: date, last_day: date) -> None:
    """Balances of the old month ends are kept, so that later reports need not read the old books again."""
    for month in months(since, last_day):
        if month_end(month) < branch.business_date:
            take_snapshots(branch=branch, day=month_end(month))
