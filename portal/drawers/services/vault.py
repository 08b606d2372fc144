"""Cash between the vault and a drawer: one side asks or offers, the other confirms, and only then it is posted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.approvals.services import ask
from portal.base.db import transactional
from portal.base.errors import Refused, Stale
from portal.base.money import Money, format_amount
from portal.drawers.models import Drawer, DrawerSession, NoteExchange, VaultCount, VaultTransfer, VaultVariance
from portal.drawers.queries import held_in, vault_balance, vault_holds
from portal.drawers.services.notes import counted_total, kept, pieces, read
from portal.drawers.services.posting import limit_text, post_cash, refuse_other_use
from portal.drawers.vaults import notes_in
from portal.institution.models import Branch
from portal.ledger.chart import CASH_OVER_SHORT, VAULT, branch_account
from portal.ledger.errors import InsufficientFunds
from portal.ledger.models import EntryKind
from portal.ledger.services import credit, debit

_STATE, _WAY = VaultTransfer.State, VaultTransfer.Way
VAULT_ACT = "vault_variance"
_OPEN = (DrawerSession.State.ACTIVE, DrawerSession.State.PAUSED)


def keeps_vault(user: Any, branch_id: int) -> bool:
    """Whether somebody keeps this branch's vault."""
    scope = scope_of(user, Capability.VAULT_OPERATE)
    return scope is Scope.ALL or (scope is Scope.BRANCH and user.branch_id == branch_id)


@transactional
def ask_for_transfer(
    *, drawer: Drawer, way: VaultTransfer.Way, counts: Mapping[int, int], key: str, by: Any, at: datetime
) -> VaultTransfer:
    """Ask for cash from the vault or offer cash to it (the drawer's cashier), or hand a drawer cash or ask it for some
    (who keeps the vault). The other side confirms; until then nothing is posted.

    `counts` maps a note's or coin's minor units to pieces. The same key and contents answer with the first request.
    Refused: whoever is on neither side, no notes, more than the drawer may hold or holds, a second one on the same way
    while the first waits, and taking cash out of a drawer that nobody has open.
    """
    drawer = Drawer.objects.select_for_update(of=("self",)).select_related("ledger_account", "branch").get(pk=drawer.pk)
    counts = pieces(counts)
    known = VaultTransfer.objects.filter(asked_by=by, key=key).first()
    if known is not None:
        refuse_other_use(known.drawer_id == drawer.pk and known.way == way and read(known.notes) == counts)
        return known
    session = _open_session(drawer)
    if not (session and session.cashier_id == by.pk) and not keeps_vault(by, drawer.branch_id):
        raise Refused("Open this drawer first, or ask who keeps the vault.", code="not_yours")
    total = counted_total(counts, drawer.currency)
    _refuse_amount(drawer, session, way, total)
    if way == _WAY.TO_DRAWER and keeps_vault(by, drawer.branch_id):
        _refuse_missing_notes(drawer, counts)
    return _write(drawer, session, way, counts, total, key=key, by=by, at=at)


@transactional
def confirm_transfer(*, transfer: VaultTransfer, by: Any, at: datetime) -> VaultTransfer:
    """The other side took or gave the cash: post it. Refused: the side that asked, what is over (`Stale`), a drawer that
    is not open with the confirming cashier, and cash that is no longer there.
    """
    locked = _locked(transfer)
    _refuse_own_side(locked, by)
    session = _open_session(locked.drawer)
    total = Money(locked.amount_minor, locked.drawer.currency)
    if locked.session_id is None or not session or session.pk != locked.session_id:
        # A float waits for its drawer to open; what a closed drawer hands in waits for the vault.
        if locked.way == _WAY.TO_DRAWER:
            raise Refused("Open the drawer to take its float.", code="open_first")
    elif locked.way == _WAY.TO_DRAWER:
        _refuse_amount(locked.drawer, session, _WAY.TO_DRAWER, total)
    return _post_transfer(locked, by=by, at=at)


