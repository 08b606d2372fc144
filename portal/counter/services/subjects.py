"""What a leg is about: a member's account, or a loan. Each kind says how it is found, what it comes to, and how its entries are
taken back; the legs, the screen, visits and approvals know only that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import AccountClosure, DepositAccount
from portal.deposits.queries import account_by_number, funds_of
from portal.deposits.services import BY_OWN_RULES
from portal.ledger.models import Entry, EntryKind
from portal.ledger.services import reverse_entry
from portal.live.services import announce
from portal.loans.models import LIVE, Loan, Payment
from portal.loans.queries import loan_by_number, owing
from portal.loans.services import owed_after_write_off, reverse_payment

Subject = DepositAccount | Loan


class Undo(Protocol):
    """Posts the opposite of an entry; the entry that does."""

    def __call__(self, entry: Entry, *, reason: str, key: str, by: Any, at: datetime) -> Entry: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """One kind of subject. `figure` is what it comes to, `figure_word` what that is called."""

    word: str
    by_number: Callable[[str], Subject | None]
    figure: Callable[[Any], Money]
    figure_word: str
    refuse_undo: Callable[[Entry], None]
    undo: Undo


def _refuse_undo_account(entry: Entry) -> None:
    moved = DepositAccount.objects.filter(ledger_account__postings__entry=entry)
    if moved.filter(product__kind__in=BY_OWN_RULES).exists():
        message = "A susu card or the register of shares counts this: it cannot be taken back at the counter."
        raise Refused(message, code="own_rules")
    if AccountClosure.objects.filter(payout_entry=entry).exists():
        raise Refused("This closed the account: it cannot be taken back. Open a new one.", code="closed")


def _undo_account(entry: Entry, *, reason: str, key: str, by: Any, at: datetime) -> Entry:
    posted = reverse_entry(entry=entry, reason=reason, key=key, channel="counter", by=by, at=at)
    for number in DepositAccount.objects.filter(ledger_account__postings__entry=entry).values_list("number", flat=True):
        announce(f"account:{number}")
    return Entry.objects.get(pk=posted.entry_id)


def _owed(loan: Loan) -> Money:
    """What ends the loan today; of one written off what is left to recover; nothing before it is paid out."""
    now = Loan.objects.select_related("standing__schedule", "product", "terms", "branch").get(pk=loan.pk)
    if now.state in LIVE:
        return owing(now, now.branch.business_date).settles
    lost = owed_after_write_off(now) if now.state == Loan.State.WRITTEN_OFF else 0
    return Money(lost, now.currency)


def _refuse_undo_loan(entry: Entry) -> None:
    if entry.kind == EntryKind.DISBURSEMENT:
        message = "A loan that was paid out runs: it is paid back, not taken back."
        raise Refused(message, code="paid_out")


def _undo_loan(entry: Entry, *, reason: str, key: str, by: Any, at: datetime) -> Entry:
    payment = Payment.objects.select_related("loan", "entry__branch").get(entry=entry)
    return reverse_payment(payment=payment, reason=reason, key=key, by=by, at=at).entry


ACCOUNT = About(
    word="Account",
    by_number=account_by_number,
    figure=lambda account: funds_of(account).booked,
    figure_word="Balance now",
    refuse_undo=_refuse_undo_account,
    undo=_undo_account,
)
LOAN = About(
    word="Loan",
    by_number=loan_by_number,
    figure=_owed,
    figure_word="Settles the loan today",
    refuse_undo=_refuse_undo_loan,
    undo=_undo_loan,
)

_OF_LOANS = (EntryKind.REPAYMENT, EntryKind.DISBURSEMENT)


def about(entry: Entry) -> About:
    """What an entry of the counter is about."""
    return LOAN if entry.kind in _OF_LOANS else ACCOUNT


def subject_named(kind: About, contents: Mapping[str, Any], name: str) -> Any:
    """The subject whose number was kept under a name. Refused: one that is no longer known."""
    found = kind.by_number(contents[name])
    if found is None:
        word = kind.word.lower()
        raise Refused(f"There is no {word} {contents[name]} any more. Nothing was posted.", code=word)
    return found
