"""What stands on the teller screen at one moment: the field, who is served, the form or the result, the drawer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.base.money import Money
from portal.counter import queries
from portal.counter.commands import WITHDRAWAL, Command
from portal.counter.pages.forms import DepositForm, WithdrawalForm
from portal.deposits.models import DepositAccount
from portal.deposits.receipts import Receipt
from portal.drawers.models import DrawerSession
from portal.drawers.queries import fullness_tenths
from portal.institution.queries import denominations
from portal.people.models import Customer

FORMS = {True: WithdrawalForm, False: DepositForm}


def furniture(session: DrawerSession) -> dict[str, Any]:
    """What stands there whoever is served: the drawer and what it did last."""
    drawer = session.drawer
    return {
        "session": session,
        "tenths": fullness_tenths(drawer),
        "limit": Money(drawer.cash_limit_minor, drawer.currency),
        "last": [_moved(movement, drawer.currency) for movement in queries.last_served(session)],
    }


def serving(
    session: DrawerSession,
    command: Command,
    customer: Customer,
    served: list[queries.Served],
    account: DepositAccount | None,
) -> dict[str, Any]:
    """A member at the counter, with an empty form for what the command said."""
    accounts = [each.account for each in served if each.account.currency == session.drawer.currency]
    context = at_the_counter(customer, served, command.verb)
    if accounts:
        chosen = account if account in accounts else accounts[0]
        context["form"] = blank_form(command, accounts, chosen)
        context["chosen"] = chosen
        context["ready"] = bool(command.amount)
    return context


def at_the_counter(customer: Customer, served: list[queries.Served], verb: str) -> dict[str, Any]:
    """The member's card and what is being done."""
    return {"customer": customer, "served": served, "verb": verb, "paying": verb == WITHDRAWAL}


def blank_form(command: Command, accounts: list[DepositAccount], chosen: DepositAccount) -> DepositForm:
    """Ready for the next key: the amount if it is missing, else the look at who it is; else the button (in the page)."""
    initial: dict[str, Any] = {"account": chosen.number, "amount": command.amount}
    made = FORMS[command.verb == WITHDRAWAL]
    form = made(accounts=accounts, denominations=denominations(chosen.currency), initial=initial)
    next_field = "identity" if command.amount else "amount"
    if next_field in form.fields:
        form.fields[next_field].widget.attrs["autofocus"] = True
    return form


def bound_form(verb: str, data: Mapping[str, Any], accounts: list[DepositAccount]) -> DepositForm:
    """The form as it was sent."""
    return FORMS[verb == WITHDRAWAL](data, accounts=accounts, denominations=denominations(accounts[0].currency))


def done(receipt: Receipt, *, again: bool = False) -> dict[str, Any]:
    """The result of what was just posted; `again` says that the same form had been posted before."""
    return {"receipt": receipt, "again": again, "balance": _balance(receipt)}


def _balance(receipt: Receipt) -> Money | None:
    account = receipt.account
    return Money(account.ledger_account.balance.balance_minor, account.currency) if account else None


def _moved(movement: Any, currency: str) -> dict[str, Any]:
    signed = movement.amount_minor if movement.way == "in" else -movement.amount_minor
    return {"movement": movement, "amount": Money(signed, currency)}