@transactional
def refuse_transfer(*, transfer: VaultTransfer, reason: str, by: Any, at: datetime) -> VaultTransfer:
    """The other side says no, and why. Refused: the side that asked, what is over, no reason."""
    locked = _locked(transfer)
    _refuse_own_side(locked, by)
    if not reason.strip():
        raise Refused("Say why not: the other side will read it.", code="reason", field="reason")
    return _decide(locked, _STATE.REFUSED, reason=reason.strip()[:140], by=by, at=at)


@transactional
def withdraw_transfer(*, transfer: VaultTransfer, by: Any, at: datetime) -> VaultTransfer:
    """Take back what one asked for or offered oneself, while it waits."""
    locked = _locked(transfer)
    if locked.asked_by_id != by.pk:
        raise Refused("Only who asked can take this back.", code="not_yours")
    return _decide(locked, _STATE.WITHDRAWN, by=by, at=at)


def waiting_float(drawer: Drawer) -> VaultTransfer | None:
    """The cash that the vault has handed to this drawer and nobody has taken yet. Locked until the transaction ends."""
    waiting = VaultTransfer.objects.select_for_update(of=("self",)).filter(drawer=drawer, state=_STATE.WAITING)
    return waiting.select_related("drawer__branch", "drawer__ledger_account").filter(way=_WAY.TO_DRAWER).first()


def take_up_float(*, transfer: VaultTransfer, session: DrawerSession, by: Any, at: datetime) -> None:
    """Confirm a float by opening its drawer with it. Refused: a vault that no longer holds it."""
    transfer.session = session
    _post_transfer(transfer, by=by, at=at)


def hand_in(
    *, session: DrawerSession, counts: Mapping[int, int], total: Money, key: str, by: Any, at: datetime
) -> None:
    """Offer the vault all that was counted at the close; it stays the drawer's until the vault takes it."""
    _withdraw_waiting(session.drawer, by=by, at=at)
    if total:
        _write(session.drawer, session, _WAY.TO_VAULT, dict(counts), total, key=key, by=by, at=at)


@transactional
def count_vault(*, branch: Branch, counts: Mapping[int, int], note: str, key: str, by: Any, at: datetime) -> VaultCount:
    """Keep what was counted in a branch's vault, beside what the books said. The same key answers with the first count.

    A difference needs a note, and somebody else's decision before it goes to cash over and short.
    Refused: whoever does not keep this vault, notes nobody can have counted, a difference without a note.
    """
    if not keeps_vault(by, branch.pk):
        raise Refused("You do not keep this vault.", code="not_yours")
    counts = pieces(counts)
    known = VaultCount.objects.filter(counted_by=by, key=key).first()
    if known is not None:
        refuse_other_use(known.branch_id == branch.pk and read(known.notes) == counts)
        return known
    held = vault_holds(branch)
    counted = counted_total(counts, held.currency)
    if counted != held and not note.strip():
        raise Refused("This is not what the books say. Count again, or say what may have happened.", field="note")
    count = VaultCount.objects.create(
        branch=branch,
        notes=kept(counts),
        counted_minor=counted.minor,
        expected_minor=held.minor,
        last_seq=vault_balance(branch).last_seq,
        counted_by=by,
        counted_at=at,
        key=key,
        note=note.strip()[:140],
    )
    if counted != held:
        payload = {"count": count.pk, "expected_minor": held.minor, "counted_minor": counted.minor}
        subject, amount = f"Vault of {branch}", abs(counted - held)
        ask(act=VAULT_ACT, payload=payload, subject=subject, reason=note, branch=branch, amount=amount, by=by, at=at)
    return count


