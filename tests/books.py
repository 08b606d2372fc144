"""Old and new movements for tests of statements and reports, posted through the one door."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from portal.base.keys import new_key
from portal.deposits.models import DepositAccount
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import EntryKind
from portal.ledger.services import Line, NewEntry, Posted, close_history, credit, debit, open_history, post
from tests.cast import NOW, ghs
from tests.database import as_owner


@contextmanager
def old_days(branch: Branch, since: date) -> Iterator[None]:
    """While this lasts, days from `since` take entries."""
    with as_owner():
        open_history(branch=branch, since=since, by=None, at=NOW)
    yield
    with as_owner():
        close_history(branch=branch, by=None, at=NOW)


def pay_in(account: DepositAccount, text: str, *, day: date | None = None, memo: str = "") -> Posted:
    """Cash from the branch's vault into an account."""
    vault = chart.branch_account(account.branch_id, chart.VAULT)
    lines = (debit(vault, ghs(text)), credit(account.ledger_account, ghs(text)))
    return _post(account, EntryKind.DEPOSIT, lines, day, memo)


def pay_out(account: DepositAccount, text: str, *, day: date | None = None, memo: str = "", fee: str = "") -> Posted:
    """Cash from an account into the branch's vault, and a fee if there is one."""
    vault = chart.branch_account(account.branch_id, chart.VAULT)
    lines = [debit(account.ledger_account, ghs(text)), credit(vault, ghs(text))]
    if fee:
        income = chart.branch_account(account.branch_id, chart.FEE_INCOME)
        lines += [debit(account.ledger_account, ghs(fee)), credit(income, ghs(fee))]
    return _post(account, EntryKind.WITHDRAWAL, lines, day, memo)


def send(source: DepositAccount, target: DepositAccount, text: str, *, memo: str = "") -> Posted:
    """A transfer, between branches too."""
    lines = (debit(source.ledger_account, ghs(text)), credit(target.ledger_account, ghs(text)))
    return _post(source, EntryKind.TRANSFER, lines, None, memo)


def _post(account: DepositAccount, kind: EntryKind, lines: Sequence[Line], day: date | None, memo: str) -> Posted:
    entry = NewEntry(kind=kind, branch=account.branch, lines=lines, key=new_key(), memo=memo, business_date=day)
    return post(entry, by=None, at=NOW)
