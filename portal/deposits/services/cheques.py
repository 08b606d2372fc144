"""Taking cheques: at the counter, by photograph, and the second reading of those that wait for one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any

from django.db import IntegrityError, connection, transaction

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import cheques as reading
from portal.deposits.cheques import Read
from portal.deposits.models import Cheque, ChequeReading, ChequeRules, ChequeStep, DepositAccount
from portal.deposits.models.products import BY_OWN_RULES
from portal.deposits.queries import funds_of
from portal.deposits.services.judged import post_judged
from portal.deposits.services.limits import refuse_beyond_limits
from portal.deposits.services.moving import NotMoving, fits, moved, refuse_giving, refuse_immobile, short
from portal.deposits.services.states import activate
from portal.documents.uploads import receive
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.errors import InsufficientFunds
from portal.ledger.models import EntryKind
from portal.ledger.services import NewEntry, Posted, credit, debit, place_hold
from portal.outbox.services import send_mail

Files = Mapping[str, IO[bytes]]
"""Pictures by their purpose, `reading.FRONT` and `reading.BACK`."""

_State = Cheque.State
_MICR_ONCE = "deposits_cheque_micr_once"
_FORM_LOCK = 7041


class SeenBefore(Refused):
    """A cheque with the same number, sort code and account is pending or was paid."""

    code = "seen_before"


@transactional
def deposit_cheque(
    *, account: DepositAccount, amount: Money, pictures: Files, key: str, by: Any, at: datetime
) -> Cheque:
    """Keep a cheque that a member photographed. It is credited once somebody read it and found the same amount.

    The same key gives back the cheque that it made. Refused: an account that takes nothing, a side without a picture, and
    more than may be sent as photographs.
    """
    before = _made_before(account, amount, key, by)
    if before is not None:
        return before
    _refuse_taking(account)
    if set(pictures) != {reading.FRONT, reading.BACK}:
        raise Refused("Photograph both sides of the cheque.", code="pictures", field="front")
    limit = reading.rules_on(account.currency, account.branch.business_date).phone_limit
    if limit is not None and amount > limit:
        message = f"By photograph at most {limit} is taken. Bring this cheque to the branch."
        raise Refused(message, code="phone_limit", field="amount")
    cheque = _new(account, account.branch, Cheque.Via.PHONE, amount, key, by, at)
    cheque.save(force_insert=True)
    _keep_pictures(cheque, pictures, by=by, at=at)
    step(cheque, _State.RECEIVED, by=by, at=at)
    return cheque


@transactional
def take_cheque(
    *,
    branch: Branch,
    account: DepositAccount,
    amount: Money,
    read: Read,
    pictures: Files,
    key: str,
    by: Any,
    at: datetime,
) -> Cheque:
    """Take a cheque over the counter: credited at once and held until it clears, or paid at once when it is on us.

    Above the counter's limit it waits for a second reading instead. The same key gives back the cheque that it made.
    Refused: an account that takes nothing or is one's own; what is no cheque line; stale, post-dated, seen before; on us: what
    the drawn account's rules refuse.
    """
    before = _made_before(account, amount, key, by)
    if before is not None:
        return before
    _refuse_taking(account)
    refuse_own(account, by)
    cheque = _new(account, branch, Cheque.Via.COUNTER, amount, key, by, at)
    rules = reading.rules_on(account.currency, branch.business_date)
    _write_read(cheque, read.tidied(), rules)
    _save_once(cheque, force_insert=True)
    _keep_pictures(cheque, pictures, by=by, at=at)
    step(cheque, _State.RECEIVED, by=by, at=at)
    if rules.counter_limit is not None and amount > rules.counter_limit:
        return cheque
    return _credit(cheque, rules, by=by, at=at)


@transactional
def read_cheque(*, cheque: Cheque, amount: Money, read: Read, by: Any, at: datetime) -> bool:
    """A second person's reading: when the figures agree the cheque is credited. Returns whether they did.

    Each reading is kept. Refused: a cheque that does not wait, one's own or one that oneself captured; what `take_cheque`
    refuses of its line.
    """
    cheque = locked(cheque, _State.RECEIVED)
    refuse_own(cheque.account, by)
    if cheque.captured_by_id == by.pk:
        raise Refused("You captured this cheque: somebody else must read it.", code="same_person")
    read, given = read.tidied(), fits(amount, cheque.account)
    agrees = given.minor == cheque.amount_minor and _same_line(cheque, read)
    ChequeReading.objects.create(cheque=cheque, amount_minor=given.minor, agrees=agrees, at=at, by=by)
    if not agrees:
        return False
    _refuse_taking(cheque.account)
    cheque.business_date = cheque.branch.business_date
    rules = reading.rules_on(cheque.account.currency, cheque.business_date)
    _write_read(cheque, read, rules)
    _save_once(cheque)
    _credit(cheque, rules, by=by, at=at)
    return True


@transactional
def refuse_cheque(*, cheque: Cheque, reason: str, by: Any, at: datetime) -> Cheque:
    """Do not take a cheque that waits to be read; its owner is told why. Refused: no reason, one that does not wait."""
    if not reason.strip():
        raise Refused("Say why, so that the member knows what to do.", code="reason", field="reason")
    cheque = locked(cheque, _State.RECEIVED)
    refuse_own(cheque.account, by)
    cheque.state = _State.REFUSED
    cheque.save(update_fields=["state"])
    step(cheque, _State.REFUSED, reason=reason, by=by, at=at)
    tell(cheque, "Your cheque was not taken", f"was not taken: {reason.strip()}", at)
    return cheque


def locked(cheque: Cheque, *states: str) -> Cheque:
    """The cheque as it is now, for this transaction alone. Refused: it is in another state."""
    related = ("account__customer", "account__product", "account__branch", "account__ledger_account", "branch")
    more = ("entry", "hold", "drawn_on__ledger_account", "drawn_on__product", "drawn_on__branch")
    found = Cheque.objects.select_for_update(of=("self",)).select_related(*related, *more).get(pk=cheque.pk)
    if found.state not in states:
        message = f"This cheque is {found.get_state_display().lower()}: somebody was faster. Nothing was posted."
        raise Refused(message, code="state")
    return found


def step(cheque: Cheque, state: str, *, reason: str = "", posted: Posted | None = None, by: Any, at: datetime) -> None:
    """Write down that a cheque came into a state."""
    entry_id = posted.entry_id if posted else None
    ChequeStep.objects.create(cheque=cheque, state=state, reason=reason.strip(), entry_id=entry_id, at=at, by=by)


def tell(cheque: Cheque, subject: str, what: str, at: datetime) -> None:
    """A mail to the account's owner, once for each state."""
    customer = cheque.account.customer
    if customer.email:
        text = f"{cheque} of {cheque.amount} into your account …{cheque.account.last_four} {what}"
        send_mail(
            key=f"cheque:{cheque.pk}:{cheque.state}", to=customer.email, subject=subject, text=text, by=None, at=at
        )


