"""Receipts: what a movement's paper says, who may see it, and whether a paper is genuine.

A receipt belongs to an entry of the books, not to the counter: a customer's own transfer has one too. Another room whose
things money is paid on (a loan) says by `register` which entries are its own and what their papers say.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.movements import other_bank
from portal.documents.plan import DocumentPlan, Paper
from portal.ledger.chart import CHEQUES_CLEARING, CLEARING, EXTERNAL, LOAN_LINES
from portal.ledger.models import Entry, EntryKind, Kind, Posting, Side
from portal.ledger.queries import lines_of
from portal.people.models import Customer

KEPT_FOR = timedelta(days=30)
CODE_LENGTH = 12
SIZES = {"80mm": Paper.RECEIPT, "58mm": Paper.NARROW, "a4": Paper.A4}
PAPER = "receipt"
"""The kind under which printed receipts are counted."""
_NO_PLACES = (CLEARING, EXTERNAL, CHEQUES_CLEARING, *LOAN_LINES)
"""Assets that are no drawer and no vault, and headings of such: nobody stood at them."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TYPED_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": ""})


@dataclass(frozen=True, slots=True)
class Concern:
    """Something of a member that is no deposit account and that an entry paid on: `word` says what, `parts` what for."""

    word: str
    number: str
    name: str
    customer: Customer
    parts: Sequence[tuple[str, Money]] = ()


class Concerns(Protocol):
    """A room's own entries: those that touched its things (`whose`: a field of a deposit account), and what one is about."""

    def touched(self, **whose: Any) -> Q: ...

    def of(self, entry: Entry) -> Concern | None: ...


_CONCERNS: list[Concerns] = []


def register(concerns: Concerns) -> None:
    """Give a room's entries receipts. Called once, when the program starts."""
    _CONCERNS.append(concerns)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What stands on the paper. `source` and `target` are the members' accounts that gave and received, where there are
    any; `concern` is what else of a member's was paid on.
    """

    entry: Entry
    amount: Money
    fee: Money | None
    source: DepositAccount | None
    target: DepositAccount | None
    place: str
    code: str
    concern: Concern | None = None

    @property
    def title(self) -> str:
        if self.entry.kind == EntryKind.PAYMENT:
            return other_bank(sent=self.source is not None)
        return self.entry.get_kind_display()

    @property
    def reference(self) -> str:
        return self.entry.reference

    @property
    def business_date(self) -> date:
        return self.entry.business_date

    @property
    def occurred_at(self) -> datetime:
        return self.entry.occurred_at

    @property
    def branch(self) -> str:
        return self.entry.branch.name

    @property
    def served_by(self) -> str:
        """Who was at the counter; a customer's own movement was served by nobody."""
        actor = self.entry.actor
        return actor.full_name if actor is not None and self.place else ""

    @property
    def about(self) -> DepositAccount | Concern | None:
        """What the paper is about: an account, or what was paid on; each has a number and a customer."""
        return self.concern or self.target or self.source

    @property
    def is_paid_out(self) -> bool:
        """Whether somebody was handed cash, for which they sign."""
        return bool(self.place) and (self.source is not None or self.entry.kind == EntryKind.DISBURSEMENT)

    @property
    def reversed_by(self) -> str:
        """The reference of the entry that took this one back; empty while it stands."""
        try:
            return str(self.entry.reversed_by.reference)
        except ObjectDoesNotExist:
            return ""

    @property
    def reverses(self) -> str:
        return self.entry.reverses.reference if self.entry.reverses else ""


def entries_visible_to(user: Any) -> QuerySet[Entry]:
    """The entries whose receipts a user may see: those that moved one of the accounts within `RECEIPT_VIEW`.

    For a branch, what it served itself counts too: a member of another branch is served at any counter.
    """
    scope = scope_of(user, Capability.RECEIPT_VIEW)
    if scope is Scope.ALL:
        return _receipted(_touched())
    if scope is Scope.BRANCH:
        here = Q(branch_id=user.branch_id) & _touched()
        return _receipted(here | _touched(branch_id=user.branch_id))
    if scope is Scope.OWN and user.customer_id is not None:
        return _receipted(_touched(customer_id=user.customer_id))
    return Entry.objects.none()


def _receipted(which: Q) -> QuerySet[Entry]:
    return Entry.objects.select_related("branch", "actor", "reverses", "reversed_by").filter(which)