@transactional
def settle_vault(*, count: VaultCount, by: Any, at: datetime) -> VaultVariance:
    """Take the difference of a vault's count, which somebody else has accepted, to cash over and short."""
    held = vault_holds(count.branch)
    if held.minor != count.expected_minor:
        raise Refused("Cash has moved since this was counted. Count the vault again.", code="changed")
    difference = Money(count.counted_minor, held.currency) - held
    vault, over_short = branch_account(count.branch_id, VAULT), branch_account(count.branch_id, CASH_OVER_SHORT)
    gains, gives = (vault, over_short) if difference.minor > 0 else (over_short, vault)
    lines = (debit(gains, abs(difference)), credit(gives, abs(difference)))
    memo = f"Vault {'over' if difference.minor > 0 else 'short'}"
    key = f"vault-count:{count.pk}"
    posted = post_cash(count.branch, EntryKind.VARIANCE, lines, key=key, memo=memo, by=by, at=at)
    return VaultVariance.objects.create(count=count, difference_minor=difference.minor, entry_id=posted.entry_id)


@transactional
def exchange_notes(
    *, session: DrawerSession, taken: Mapping[int, int], given: Mapping[int, int], key: str, by: Any, at: datetime
) -> NoteExchange:
    """Change notes for others of the same worth in one's open drawer: written down, nothing posted.

    Refused: a drawer that is not one's own and active, nothing taken, and sides of different worth.
    """
    session = DrawerSession.objects.select_for_update(of=("self",)).select_related("drawer").get(pk=session.pk)
    taken, given = pieces(taken), pieces(given)
    known = NoteExchange.objects.filter(session=session, key=key).first()
    if known is not None:
        refuse_other_use(read(known.taken) == taken and read(known.given) == given)
        return known
    if session.cashier_id != by.pk or session.state != DrawerSession.State.ACTIVE:
        raise Refused("Only an open drawer of one's own changes notes.", code="not_active")
    into, out = counted_total(taken, session.drawer.currency), counted_total(given, session.drawer.currency)
    if not into:
        raise Refused("Count what you take in.", code="nothing")
    if into != out:
        message = f"You take in {format_amount(into)} and give out {format_amount(out)}. Both must be the same."
        raise Refused(message, code="differs")
    return NoteExchange.objects.create(
        session=session, taken=kept(taken), given=kept(given), amount_minor=into.minor, exchanged_at=at, key=key
    )


def _open_session(drawer: Drawer) -> DrawerSession | None:
    return drawer.sessions.filter(state__in=_OPEN).first()


def _refuse_amount(drawer: Drawer, session: DrawerSession | None, way: VaultTransfer.Way, total: Money) -> None:
    if not total:
        raise Refused("Count the notes that change hands.", code="nothing")
    if way == _WAY.TO_VAULT:
        if session is None:
            raise Refused(f"Nobody has {drawer} open.", code="not_open")
        if held_in(drawer) < total:
            raise Refused(f"{drawer} does not hold {format_amount(total)}.", code="drawer_short")
        return
    if (held_in(drawer) + total).minor > drawer.cash_limit_minor:
        message = f"{drawer} may hold at most {limit_text(drawer, drawer.cash_limit_minor)}."
        raise Refused(message, code="cash_limit")
    if vault_holds(drawer.branch) < total:
        raise Refused("The vault does not hold this much.", code="vault_short")


def _refuse_missing_notes(drawer: Drawer, counts: Mapping[int, int]) -> None:
    """What is handed out must lie in the vault, note by note, beside what was handed out already and waits.

    Before the vault's first count nobody knows its notes, and only the amount is looked at.
    """
    known = notes_in(drawer.branch)
    if known is None:
        return
    waiting = VaultTransfer.objects.filter(drawer__branch_id=drawer.branch_id, state=_STATE.WAITING, way=_WAY.TO_DRAWER)
    for notes in waiting.values_list("notes", flat=True):
        for value, quantity in read(notes).items():
            known[value] = known.get(value, 0) - quantity
    for value, quantity in counts.items():
        if quantity > known.get(value, 0):
            worth = Money(value, drawer.currency)
            held = max(known.get(value, 0), 0)
            message = f"The vault holds {held} of {format_amount(worth)} that are not handed out yet, not {quantity}."
            raise Refused(message, code="notes_short")