def refuse_own(account: DepositAccount, by: Any) -> None:
    """Nobody handles cheques for an account of their own, by customer record or by address."""
    same_address = bool(account.customer.email) and account.customer.email.lower() == by.email.lower()
    if same_address or account.customer_id == by.customer_id:
        raise Refused("This is your own account: a colleague must do it. Nothing was posted.", code="own_account")


def _refuse_taking(account: DepositAccount) -> None:
    refuse_immobile(account)
    if account.product.kind in BY_OWN_RULES:
        raise NotMoving(f"Account …{account.last_four} takes no cheques. Choose another.", code="own_rules")


def _made_before(account: DepositAccount, amount: Money, key: str, by: Any) -> Cheque | None:
    """What the same form made when it was sent before, also a moment ago: its requests take turns. Refused: other contents."""
    fits(amount, account)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_FORM_LOCK, key])
    made = Cheque.objects.select_related("account__product").filter(captured_by=by, key=key).first()
    if made is not None and (made.account_id, made.amount_minor) != (account.pk, amount.minor):
        raise Refused("This form was sent before with other contents. Open the page again.", code="key_reused")
    return made


def _new(
    account: DepositAccount, branch: Branch, via: Cheque.Via, amount: Money, key: str, by: Any, at: datetime
) -> Cheque:
    return Cheque(
        account=account,
        branch=branch,
        via=via,
        amount_minor=amount.minor,
        business_date=branch.business_date,
        key=key,
        captured_at=at,
        captured_by=by,
    )


def _write_read(cheque: Cheque, read: Read, rules: ChequeRules) -> None:
    """Write what was read onto the cheque. Refused: stale, post-dated, seen before."""
    day = cheque.business_date
    if read.issued_on > day:
        message = f"This cheque is dated {read.issued_on:%d %B %Y}, which is yet to come. Bring it then."
        raise Refused(message, code="postdated", field="issued_on")
    if reading.is_stale(rules, read.issued_on, day):
        message = f"This cheque is older than {rules.stale_months} months. Ask whoever wrote it for another."
        raise Refused(message, code="stale", field="issued_on")
    twin = reading.twin_of(read)
    if twin is not None and twin.pk != cheque.pk:
        raise _seen(twin)
    cheque.number, cheque.sort_code, cheque.drawn_account = read.number, read.sort_code, read.drawn_account
    cheque.issued_on, cheque.drawer_name = read.issued_on, read.drawer_name
    cheque.signature_seen = read.signature_seen
    cheque.drawn_on = reading.drawn_account(read) if reading.is_ours(rules, read.sort_code) else None


def _same_line(cheque: Cheque, read: Read) -> bool:
    """Whether the line agrees with the first reading, where there was one."""
    line = (cheque.number, cheque.sort_code, cheque.drawn_account)
    return not cheque.number or line == (read.number, read.sort_code, read.drawn_account)