def _touched(**whose: Any) -> Q:
    """Whether an entry moved a member's account, or what another room registered."""
    moved = Q(Exists(DepositAccount.objects.filter(ledger_account__postings__entry=OuterRef("pk"), **whose)))
    for concerns in _CONCERNS:
        moved |= concerns.touched(**whose)
    return moved


def receipt_for(user: Any, reference: str) -> Receipt:
    """The receipt of the entry with this reference, within the user's reach; 404 for every other."""
    return receipt_of(get_object_or_404(entries_visible_to(user), reference=reference))


def receipt_of(entry: Entry) -> Receipt:
    """Read off an entry's lines what was moved, where the cash went, and what it cost."""
    lines = list(lines_of(entry.pk).select_related("account__parent"))
    related = ("customer", "product", "ledger_account__balance")
    found = DepositAccount.objects.select_related(*related).filter(
        ledger_account__in=[line.account_id for line in lines]
    )
    members = {account.ledger_account_id: account for account in found}
    cash = [line for line in lines if line.account.kind == Kind.ASSET and not _is_no_place(line)]
    fee = _sum(line for line in lines if line.account.kind == Kind.INCOME)
    concern = next((told for concerns in _CONCERNS if (told := concerns.of(entry)) is not None), None)
    return Receipt(
        entry=entry,
        amount=_amount(lines, cash, members, fee),
        fee=fee if fee and entry.kind != EntryKind.FEE and concern is None else None,
        source=_member(lines, members, Side.DEBIT),
        target=_member(lines, members, Side.CREDIT),
        place=cash[0].account.name if cash else "",
        code=code_of(entry),
        concern=concern,
    )


def _is_no_place(line: Posting) -> bool:
    parent = line.account.parent
    return line.account.code in _NO_PLACES or (parent is not None and parent.code in _NO_PLACES)


def _amount(
    lines: Sequence[Posting], cash: Sequence[Posting], members: dict[int, DepositAccount], fee: Money | None
) -> Money:
    """The cash that changed hands; else what a member received; else what was taken from one."""
    received = [line for line in lines if line.account_id in members and line.side == Side.CREDIT]
    given = [line for line in lines if line.account_id in members]
    amount = _sum(cash[:1]) or _sum(received) or _sum(given) or fee
    if amount is None:
        raise ValueError("an entry without lines has no receipt")
    return amount


def _sum(lines: Any) -> Money | None:
    parts = [Money(line.amount_minor, line.account.currency) for line in lines]
    return sum(parts[1:], parts[0]) if parts else None


def _member(lines: Sequence[Posting], members: dict[int, DepositAccount], side: Side) -> DepositAccount | None:
    return next((members[line.account_id] for line in lines if line.account_id in members and line.side == side), None)


def code_of(entry: Entry) -> str:
    """Sixty bits that only the entry itself yields, for the paper: nothing needs to be kept to check them years later."""
    number = int.from_bytes(hashlib.sha256(b"receipt" + entry.pk.bytes).digest()[:8]) >> 4
    signs = [_ALPHABET[number >> shift & 31] for shift in range(0, CODE_LENGTH * 5, 5)]
    return "".join(signs)


def genuine(reference: str, code: str) -> Receipt | None:
    """The receipt that carries this reference and this code; None when no such paper was ever issued."""
    entry = _receipted(_touched()).filter(reference=plain(reference)).first()
    if entry is None or not hmac.compare_digest(code_of(entry).encode(), plain(code).encode()):
        return None
    return receipt_of(entry)


def plain(text: str) -> str:
    """What was typed from paper: capitals, no spaces, O and L read as digits."""
    return text[:40].upper().translate(_TYPED_AS)


def receipt_pdf(*, by: Any, at: datetime, reference: str, size: str, copy: int = 0) -> DocumentPlan:
    """What the worker makes a receipt's PDF from: `size` is 80mm, 58mm or a4; `copy` 0 is the original. 404 unless `by`
    may see it.
    """
    receipt = receipt_for(by, reference)
    paper = SIZES[size]
    return DocumentPlan(
        kind="receipt",
        title=f"Receipt {reference}",
        filename=f"receipt-{reference}-{size}.pdf",
        template="deposits/receipt_strip_pdf.html" if paper.is_strip else "deposits/receipt_sheet_pdf.html",
        context={"receipt": receipt, "copy": copy, "narrow": paper is Paper.NARROW},
        subject=receipt.about.number if receipt.about else "",
        paper=paper,
        keep=KEPT_FOR,
    )