def _write(
    drawer: Drawer,
    session: DrawerSession | None,
    way: VaultTransfer.Way,
    counts: Mapping[int, int],
    total: Money,
    *,
    key: str,
    by: Any,
    at: datetime,
) -> VaultTransfer:
    try:
        with transaction.atomic():
            return VaultTransfer.objects.create(
                drawer=drawer,
                session=session,
                way=way,
                amount_minor=total.minor,
                notes=kept(counts),
                asked_by=by,
                asked_at=at,
                key=key,
            )
    except IntegrityError as error:
        message = f"Cash for {drawer} on the same way waits already. Settle that first."
        raise Refused(message, code="one_waits") from error


def _locked(transfer: VaultTransfer) -> VaultTransfer:
    """The drawer first, as everybody else does, then the transfer."""
    Drawer.objects.select_for_update(of=("self",)).get(pk=transfer.drawer_id)
    related = ("drawer__branch", "drawer__ledger_account", "decided_by", "asked_by")
    locked = VaultTransfer.objects.select_for_update(of=("self",)).select_related(*related).get(pk=transfer.pk)
    if locked.state != _STATE.WAITING:
        raise Stale(f"This is over: {locked.get_state_display().lower()} by {locked.decided_by}. Nothing was done.")
    return locked


def _refuse_own_side(transfer: VaultTransfer, by: Any) -> None:
    """Who asked does not confirm, and neither does anybody else of the same side."""
    asked_by_vault = keeps_vault(transfer.asked_by, transfer.drawer.branch_id)
    if asked_by_vault:
        session = _open_session(transfer.drawer)
        allowed = session is not None and session.cashier_id == by.pk
    else:
        allowed = keeps_vault(by, transfer.drawer.branch_id)
    if not allowed or transfer.asked_by_id == by.pk:
        raise Refused("The other side must confirm this.", code="other_side")


def _post_transfer(transfer: VaultTransfer, *, by: Any, at: datetime) -> VaultTransfer:
    drawer, total = transfer.drawer, Money(transfer.amount_minor, transfer.drawer.currency)
    vault = branch_account(drawer.branch_id, VAULT)
    gains, gives = (drawer.ledger_account, vault) if transfer.way == _WAY.TO_DRAWER else (vault, drawer.ledger_account)
    memo = f"Float for {drawer}" if transfer.way == _WAY.TO_DRAWER else f"Cash from {drawer}"
    lines = (debit(gains, total), credit(gives, total))
    try:
        posted = post_cash(
            drawer.branch, EntryKind.VAULT, lines, key=f"vault-transfer:{transfer.pk}", memo=memo, by=by, at=at
        )
    except InsufficientFunds as error:
        side = "The vault" if transfer.way == _WAY.TO_DRAWER else str(drawer)
        raise Refused(f"{side} does not hold this much. Nothing was posted.", code="short") from error
    transfer.entry_id = posted.entry_id
    return _decide(transfer, _STATE.CONFIRMED, by=by, at=at)


def _decide(
    transfer: VaultTransfer, state: VaultTransfer.State, *, by: Any, at: datetime, reason: str = ""
) -> VaultTransfer:
    transfer.state, transfer.reason = state, reason
    transfer.decided_by, transfer.decided_at = by, at
    transfer.save(update_fields=["state", "reason", "decided_by", "decided_at", "entry", "session"])
    return transfer


def _withdraw_waiting(drawer: Drawer, *, by: Any, at: datetime) -> None:
    """At the close nothing may wait any more that this session asked for; what the vault offered it must settle itself."""
    for transfer in VaultTransfer.objects.select_for_update().filter(drawer=drawer, state=_STATE.WAITING):
        if transfer.asked_by_id != by.pk:
            message = "The vault has handed this drawer cash that you have neither taken nor refused. Settle it first."
            raise Refused(message, code="transfer_waits")
        _decide(transfer, _STATE.WITHDRAWN, by=by, at=at)
