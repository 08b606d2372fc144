"""Opening accounts and naming them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.deposits.models import DepositAccount, Product, Terms
from portal.deposits.numbers import account_number, is_account_number, serial_of
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import Account, Kind, Side
from portal.people.models import Customer

BATCH = 2_000
_NUMBERING_LOCK = 7021
_LAST_SERIAL = """
    SELECT coalesce(max(substr(number, 5, 6)), '0')::integer FROM deposits_depositaccount WHERE number LIKE %s
"""


@dataclass(frozen=True, slots=True)
class Opening:
    """An account to be opened. Without a number it gets the next of its branch and product."""

    customer: Customer
    product: Product
    branch: Branch
    opened_on: date
    number: str | None = None


@transactional
def open_account(*, customer: Customer, product: Product, branch: Branch, by: Any, at: datetime) -> DepositAccount:
    """Open an account today, with its ledger account among the branch's deposits and the floor of its terms.

    Refused: a customer who left, a product without terms or in another currency than the branch keeps its books in.
    """
    opening = Opening(customer, product, branch, opened_on=branch.business_date)
    return open_accounts(openings=[opening], by=by, at=at)[0]


@transactional
def open_accounts(*, openings: Sequence[Opening], by: Any, at: datetime) -> list[DepositAccount]:
    """Open many accounts at once, all or none, in the order given. Refuses what `open_account` refuses.

    A number that is given must check itself; the serials counted here stay above it.
    """
    _refuse_closed({opening.product for opening in openings})
    terms = _terms_of({opening.product.pk for opening in openings})
    numbers = _numbers(openings)
    opened = []
    for start in range(0, len(openings), BATCH):
        part = range(start, min(start + BATCH, len(openings)))
        made = Account.objects.bulk_create(_ledger_account(openings[n], numbers[n], terms) for n in part)
        opened += DepositAccount.objects.bulk_create(
            _deposit_account(openings[n], numbers[n], account) for n, account in zip(part, made, strict=True)
        )
    return opened


@transactional
def rename_account(*, account: DepositAccount, nickname: str, by: Any, at: datetime) -> DepositAccount:
    """Set what its owner calls an account; the empty name gives back the product's."""
    account.nickname = " ".join(nickname.split())
    account.save(update_fields=["nickname"])
    return account


def _refuse_closed(products: set[Product]) -> None:
    """A product that is closed, or not offered yet, takes no account. The lock keeps it as it is until this one is open."""
    held = Product.objects.filter(pk__in=[product.pk for product in products]).order_by("pk").select_for_update()
    for product in held:
        if product.state in {Product.State.CLOSED, Product.State.DRAFT}:
            raise Refused(f"{product.name} is not offered.", code="not_offered", field="product")


def _terms_of(products: set[int]) -> dict[int, list[Terms]]:
    """Every product's terms, newest first."""
    found: dict[int, list[Terms]] = {product: [] for product in products}
    for terms in Terms.objects.filter(product__in=products).order_by("-effective_from"):
        found[terms.product_id].append(terms)
    return found


def _ledger_account(opening: Opening, number: str, known: dict[int, list[Terms]]) -> Account:
    if opening.customer.state == Customer.State.CLOSED:
        raise Refused(f"{opening.customer.full_name} is no longer a member.", code="customer", field="customer")
    is_capital = opening.product.kind == Product.Kind.SHARES
    parent = chart.branch_account(opening.branch.pk, chart.SHARES if is_capital else chart.DEPOSITS)
    if parent.currency != opening.product.currency:
        raise Refused(f"{opening.branch.name} keeps its books in {parent.currency}.", code="currency", field="product")
    terms = next((item for item in known[opening.product.pk] if item.effective_from <= opening.opened_on), None)
    if terms is None:
        message = f"{opening.product.name} has no terms on {opening.opened_on:%d %B %Y}."
        raise Refused(message, code="no_terms", field="product")
    return Account(
        branch=opening.branch,
        code=number,
        name=opening.product.name,
        kind=Kind.EQUITY if is_capital else Kind.LIABILITY,
        currency=opening.product.currency,
        normal_side=Side.CREDIT,
        parent=parent,
        floor_minor=terms.minimum_balance_minor - terms.overdraft_limit_minor,
    )


def _deposit_account(opening: Opening, number: str, account: Account) -> DepositAccount:
    return DepositAccount(
        number=number,
        product=opening.product,
        customer=opening.customer,
        branch=opening.branch,
        ledger_account=account,
        opened_on=opening.opened_on,
    )


def _numbers(openings: Sequence[Opening]) -> list[str]:
    """Each opening's number: its own, or the next serial of its branch and product."""
    given = [opening.number for opening in openings if opening.number is not None]
    _check_given(given)
    waiting: dict[str, list[int]] = {}
    for index, opening in enumerate(openings):
        if opening.number is None:
            waiting.setdefault(opening.branch.code + opening.product.code, []).append(index)
    numbers = {index: opening.number for index, opening in enumerate(openings) if opening.number is not None}
    for prefix in sorted(waiting):
        last = max([_last_serial(prefix), *(serial_of(number) for number in given if number.startswith(prefix))])
        for serial, index in enumerate(waiting[prefix], start=last + 1):
            numbers[index] = account_number(prefix[:2], prefix[2:], serial)
    return [numbers[index] for index in range(len(openings))]


def _check_given(numbers: Sequence[str]) -> None:
    wrong = next((number for number in numbers if not is_account_number(number)), None)
    if wrong is not None:
        raise Refused(f"{wrong} is no account number: its check digits do not agree.", code="number", field="number")
    taken = DepositAccount.objects.filter(number__in=numbers).first() if numbers else None
    if taken is not None or len(set(numbers)) < len(numbers):
        raise Refused(f"Account number {taken or 'in this list'} is taken already.", code="taken", field="number")


def _last_serial(prefix: str) -> int:
    """The highest serial given out for a branch and product. Holds others off until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NUMBERING_LOCK, int(prefix)])
        cursor.execute(_LAST_SERIAL, [f"{prefix}%"])
        return int(cursor.fetchone()[0])
