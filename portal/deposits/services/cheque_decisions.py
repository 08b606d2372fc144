"""What becomes of a cheque that was credited: cleared, returned, or taken back on the day it was taken by mistake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.charges import Cost, cost_of
from portal.deposits.models import ChargeKind, Cheque, DepositAccount, TakenCharge
from portal.deposits.queries import funds_of
from portal.deposits.services.charging import fee_lines
from portal.deposits.services.cheques import locked, refuse_own, step, tell
from portal.deposits.services.moving import moved, refuse_immobile
from portal.ledger import chart
from portal.ledger.errors import InsufficientFunds
from portal.ledger.models import EntryKind
from portal.ledger.services import (
    NewEntry,
    Posted,
    credit,
    debit,
    post,
    release_hold,
    reverse_entry,
    set_floor,
)

_State = Cheque.State


@transactional
def clear_cheque(*, cheque: Cheque, by: Any, at: datetime) -> Cheque:
    """The other bank has paid: the amount is available from now on.

    Refused: before its day, a cheque that is not clearing, one that oneself took, one's own.
    """
    cheque = _to_decide(cheque, by, _State.CLEARING)
    if cheque.due_on is not None and cheque.branch.business_date < cheque.due_on:
        message = f"It clears on {cheque.due_on:%d %B %Y}. Until then it can only come back. Nothing was posted."
        raise Refused(message, code="not_due")
    clearing, banks = (_line(cheque, code) for code in (chart.CHEQUES_CLEARING, chart.EXTERNAL))
    lines = [debit(banks, cheque.amount), credit(clearing, cheque.amount)]
    posted = post(_entry(cheque, lines, "cleared", f"{cheque} cleared"), by=by, at=at)
    _release(cheque, by=by, at=at)
    _decide(cheque, _State.AVAILABLE, posted=posted, reason="", by=by, at=at)
    tell(cheque, "Your cheque is available", "has cleared and is available.", at)
    moved(posted, cheque.account)
    return cheque


@transactional
def clear_cheques(*, cheques: Sequence[Cheque], by: Any, at: datetime) -> int:
    """Clear several at once, or none where one is refused; returns how many. Locked in one order, so that two never wait
    for each other.
    """
    if not cheques:
        raise Refused("Choose the cheques that have cleared.", code="none")
    for cheque in sorted(cheques, key=lambda each: each.pk):
        clear_cheque(cheque=cheque, by=by, at=at)
    return len(cheques)


@transactional
def return_cheque(*, cheque: Cheque, reason: str, by: Any, at: datetime) -> Cheque:
    """The other bank sent the cheque back: its amount leaves the account, and the charge for it is due.

    It is taken even where it is no longer there: an account may go below its floor because of a returned cheque, and then
    gives nothing until it is above again. The charge never takes it further down. Refused: no reason, a cheque that was not
    credited or is on us, an account that is frozen or closed, a cheque that oneself took, one's own.
    """
    if not reason.strip():
        raise Refused("Say why it came back. The member reads this.", code="reason", field="reason")
    was_cleared = cheque.state == _State.AVAILABLE
    cheque = _to_decide(cheque, by, _State.AVAILABLE if was_cleared else _State.CLEARING)
    if cheque.is_own:
        raise Refused("A cheque on us was paid at once and does not come back. Nothing was posted.", code="on_us")
    refuse_immobile(cheque.account)
    _release(cheque, by=by, at=at)
    given_by = _line(cheque, chart.EXTERNAL if was_cleared else chart.CHEQUES_CLEARING)
    lines = [debit(cheque.account.ledger_account, cheque.amount), credit(given_by, cheque.amount)]
    memo = f"{cheque} returned: {reason.strip()}"
    posted = _post_even_below(cheque, _entry(cheque, lines, "returned", memo), by=by, at=at)
    _decide(cheque, _State.RETURNED, posted=posted, reason=reason, by=by, at=at)
    fee = _charge(cheque, by=by, at=at)
    charged = f" A fee of {fee.amount} is charged." if fee.amount else ""
    tell(cheque, "Your cheque came back", f"came back: {reason.strip()}. The amount was taken out again.{charged}", at)
    moved(posted, cheque.account)
    return cheque


@transactional
def take_back_cheque(*, cheque: Cheque, reason: str, by: Any, at: datetime) -> Cheque:
    """Reverse a cheque that was taken by mistake, on the business day it was taken.

    Refused: no reason, another day, a cheque that oneself took, one's own, and what the ledger refuses of a reversal:
    money that has left the account since.
    """
    if not reason.strip():
        raise Refused("Say what went wrong.", code="reason", field="reason")
    cheque = _to_decide(cheque, by, _State.CLEARING, _State.AVAILABLE)
    if cheque.entry is None or cheque.entry.business_date != cheque.branch.business_date:
        message = "Only on the day it was taken. Later it can come back from the other bank. Nothing was posted."
        raise Refused(message, code="another_day")
    if cheque.state == _State.AVAILABLE and not cheque.is_own:
        raise Refused("It has cleared. Return it instead. Nothing was posted.", code="cleared")
    _release(cheque, by=by, at=at)
    key = f"cheque:{cheque.pk}:taken-back"
    posted = reverse_entry(entry=cheque.entry, reason=reason.strip(), key=key, channel=cheque.via, by=by, at=at)
    _decide(cheque, _State.CANCELLED, posted=posted, reason=reason, by=by, at=at)
    tell(cheque, "Your cheque was taken back", f"was taken back: {reason.strip()}", at)
    moved(posted, cheque.account, *([cheque.drawn_on] if cheque.drawn_on else []))
    return cheque


def _to_decide(cheque: Cheque, by: Any, *states: str) -> Cheque:
    found = locked(cheque, *states)
    refuse_own(found.account, by)
    if found.taken_by_id == by.pk:
        raise Refused("You took this cheque: somebody else decides. Nothing was posted.", code="same_person")
    return found


def _decide(cheque: Cheque, state: str, *, posted: Posted, reason: str, by: Any, at: datetime) -> None:
    cheque.state, cheque.decided_by = state, by
    cheque.save(update_fields=["state", "decided_by"])
    step(cheque, state, reason=reason, posted=posted, by=by, at=at)


def _line(cheque: Cheque, code: str) -> Any:
    return chart.branch_account(cheque.branch_id, code)


def _entry(cheque: Cheque, lines: Any, what: str, memo: str) -> NewEntry:
    key = f"cheque:{cheque.pk}:{what}"
    return NewEntry(kind=EntryKind.CHEQUE, branch=cheque.branch, lines=lines, key=key, memo=memo, channel=cheque.via)


def _release(cheque: Cheque, *, by: Any, at: datetime) -> None:
    if cheque.hold is not None:
        release_hold(hold=cheque.hold, by=by, at=at)


def _post_even_below(cheque: Cheque, entry: NewEntry, *, by: Any, at: datetime) -> Posted:
    """Post; where the money has gone, let the account's floor down for this entry alone and up again, both written down."""
    try:
        with transaction.atomic():
            return post(entry, by=by, at=at)
    except InsufficientFunds:
        account, why = cheque.account, f"{cheque} was returned"
        book = account.ledger_account
        floor = Money(book.floor_minor or 0, account.currency)
        # The first change locks the balance: what is read after it cannot move any more.
        set_floor(account=book, floor=floor, why=why, by=by, at=at)
        funds = funds_of(account)
        set_floor(account=book, floor=funds.booked - funds.held - cheque.amount, why=why, by=by, at=at)
        posted = post(entry, by=by, at=at)
        set_floor(account=book, floor=floor, why=f"{why}: as before", by=by, at=at)
        return posted


def _charge(cheque: Cheque, *, by: Any, at: datetime) -> Cost:
    """What a returned cheque costs: taken at once where the account covers it, else due until it does."""
    account, day = cheque.account, cheque.branch.business_date
    cost = cost_of(account, ChargeKind.CHEQUE, day, cheque.amount)
    if cost.charge is None or not cost.amount:
        return cost
    taken = TakenCharge(
        account=account,
        kind=ChargeKind.CHEQUE,
        charge=cost.charge,
        used_on=day,
        amount_minor=cost.amount.minor,
        memo=f"{cheque} returned",
        made_at=at,
    )
    posted = _take(account, cost, taken.memo, f"cheque:{cheque.pk}:fee", by=by, at=at)
    if posted is not None:
        taken.state, taken.entry_id = TakenCharge.State.TAKEN, posted.entry_id
    taken.save()
    return cost


def _take(account: DepositAccount, cost: Cost, memo: str, key: str, *, by: Any, at: datetime) -> Posted | None:
    entry = NewEntry(
        kind=EntryKind.FEE, branch=account.branch, lines=fee_lines(account, cost.amount), key=key, memo=memo
    )
    try:
        with transaction.atomic():
            return post(entry, by=by, at=at)
    except InsufficientFunds:
        return None
