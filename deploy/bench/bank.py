"""The bank that the benches work in: one branch, one product, and members with an account and money each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from portal.access.roles import Role
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits.models import DepositAccount, Product, Terms
from portal.deposits.services import Opening, open_accounts
from portal.drawers.services import open_session
from portal.drawers.services.keeping import add_drawer
from portal.institution.models import Branch, Institution
from portal.ledger import chart
from portal.ledger.models import Account, EntryKind
from portal.ledger.services import NewEntry, credit, debit, post_many
from portal.people.models import Customer, User

CURRENCY = "GHS"
TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
OPENED_ON = date(2024, 11, 1)
EACH_HAS = Money(100_000_00, CURRENCY)
BATCH = 5_000
OF_ONE_PRODUCT = 500_000
"""How many accounts one product has here: their numbers in a branch have six digits."""
UNUSABLE = "!"  # as a stored password: nobody signs in by it


@dataclass(frozen=True, slots=True)
class Bank:
    branch: Branch
    accounts: list[DepositAccount]

    @property
    def ledger_accounts(self) -> list[Account]:
        return [account.ledger_account for account in self.accounts]


def make_bank(members: int, *, funded: bool = True) -> Bank:
    """The bank with this many members; each has GHS 100,000.00 unless `funded` is off."""
    Institution.objects.create(pk=1, name="Bench Credit Union", short_name="Bench", currency=CURRENCY)
    branch = Branch.objects.create(code="01", name="North", business_date=TODAY)
    chart.open_chart(branch=branch, currency=CURRENCY)
    products = [_savings(number) for number in range(-(-members // OF_ONE_PRODUCT))]
    customers = Customer.objects.bulk_create(
        [
            Customer(number=f"{100_000 + n}", full_name=f"Member {n:06d}", branch=branch, joined_on=OPENED_ON)
            for n in range(members)
        ],
        batch_size=BATCH,
    )
    openings = [
        Opening(customer, products[number // OF_ONE_PRODUCT], branch, OPENED_ON)
        for number, customer in enumerate(customers)
    ]
    bank = Bank(branch, open_accounts(openings=openings, by=None, at=NOW))
    if funded:
        fund(bank)
    return bank


def _savings(number: int) -> Product:
    product = Product.objects.create(
        code=f"{number + 1:02d}", name="Savings", kind=Product.Kind.SAVINGS, currency=CURRENCY
    )
    Terms.objects.create(product=product, effective_from=date(2020, 1, 1), rate_bps=450)
    return product


def fund(bank: Bank) -> None:
    """Every account's opening balance, through the one door."""
    opening = chart.branch_account(bank.branch.pk, chart.OPENING_EQUITY)
    entries = [
        NewEntry(
            kind=EntryKind.OPENING,
            branch=bank.branch,
            lines=(debit(opening, EACH_HAS), credit(account, EACH_HAS)),
            key=new_key(),
        )
        for account in bank.ledger_accounts
    ]
    for start in range(0, len(entries), BATCH):
        post_many(entries[start : start + BATCH], by=None, at=NOW)


def make_users(bank: Bank, most: int) -> list[User]:
    """A user for each of the first members. Nobody signs in by password here."""
    return User.objects.bulk_create(
        User(
            email=f"member.{account.number}@example.org",
            full_name=account.customer.full_name,
            role=Role.CUSTOMER,
            customer=account.customer,
            password=UNUSABLE,
        )
        for account in bank.accounts[:most]
    )


def make_teller(bank: Bank) -> User:
    """A cashier with an open drawer, which has room for whatever a bench pays in."""
    drawer = add_drawer(branch=bank.branch, limit_minor=10**12, at_once_minor=10**9, tolerance_minor=0, by=None, at=NOW)
    teller = User.objects.create(
        email="teller@example.org", full_name="Bench Teller", role=Role.CASHIER, branch=bank.branch, password=UNUSABLE
    )
    open_session(drawer=drawer, counts={}, key=new_key(), by=teller, at=NOW)
    return teller
