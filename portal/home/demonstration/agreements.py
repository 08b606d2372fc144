"""What the institution charges, and what became of some accounts: held by two, shut, blocked, without the money for an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from portal.access.roles import Role
from portal.base.money import Money
from portal.deposits import services
from portal.deposits.models import ChargeKind, DepositAccount, Product, Rhythm
from portal.home.demonstration.history import Books
from portal.home.demonstration.house import CURRENCY
from portal.home.demonstration.members import AMA, KOFI, Member
from portal.people.models import User

_CHARGES: tuple[tuple[ChargeKind, str | None, dict[str, int]], ...] = (
    (ChargeKind.STATEMENT, None, {"amount_minor": 200, "free_a_month": 1}),
    (ChargeKind.CERTIFICATE, None, {"amount_minor": 1_000}),
    (ChargeKind.CHEQUE, None, {"amount_minor": 500}),
    (ChargeKind.CHEQUE_BOOK, None, {"amount_minor": 2_000}),
    (ChargeKind.MONTHLY, "02", {"amount_minor": 200}),
)
"""What a service costs from today on: for every product, or for the one with the code."""
_State = DepositAccount.State
_KEPT = ((_State.FROZEN, "Court order 112 of the Circuit Court"), (_State.BLOCKED, "Identity card expired"))


def set_charges(today: date, at: datetime) -> None:
    """The price list of the services."""
    for kind, code, values in _CHARGES:
        services.set_charge(
            kind=kind,
            product=Product.objects.get(code=code) if code else None,
            currency=CURRENCY,
            since=today,
            values={"reason": "Price list of the board", **values},
            by=_of(Role.OPERATIONS_MANAGER),
            approved_by=_of(Role.ADMINISTRATOR),
            at=at,
        )


def agree(books: Books, members: Sequence[Member], today: date, at: datetime) -> None:
    """Accounts of two holders, with either's word and with both's; one frozen, one blocked; an order that found no money."""
    by = _of(Role.OPERATIONS_MANAGER)
    others = [member for member in members if member.number not in {AMA, KOFI} and not member.quiet_from]
    accounts = {number: _account(books, number) for number in (AMA, KOFI)}
    services.add_holder(
        account=_savings(books, AMA) or accounts[AMA],
        customer=accounts[KOFI].customer,
        reason="They save for a stall together",
        by=by,
        at=at,
    )
    if len(others) > 3:
        _held_by_all(_account(books, others[0].number), _account(books, others[1].number), by, at)
        for member, (state, reason) in zip(others[2:], _KEPT, strict=False):
            account = _account(books, member.number)
            if account.state == _State.ACTIVE:
                services.change_state(account=account, state=state, reason=reason, by=by, at=at)
    _order_without_money(accounts[AMA], accounts[KOFI], f"{books.name}:rent", today, at)


def _held_by_all(account: DepositAccount, other: DepositAccount, by: Any, at: datetime) -> None:
    """A club's account, which its two holders move together."""
    services.add_holder(account=account, customer=other.customer, reason="Treasurer of the club", by=by, at=at)
    services.edit_account(
        account=account,
        mandate=DepositAccount.Mandate.ALL,
        overdraft_limit=Money.zero(CURRENCY),
        reason="The club's rules",
        by=by,
        at=at,
    )


def _order_without_money(source: DepositAccount, target: DepositAccount, key: str, today: date, at: datetime) -> None:
    """A month's rent that the account does not cover, tried once."""
    ama = User.objects.filter(customer=source.customer).first()
    if ama is None:
        return
    services.order_standing(
        source=source,
        target=target,
        amount=Money(90_000_000, CURRENCY),
        rhythm=Rhythm.MONTHLY,
        first_on=today,
        memo="Shop rent",
        key=str(uuid5(NAMESPACE_OID, key)),
        by=ama,
        at=at,
    )
    services.run_standing(branch=source.branch, at=at)


def _account(books: Books, number: str) -> DepositAccount:
    return _afresh(books.purses[number].main)


def _savings(books: Books, number: str) -> DepositAccount | None:
    found = books.purses[number].savings
    return _afresh(found) if found else None


def _afresh(account: DepositAccount) -> DepositAccount:
    related = ("customer", "product", "branch", "ledger_account")
    return DepositAccount.objects.select_related(*related).get(pk=account.pk)


def _of(role: Role) -> User:
    return User.objects.filter(role=role).earliest("pk")
