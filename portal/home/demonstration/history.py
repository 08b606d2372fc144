"""Two years of books: wishes become entries where the account covers them, and the institution does its own part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from portal.base.money import Money
from portal.deposits.models import DepositAccount, InterestPosting, Product, Terms
from portal.home.demonstration.house import CURRENCY
from portal.home.demonstration.lives import Act, Wish
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import Account, EntryKind, Side
from portal.ledger.services import Line, NewEntry, credit, debit

VAULT_MINOR = 40_000_000
_VAULT_LOW_MINOR, _VAULT_HIGH_MINOR = 15_000_000, 90_000_000
_MONTHLY_FEE_MINOR = 200
_SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Purse:
    """A member's accounts: everyday money moves in and out of `main`."""

    main: DepositAccount
    savings: DepositAccount | None

    @property
    def branch(self) -> Branch:
        return self.main.branch


@dataclass(slots=True)
class Books:
    """What every account holds while the years pass, so that nothing is posted that the ledger would refuse.

    `balances` are minor units in the account's normal side, by ledger account. Keys count up under `name`: the same
    history has the same keys.
    """

    name: str
    purses: Mapping[str, Purse]
    branches: Mapping[str, Branch]
    terms: Iterable[Terms]
    balances: dict[int, int] = field(default_factory=dict)
    made: int = 0

    def entries(self, wishes: Iterable[Wish]) -> Iterator[NewEntry]:
        """The entries of these wishes, which come in order. What the account does not cover is left out."""
        for wish in wishes:
            yield from _ACTS[wish.act](self, wish)

    # What members do -------------------------------------------------------------------------------------------

    def cash_in(self, wish: Wish) -> Iterator[NewEntry]:
        branch, purse = self._where(wish), self.purses[wish.number]
        vault = chart.branch_account(branch.pk, chart.VAULT)
        lines = self._lines(vault, purse.main.ledger_account, wish.amount_minor)
        yield self._of_wish(wish, EntryKind.DEPOSIT, branch, lines)
        yield from self._level_vault(branch, wish.day)

    def cash_out(self, wish: Wish) -> Iterator[NewEntry]:
        branch, book = self._where(wish), self.purses[wish.number].main
        fee = self._withdrawal_fee(book.product, wish.day)
        amount = self._affordable(wish, beside=fee)
        if amount:
            lines = self._lines(book.ledger_account, chart.branch_account(branch.pk, chart.VAULT), amount)
            if fee:
                lines += self._lines(book.ledger_account, chart.branch_account(book.branch_id, chart.FEE_INCOME), fee)
            yield self._of_wish(wish, EntryKind.WITHDRAWAL, branch, lines)
            yield from self._level_vault(branch, wish.day)

    def bank_in(self, wish: Wish) -> Iterator[NewEntry]:
        purse = self.purses[wish.number]
        other = chart.branch_account(purse.branch.pk, chart.EXTERNAL)
        lines = self._lines(other, purse.main.ledger_account, wish.amount_minor)
        yield self._of_wish(wish, EntryKind.PAYMENT, purse.branch, lines)

    def pay(self, wish: Wish) -> Iterator[NewEntry]:
        purse = self.purses[wish.number]
        other = chart.branch_account(purse.branch.pk, chart.EXTERNAL)
        yield from self._out(wish, EntryKind.PAYMENT, other)

    def send(self, wish: Wish) -> Iterator[NewEntry]:
        target = self.purses[wish.peer].main
        if target.opened_on <= wish.day:
            yield from self._out(wish, EntryKind.TRANSFER, target.ledger_account)

    def save(self, wish: Wish) -> Iterator[NewEntry]:
        savings = self.purses[wish.number].savings
        if savings is not None:
            yield from self._out(wish, EntryKind.TRANSFER, savings.ledger_account)

    def _out(self, wish: Wish, kind: EntryKind, target: Account) -> Iterator[NewEntry]:
        amount, purse = self._affordable(wish), self.purses[wish.number]
        if amount:
            yield self._of_wish(wish, kind, purse.branch, self._lines(purse.main.ledger_account, target, amount))

    def _where(self, wish: Wish) -> Branch:
        return self.branches[wish.branch_code] if wish.branch_code else self.purses[wish.number].branch

    def _affordable(self, wish: Wish, *, beside: int = 0) -> int:
        """The wished amount, or the wished share of what is there in whole cedis; 0 when the account does not cover it."""
        book = self.purses[wish.number].main.ledger_account
        free = self.balances.get(book.pk, 0) - (book.floor_minor or 0) - beside
        if wish.share_percent:
            return max(free * wish.share_percent // 10_000 * 100, 0)
        return wish.amount_minor if wish.amount_minor <= free else 0

    def _withdrawal_fee(self, product: Product, day: date) -> int:
        held = [terms for terms in self.terms if terms.product_id == product.pk and terms.effective_from <= day]
        return max(held, key=lambda terms: terms.effective_from).withdrawal_fee_minor

    # What the institution does ---------------------------------------------------------------------------------

    def openings(self, day: date, held: Mapping[str, int]) -> Iterator[NewEntry]:
        """What members and vaults have when the history starts, by member number; the rest lies with other banks."""
        for branch in self.branches.values():
            here = [number for number, purse in self.purses.items() if purse.branch == branch]
            owed = sum(held.get(number, 0) for number in here)
            equity = chart.branch_account(branch.pk, chart.OPENING_EQUITY)
            for code, minor in ((chart.VAULT, VAULT_MINOR), (chart.EXTERNAL, owed * 11 // 10 + 100)):
                lines = self._lines(chart.branch_account(branch.pk, code), equity, minor)
                yield self._entry(EntryKind.OPENING, branch, lines, day, 300, "Opening balance", _SYSTEM)
            for number in here:
                if held.get(number):
                    lines = self._lines(equity, self.purses[number].main.ledger_account, held[number])
                    yield self._entry(EntryKind.OPENING, branch, lines, day, 300, "Opening balance", _SYSTEM)

    def monthly_fees(self, day: date) -> Iterator[NewEntry]:
        """The fee for keeping a current account, from those that cover it."""
        for purse in self.purses.values():
            book = purse.main.ledger_account
            if purse.main.product.kind == Product.Kind.CURRENT and self.balances.get(book.pk, 0) >= _MONTHLY_FEE_MINOR:
                income = chart.branch_account(purse.branch.pk, chart.FEE_INCOME)
                lines = self._lines(book, income, _MONTHLY_FEE_MINOR)
                yield self._entry(EntryKind.FEE, purse.branch, lines, day, 1330, "Account keeping", _SYSTEM)

    def take_up_interest(self, period_end: date) -> None:
        """Learn what the institution's own interest run has posted for a period."""
        posted = InterestPosting.objects.filter(period_end=period_end, amount_minor__gt=0)
        for account_id, minor in posted.values_list("account__ledger_account_id", "amount_minor"):
            self.balances[account_id] = self.balances.get(account_id, 0) + minor

    def _level_vault(self, branch: Branch, day: date) -> Iterator[NewEntry]:
        """Cash is fetched from another bank when the vault runs low, and taken there when it grows too full."""
        vault = chart.branch_account(branch.pk, chart.VAULT)
        other = chart.branch_account(branch.pk, chart.EXTERNAL)
        much = self.balances[vault.pk] - VAULT_MINOR
        if _VAULT_LOW_MINOR <= self.balances[vault.pk] <= _VAULT_HIGH_MINOR:
            return
        debited, credited, memo = (
            (other, vault, "Cash taken to the bank") if much > 0 else (vault, other, "Cash fetched")
        )
        lines = self._lines(debited, credited, abs(much) // 100_000 * 100_000)
        yield self._entry(EntryKind.VAULT, branch, lines, day, 960, memo, "branch")

    # Entries ---------------------------------------------------------------------------------------------------

    def _lines(self, debited: Account, credited: Account, minor: int) -> list[Line]:
        for account, side in ((debited, Side.DEBIT), (credited, Side.CREDIT)):
            signed = minor if account.normal_side == side else -minor
            self.balances[account.pk] = self.balances.get(account.pk, 0) + signed
        amount = Money(minor, CURRENCY)
        return [debit(debited, amount), credit(credited, amount)]

    def _of_wish(self, wish: Wish, kind: EntryKind, branch: Branch, lines: list[Line]) -> NewEntry:
        return self._entry(kind, branch, lines, wish.day, wish.minute, wish.memo, wish.channel)

    def _entry(
        self, kind: EntryKind, branch: Branch, lines: list[Line], day: date, minute: int, memo: str, channel: str
    ) -> NewEntry:
        self.made += 1
        return NewEntry(
            kind=kind,
            branch=branch,
            lines=lines,
            key=f"{self.name}:{self.made}",
            memo=memo,
            channel=channel,
            business_date=day,
            occurred_at=datetime.combine(day, time(minute // 60, minute % 60), UTC),
        )


_ACTS: dict[Act, Callable[[Books, Wish], Iterator[NewEntry]]] = {
    Act.CASH_IN: Books.cash_in,
    Act.CASH_OUT: Books.cash_out,
    Act.BANK_IN: Books.bank_in,
    Act.PAY: Books.pay,
    Act.SEND: Books.send,
    Act.SAVE: Books.save,
}
