"""The cast every test plays with: two branches, one person per role in North, rivals in South, members with money.

`cast` (a fixture of conftest) gives the whole company. The functions make one more of a kind, with defaults that need
no thought. Passwords are unusable: tests sign in by `client_for`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password
from stdnum.iso7064 import mod_97_10

from portal.access.roles import Role
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits.models import DepositAccount, Product, Terms
from portal.drawers.models import Drawer, DrawerCount, DrawerSession
from portal.institution.models import Branch, Denomination, Institution
from portal.ledger import chart
from portal.ledger.models import NORMAL_SIDE, Account, EntryKind, Kind
from portal.ledger.services import Line, NewEntry, Posted, credit, debit, post
from portal.people.models import Customer, User

CURRENCY = "GHS"
TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
NOTES = (20000, 10000, 5000, 2000, 1000, 500, 200, 100)
COINS = (50, 20, 10)
VAULT_CASH = 10_000_000

_serials = count(1)
_members = count(500001)


def ghs(text: str) -> Money:
    """`ghs("250.00")`: an amount as a test reads best."""
    whole, _, fraction = text.partition(".")
    return Money(int(whole + fraction.ljust(2, "0")), CURRENCY)


def make_institution() -> Institution:
    """The one institution, with the notes and coins it counts."""
    made = Institution.objects.create(
        pk=1, name="Quayside Credit Union", short_name="Quayside", currency=CURRENCY, time_zone="Africa/Accra"
    )
    Denomination.objects.bulk_create(
        Denomination(currency=CURRENCY, value_minor=value, is_coin=value in COINS) for value in (*NOTES, *COINS)
    )
    return made


def make_branch(code: str, name: str, *, day: date = TODAY, vault: Money | None = None) -> Branch:
    """A branch with its chart and cash in the vault (GHS 100,000.00 unless told otherwise)."""
    branch = Branch.objects.create(code=code, name=name, business_date=day)
    accounts = chart.open_chart(branch=branch, currency=CURRENCY)
    cash = Money(VAULT_CASH, CURRENCY) if vault is None else vault
    if cash:
        _open_with(branch, debit(accounts[chart.VAULT], cash), credit(accounts[chart.OPENING_EQUITY], cash))
    return branch


def make_user(
    role: Role,
    full_name: str,
    *,
    branch: Branch | None = None,
    customer: Customer | None = None,
    password: str | None = None,
    is_active: bool = True,
) -> User:
    """Somebody who can sign in; the address is made from the name."""
    return User.objects.create(
        email=f"{full_name.lower().replace(' ', '.')}@example.org",
        full_name=full_name,
        role=role,
        branch=branch,
        customer=customer,
        password=make_password(password),
        is_active=is_active,
    )


def make_customer(full_name: str, branch: Branch, *, number: str = "", phone: str = "") -> Customer:
    """A member of the institution, without a user and without an account."""
    return Customer.objects.create(
        number=number or str(next(_members)),
        full_name=full_name,
        phone=phone,
        branch=branch,
        birth_date=date(1990, 5, 17),
        joined_on=date(2024, 1, 2),
    )


def make_product(code: str, name: str, kind: str = Product.Kind.SAVINGS, *, rate_bps: int = 0) -> Product:
    """A product with its terms from 2024 on."""
    product = Product.objects.create(code=code, name=name, kind=kind, currency=CURRENCY)
    Terms.objects.create(product=product, effective_from=date(2024, 1, 1), rate_bps=rate_bps)
    return product


def new_terms(product: Product, *, since: date | None = None, **changes: Any) -> Terms:
    """Other terms for a product from a day on (its branches' open day, unless told), else as those before."""
    terms = Terms.objects.filter(product=product).latest("effective_from")
    terms.pk, terms.effective_from = None, since or TODAY
    for name, value in changes.items():
        setattr(terms, name, value)
    terms.save(force_insert=True)
    return terms


def make_account(customer: Customer, product: Product, *, balance: Money | None = None) -> DepositAccount:
    """A member's account in the customer's branch, with money in it if wanted."""
    number = _account_number(customer.branch.code, product.code, next(_serials))
    header = chart.branch_account(customer.branch.pk, chart.DEPOSITS)
    ledger_account = Account.objects.create(
        branch=customer.branch,
        code=number,
        name=customer.full_name,
        kind=Kind.LIABILITY,
        currency=product.currency,
        normal_side=NORMAL_SIDE[Kind.LIABILITY],
        parent=header,
        floor_minor=0,
    )
    account = DepositAccount.objects.create(
        number=number,
        product=product,
        customer=customer,
        branch=customer.branch,
        ledger_account=ledger_account,
        opened_on=date(2024, 1, 2),
    )
    if balance:
        fund(account, balance)
    return account


def _account_number(branch_code: str, product_code: str, serial: int) -> str:
    """Apart from the code under test on purpose: branch, product, serial, two check digits (ISO 7064 mod 97-10)."""
    body = f"{branch_code}{product_code}{serial:06d}"
    return body + str(mod_97_10.calc_check_digits(body))


def fund(account: DepositAccount, amount: Money) -> Posted:
    """Money into an account from the opening balances, through the one door."""
    opening = chart.branch_account(account.branch.pk, chart.OPENING_EQUITY)
    return _open_with(account.branch, debit(opening, amount), credit(account.ledger_account, amount))


def make_drawer(branch: Branch, name: str) -> Drawer:
    """An empty till with its own cash account; holds 20,000.00, serves 5,000.00 at a time."""
    account = Account.objects.create(
        branch=branch,
        code=f"{chart.DRAWERS}-{name[-1]}",
        name=name,
        kind=Kind.ASSET,
        currency=CURRENCY,
        normal_side=NORMAL_SIDE[Kind.ASSET],
        parent=chart.branch_account(branch.pk, chart.DRAWERS),
        floor_minor=0,
    )
    return Drawer.objects.create(
        branch=branch,
        name=name,
        ledger_account=account,
        cash_limit_minor=2_000_000,
        deposit_limit_minor=500_000,
        withdrawal_limit_minor=500_000,
    )


def open_drawer(drawer: Drawer, cashier: User, *, cash: Money | None = None) -> DrawerSession:
    """A session as the opening count leaves it, with cash from the vault (GHS 1,000.00 unless told otherwise)."""
    amount = ghs("1000.00") if cash is None else cash
    if amount:
        vault = chart.branch_account(drawer.branch.pk, chart.VAULT)
        _open_with(drawer.branch, debit(drawer.ledger_account, amount), credit(vault, amount), kind=EntryKind.VAULT)
    session = DrawerSession.objects.create(
        drawer=drawer, cashier=cashier, business_date=drawer.branch.business_date, opened_at=NOW
    )
    session.counts.create(kind=DrawerCount.Kind.OPENING, total_minor=amount.minor, counted_at=NOW, counted_by=cashier)
    return session


def _open_with(branch: Branch, *lines: Line, kind: EntryKind = EntryKind.OPENING) -> Posted:
    entry = NewEntry(kind=kind, branch=branch, lines=lines, key=new_key(), memo="Opening")
    return post(entry, by=None, at=NOW)


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody. Staff without a prefix work in North; the rivals and the outsider belong to South."""

    institution: Institution
    north: Branch
    south: Branch
    savings: Product
    current: Product
    cashier: User
    mobile_banker: User
    manager: User
    operations_manager: User
    administrator: User
    auditor: User
    rival_cashier: User
    rival_manager: User
    ama: Customer
    kofi: Customer
    outsider: Customer
    ama_user: User
    kofi_user: User
    outsider_user: User
    ama_savings: DepositAccount
    ama_current: DepositAccount
    kofi_savings: DepositAccount
    outsider_savings: DepositAccount
    drawer: Drawer
    spare_drawer: Drawer
    rival_drawer: Drawer

    def of_role(self, role: str) -> User:
        """The one of North (or of no branch) who has this role; Ama is the customer."""
        return self.ama_user if role == Role.CUSTOMER else getattr(self, role)


def assemble() -> Cast:
    """The whole company in an empty database."""
    chart.forget_known()
    institution = make_institution()
    north, south = make_branch("01", "North"), make_branch("02", "South")
    savings = make_product("01", "Savings", rate_bps=450)
    current = make_product("02", "Current", Product.Kind.CURRENT)
    ama = make_customer("Ama Mensah", north, number="102345", phone="+233241234567")
    kofi = make_customer("Kofi Boateng", north, number="102346", phone="+233207654321")
    outsider = make_customer("Esi Outsider", south, number="202001", phone="+233559876543")
    return Cast(
        institution=institution,
        north=north,
        south=south,
        savings=savings,
        current=current,
        cashier=make_user(Role.CASHIER, "Akua Cashier", branch=north),
        mobile_banker=make_user(Role.MOBILE_BANKER, "Yaw Banker", branch=north),
        manager=make_user(Role.MANAGER, "Efua Manager", branch=north),
        operations_manager=make_user(Role.OPERATIONS_MANAGER, "Kwame Operations"),
        administrator=make_user(Role.ADMINISTRATOR, "Abena Administrator"),
        auditor=make_user(Role.AUDITOR, "Kojo Auditor"),
        rival_cashier=make_user(Role.CASHIER, "Adwoa Rival", branch=south),
        rival_manager=make_user(Role.MANAGER, "Kwesi Rival", branch=south),
        ama=ama,
        kofi=kofi,
        outsider=outsider,
        ama_user=make_user(Role.CUSTOMER, ama.full_name, customer=ama),
        kofi_user=make_user(Role.CUSTOMER, kofi.full_name, customer=kofi),
        outsider_user=make_user(Role.CUSTOMER, outsider.full_name, customer=outsider),
        ama_savings=make_account(ama, savings, balance=ghs("1000.00")),
        ama_current=make_account(ama, current, balance=ghs("250.00")),
        kofi_savings=make_account(kofi, savings, balance=ghs("500.00")),
        outsider_savings=make_account(outsider, savings, balance=ghs("300.00")),
        drawer=make_drawer(north, "Drawer 1"),
        spare_drawer=make_drawer(north, "Drawer 2"),
        rival_drawer=make_drawer(south, "Drawer 1"),
    )
