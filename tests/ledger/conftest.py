"""Small books of their own for the tests of the ledger."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from portal.base.keys import new_key
from portal.base.money import Money
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import NORMAL_SIDE, Account, EntryKind, Kind
from portal.ledger.services import NewEntry, Posted, credit, debit, post
from tests.cast import CURRENCY, NOW, make_branch


@dataclass(frozen=True, slots=True)
class Books:
    """Two branches; two members' accounts in North, one in South. Only the first has money: 100.00."""

    north: Branch
    south: Branch
    first: Account
    second: Account
    far: Account

    def of(self, branch: Branch, code: str) -> Account:
        return chart.branch_account(branch.pk, code)

    def entry(self, *, source: Account, target: Account, amount: int, key: str = "", **extra: object) -> NewEntry:
        """Move minor units from one account to the other."""
        lines = (debit(source, Money(amount, CURRENCY)), credit(target, Money(amount, CURRENCY)))
        fields: dict[str, object] = {
            "kind": EntryKind.TRANSFER,
            "branch": self.north,
            "lines": lines,
            "key": key or new_key(),
        }
        return NewEntry(**(fields | extra))  # type: ignore[arg-type]  # a test names the fields it changes

    def move(self, amount: int, **extra: object) -> Posted:
        """Post a transfer from the first account to the second."""
        return post(self.entry(source=self.first, target=self.second, amount=amount, **extra), by=None, at=NOW)  # type: ignore[arg-type]


def member(branch: Branch, code: str, *, floor: int | None = 0) -> Account:
    return Account.objects.create(
        branch=branch,
        code=code,
        name=f"Member {code}",
        kind=Kind.LIABILITY,
        currency=CURRENCY,
        normal_side=NORMAL_SIDE[Kind.LIABILITY],
        floor_minor=floor,
    )


def make_books() -> Books:
    chart.forget_known()
    north, south = make_branch("01", "North"), make_branch("02", "South")
    books = Books(north, south, member(north, "N-1"), member(north, "N-2"), member(south, "S-1"))
    vault = books.of(north, chart.VAULT)
    post(books.entry(source=vault, target=books.first, amount=10_000, kind=EntryKind.DEPOSIT), by=None, at=NOW)
    return books


@pytest.fixture
def books(db: None) -> Books:
    return make_books()


@pytest.fixture
def committed_books(transactional_db: None) -> Books:
    """The same, visible to other connections."""
    return make_books()