def _save_once(cheque: Cheque, *, force_insert: bool = False) -> None:
    """Save; of two who present the same cheque at once the database lets one through."""
    try:
        with transaction.atomic():
            cheque.save(force_insert=force_insert)
    except IntegrityError as error:
        if _MICR_ONCE not in str(error):
            raise
        raise _seen(None) from error


def _seen(twin: Cheque | None) -> SeenBefore:
    known = f" It was taken on {twin.business_date:%d %B %Y} in {twin.branch.name}." if twin else ""
    return SeenBefore(f"A cheque with this number was presented before.{known} Nothing was posted.", field="number")


def _keep_pictures(cheque: Cheque, pictures: Files, *, by: Any, at: datetime) -> None:
    for purpose, file in pictures.items():
        receive(file=file, subject=reading.subject_of(cheque), purpose=purpose, by=by, at=at, pictures_only=True)


def _credit(cheque: Cheque, rules: ChequeRules, *, by: Any, at: datetime) -> Cheque:
    """Post a cheque that was read: paid at once on us, else credited and held until its day."""
    step(cheque, _State.CHECKED, by=by, at=at)
    cheque.taken_by = by
    posted = _pay_from_ours(cheque, by=by, at=at) if cheque.drawn_on else _credit_and_hold(cheque, by=by, at=at)
    cheque.entry_id = posted.entry_id
    if cheque.drawn_on:
        cheque.state, cheque.due_on = _State.AVAILABLE, cheque.business_date
        told = ("Your cheque is available", "was paid and is available.")
    else:
        cheque.state, cheque.due_on = _State.CLEARING, reading.clears_on(rules, cheque.business_date, cheque.branch)
        told = ("Your cheque is clearing", f"is clearing. It is available on {cheque.due_on:%d %B %Y}.")
    cheque.save()
    step(cheque, cheque.state, posted=posted, by=by, at=at)
    if cheque.account.state == DepositAccount.State.APPROVED:
        activate(account=cheque.account, by=by, at=at)
    tell(cheque, *told, at)
    return cheque


def _credit_and_hold(cheque: Cheque, *, by: Any, at: datetime) -> Posted:
    clearing = chart.branch_account(cheque.branch_id, chart.CHEQUES_CLEARING)
    lines = [debit(clearing, cheque.amount), credit(cheque.account.ledger_account, cheque.amount)]
    entry, account = _entry(cheque, lines), cheque.account
    posted = moved(post_judged(entry, account=account, amount=cheque.amount, is_incoming=True, by=by, at=at), account)
    # An account that is overdrawn beyond its floor has less to hold than the cheque brings.
    held = min(cheque.amount, funds_of(cheque.account).available)
    if held.minor > 0:
        cheque.hold = place_hold(
            account=cheque.account.ledger_account,
            amount=held,
            reason=f"{cheque} until it clears",
            expires_at=None,
            by=by,
            at=at,
        )
    return posted


def _pay_from_ours(cheque: Cheque, *, by: Any, at: datetime) -> Posted:
    drawn = cheque.drawn_on
    assert drawn is not None  # noqa: S101  # asked by the caller
    _refuse_drawing(cheque, drawn, by)
    refuse_beyond_limits(
        account=drawn, target=cheque.account, amount=cheque.amount, channel=cheque.via, key=_key(cheque), by=by, at=at
    )
    lines = [debit(drawn.ledger_account, cheque.amount), credit(cheque.account.ledger_account, cheque.amount)]
    try:
        entry, target = _entry(cheque, lines), cheque.account
        posted = post_judged(entry, account=drawn, amount=cheque.amount, target=target, by=by, at=at)
        return moved(posted, drawn, target)
    except InsufficientFunds as refusal:
        raise short(refusal, Money(refusal.available_minor, cheque.amount.currency)) from refusal


def _refuse_drawing(cheque: Cheque, drawn: DepositAccount, by: Any) -> None:
    if drawn.pk == cheque.account_id:
        raise Refused("The cheque is drawn on the same account. Nothing was posted.", code="same_account")
    if not cheque.signature_seen:
        message = "This cheque is on us: compare its signature with the specimen first. Nothing was posted."
        raise Refused(message, code="signature", field="signature_seen")
    fits(cheque.amount, drawn)
    refuse_own(drawn, by)
    refuse_immobile(drawn, field="drawn_account")
    refuse_giving(drawn)


def _entry(cheque: Cheque, lines: Any) -> NewEntry:
    return NewEntry(
        kind=EntryKind.CHEQUE,
        branch=cheque.branch,
        lines=lines,
        key=_key(cheque),
        memo=f"{cheque} of {cheque.drawer_name}",
        channel=cheque.via,
    )


def _key(cheque: Cheque) -> str:
    return f"cheque:{cheque.pk}"
