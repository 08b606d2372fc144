"""The tree of accounts: adding, renaming, moving, closing. What an account is (kind, currency, header or not) stays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import format_amount
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import Account, Balance
from portal.ledger.queries import balance_at
from portal.ledger.services.days import lock_day

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,11}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """A line to be added below a header, whose kind, currency and branch it takes.

    A `tracked` detail account keeps a running balance and never falls below zero; one that is not takes many entries at
    once, for income, costs and clearing.
    """

    code: str
    name: str
    is_header: bool = False
    allows_manual: bool = False
    tracked: bool = False


@transactional
def add_account(*, parent: Account, new: NewAccount, by: Any, at: datetime) -> Account:
    """Add a line below a header and return it.

    Refused: a code that is none, used in this branch, or another kind of line in another branch; an empty name, a parent that is a detail account, closed, or
    whose accounts belong to members or drawers.
    """
    _lock_tree(parent)
    _refuse_as_parent(parent)
    _refuse_code(new, parent)
    tracked = new.tracked and not new.is_header
    account = Account.objects.create(
        branch=parent.branch,
        code=new.code,
        name=_name(new.name),
        kind=parent.kind,
        currency=parent.currency,
        normal_side=parent.normal_side,
        parent=parent,
        is_header=new.is_header,
        allows_manual=new.allows_manual and not new.is_header,
        tracked=tracked,
        floor_minor=0 if tracked else None,
    )
    transaction.on_commit(chart.forget_known)
    return account


@transactional
def change_account(
    *, account: Account, name: str, parent: Account | None, allows_manual: bool, by: Any, at: datetime
) -> Account:
    """Rename an account, put it under another header of its kind, let people post to it by hand or not.

    `parent` is None only for what stands at the top and stays there. Refused: what `add_account` refuses of a parent,
    another kind or branch, a header below itself, accounts that belong to members or drawers.
    """
    _lock_tree(account)
    _refuse_others(account)
    if (parent.pk if parent else None) != account.parent_id:
        _refuse_move(account, parent)
    account.name, account.parent = _name(name), parent
    account.allows_manual = allows_manual and not account.is_header
    account.save(update_fields=["name", "parent", "allows_manual"])
    transaction.on_commit(chart.forget_known)
    return account


@transactional
def close_account(*, account: Account, by: Any, at: datetime) -> Account:
    """Close an account: it takes no more entries, a header no more accounts. A closed one stays as it is.

    Refused: a balance or a hold that is not zero, a header with open accounts below it, an account the portal itself
    posts to, accounts that belong to members or drawers.
    """
    for branch in Branch.objects.order_by("pk"):
        lock_day(branch)  # entries of any branch may touch this account: those under way end first
    _lock_tree(account)
    _refuse_others(account)
    if not account.is_active:
        return account
    if account.code in chart.POSTED_TO:
        raise Refused("The portal itself posts here. Only lines that nothing relies on can be closed.", code="needed")
    if account.is_header:
        _refuse_open_below(account)
    else:
        _refuse_balance(account)
    return _set_active(account, is_active=False)


@transactional
def reopen_account(*, account: Account, by: Any, at: datetime) -> Account:
    """Let a closed account take entries again; an open one stays as it is. Refused: below a closed header; what belongs to members or drawers."""
    _lock_tree(account)
    _refuse_others(account)
    if account.is_active:
        return account
    if account.parent is not None and not account.parent.is_active:
        raise Refused(f"{account.parent} is closed. Reopen it first.", code="closed_parent")
    return _set_active(account, is_active=True)


def _set_active(account: Account, *, is_active: bool) -> Account:
    account.is_active = is_active
    account.save(update_fields=["is_active"])
    transaction.on_commit(chart.forget_known)
    return account


def _lock_tree(account: Account) -> None:
    """One change of a branch's tree at a time, and this account as the change before it left it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7013, %s)", [account.branch_id])
    account.refresh_from_db()


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > 120:
        raise Refused("Enter a name of at most 120 characters.", code="name", field="name")
    return name


def _refuse_code(new: NewAccount, parent: Account) -> None:
    code, branch = new.code, parent.branch
    if not _CODE.fullmatch(code):
        message = "Enter a code of at most 12 digits, letters, dots and dashes that begins with a digit or a letter."
        raise Refused(message, code="code", field="code")
    taken = Account.objects.filter(branch=branch, code=code).first()
    if taken is not None:
        raise Refused(f"{code} is already {taken.name} in {branch.name}.", code="duplicate", field="code")
    others = Account.objects.filter(code=code).exclude(kind=parent.kind, is_header=new.is_header)
    other = others.select_related("branch").order_by("branch_id").first()
    if other is not None:
        what = f"{other.get_kind_display().lower()} {'header' if other.is_header else 'account'}"
        message = (
            f"{code} is {other.name} in {other.branch.name}, of the kind {what}. One code means the same everywhere."
        )
        raise Refused(message, code="other_meaning", field="code")


def _refuse_as_parent(parent: Account) -> None:
    if not parent.is_header:
        message = f"{parent} is a detail account: it carries entries, so nothing can stand below it. Choose a header."
        raise Refused(message, code="not_header", field="parent")
    if parent.code in chart.OTHERS:
        message = f"The accounts below {parent} are opened where they belong: for a member or for a drawer."
        raise Refused(message, code="others", field="parent")
    if not parent.is_active:
        raise Refused(f"{parent} is closed. Reopen it or choose another header.", code="closed_parent", field="parent")


def _refuse_move(account: Account, parent: Account | None) -> None:
    if parent is None:
        raise Refused("Choose the header it stands under.", code="no_parent", field="parent")
    parent.refresh_from_db()
    if parent.branch_id != account.branch_id or parent.kind != account.kind:
        kind = account.get_kind_display().lower()
        message = f"{parent} holds another kind. Choose a header of the kind {kind} in the same branch."
        raise Refused(message, code="kind", field="parent")
    above: Account | None = parent
    while above is not None:
        if above.pk == account.pk:
            raise Refused("A header cannot stand below itself.", code="cycle", field="parent")
        above = above.parent
    _refuse_as_parent(parent)


def _refuse_others(account: Account) -> None:
    if account.parent is not None and account.parent.code in chart.OTHERS:
        raise Refused("This account belongs to a member or a drawer and is changed there.", code="others")


def _refuse_open_below(header: Account) -> None:
    below = Account.objects.filter(parent=header, is_active=True).order_by("code").first()
    if below is not None:
        raise Refused(f"{below} below it is still open. Close or move it first.", code="not_empty")


def _refuse_balance(account: Account) -> None:
    balance = balance_at(account, date.max)
    if balance:
        shown = format_amount(balance)
        message = f"Its balance is {balance.currency} {shown}, not zero. Post it elsewhere first."
        raise Refused(message, code="balance")
    if Balance.objects.filter(account=account, held_minor__gt=0).exists():
        raise Refused("Some of it is held. Release the holds first.", code="held")
