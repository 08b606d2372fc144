"""What stands on the teller screen at one moment: the field, who is served, the form or the result, the drawer.

htmx asks for the left side only, `#serving`; what changes on the right comes along out of band.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.base.money import Money
from portal.counter import queries
from portal.counter.commands import WITHDRAWAL, Command
from portal.counter.pages.forms import DepositForm, WithdrawalForm
from portal.deposits.models import DepositAccount
from portal.deposits.queries import funds_of
from portal.deposits.receipts import Receipt
from portal.drawers import vaults
from portal.drawers.models import CashMovement, DrawerSession
from portal.drawers.queries import fullness_tenths
from portal.institution.queries import denominations_shown
from portal.ledger.models import EntryKind
from portal.ledger.services import Posted
from portal.people.models import Customer

SERVING = "serving"
FORMS = {True: WithdrawalForm, False: DepositForm}


@dataclass(frozen=True, slots=True)
class Done:
    """What was just posted. `again` says that the same form had been posted before."""

    title: str
    amount: Money
    account: DepositAccount | None
    balance: Money | None
    reference: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list of those served last; cash paid out is below zero."""

    holder: str
    number: str
    title: str
    amount: Money
    reference: str
    at: datetime


def furniture(session: DrawerSession) -> dict[str, Any]:
    """The right side, whoever is served: the drawer and whom it served last."""
    return drawer(session) | {"last": [_row(movement, session) for movement in queries.last_served(session)]}


def drawer(session: DrawerSession, moved_minor: int = 0) -> dict[str, Any]:
    """How full the drawer is, with what was moved since it was read."""
    limit = Money(session.drawer.cash_limit_minor, session.drawer.currency)
    return {"session": session, "tenths": fullness_tenths(session.drawer, moved_minor), "limit": limit}


def looked_up(session: DrawerSession, text: str, command: Command, found: queries.Found) -> dict[str, Any]:
    """Whom a command found, with an empty form for what it said."""
    context: dict[str, Any] = {"session": session, "text": text, "command": command, "choices": found.choices}
    if found.customer is None:
        return context
    context |= at_the_counter(found.customer, found.served, command.verb)
    accounts = servable(session, found.served)
    if accounts:
        chosen = next((account for account in accounts if account.number == command.who), accounts[0])
        context |= {"form": _blank_form(command, accounts, chosen), "ready": bool(command.amount)}
    return context


def at_the_counter(customer: Customer, served: list[queries.Served], verb: str) -> dict[str, Any]:
    """The member's card and what is being done."""
    return {"customer": customer, "served": served, "verb": verb, "paying": verb == WITHDRAWAL}


def servable(session: DrawerSession, served: list[queries.Served]) -> list[DepositAccount]:
    """The accounts that this drawer's currency fits."""
    return [each.account for each in served if each.account.currency == session.drawer.currency]


def _blank_form(command: Command, accounts: list[DepositAccount], chosen: DepositAccount) -> DepositForm:
    """Ready for the next key: the amount if it is missing, else the look at who it is; else the button (in the page)."""
    initial: dict[str, Any] = {"account": chosen.number, "amount": command.amount}
    made = FORMS[command.verb == WITHDRAWAL]
    form = made(accounts=accounts, denominations=denominations_shown(chosen.currency), initial=initial)
    next_field = "identity" if command.amount else "amount"
    if next_field in form.fields:
        form.fields[next_field].widget.attrs["autofocus"] = True
    return form


def bound_form(verb: str, data: Mapping[str, Any], accounts: list[DepositAccount]) -> DepositForm:
    """The form as it was sent."""
    return FORMS[verb == WITHDRAWAL](data, accounts=accounts, denominations=denominations_shown(accounts[0].currency))


def from_receipt(receipt: Receipt) -> dict[str, Any]:
    """The result page of a plain form, with its paper."""
    account = receipt.account
    balance = funds_of(account).booked if account else None
    done = Done(receipt.title, receipt.amount, account, balance, receipt.reference)
    return {"done": done, "receipt": receipt}


def from_posting(
    session: DrawerSession, verb: str, account: DepositAccount, amount: Money, posted: Posted, at: datetime
) -> dict[str, Any]:
    """The result for htmx at once; its paper is asked for afterwards."""
    title = EntryKind(verb).label
    done = Done(title, amount, account, funds_of(account).booked, posted.reference, again=posted.replayed)
    signed = -amount if verb == WITHDRAWAL else amount
    row = Row(account.customer.full_name, account.number, title, signed, posted.reference, at)
    moved_minor = 0 if posted.replayed else signed.minor
    return drawer(session, moved_minor) | {"done": done, "row": None if posted.replayed else row}


def floats(user: Any) -> list[dict[str, Any]]:
    """The cash that the vault has handed to drawers which nobody has open yet."""
    return [
        {
            "drawer": transfer.drawer,
            "amount": Money(transfer.amount_minor, transfer.drawer.currency),
            "by": transfer.asked_by,
            "notes": vaults.notes_of(transfer.notes, transfer.drawer.currency),
        }
        for transfer in vaults.floats_for(user)
    ]


def _row(movement: Any, session: DrawerSession) -> Row:
    """From a movement annotated by `last_served`."""
    amount = Money(movement.amount_minor, session.drawer.currency)
    entry, title = movement.entry, movement.entry.get_kind_display()
    signed = -amount if movement.way == CashMovement.Way.OUT else amount
    return Row(movement.holder or title, movement.number or "", title, signed, entry.reference, entry.occurred_at)
