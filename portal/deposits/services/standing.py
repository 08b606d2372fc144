"""Standing orders: giving, pausing, ending them, and carrying out what is due, once."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import standing as reading
from portal.deposits.models import DepositAccount, Rhythm, StandingAttempt, StandingChange, StandingOrder
from portal.deposits.models.products import BY_OWN_RULES
from portal.deposits.services.moving import fits, refuse_immobile, refuse_one_of_all, transfer
from portal.fraud.services.gate import RETURNED, UnderReview
from portal.institution.models import Branch
from portal.ledger.services import Posted
from portal.notifications.services import notify

logger = logging.getLogger(__name__)
CHANNEL = "standing"
CHECKED = ("source", "target", "amount", "rhythm", "first_on", "last_on", "times")
"""What `check_standing` looks at of an order."""
MOST_CATCHING_UP = 400
"""How many days of one order a run carries out at most: a year of a daily one."""

_Act, _State, _Outcome = StandingChange.Act, StandingOrder.State, StandingAttempt.Outcome


@transactional
def order_standing(
    *,
    source: DepositAccount,
    target: DepositAccount,
    amount: Money,
    rhythm: str,
    first_on: date,
    last_on: date | None = None,
    times: int | None = None,
    retry_days: int = 3,
    memo: str = "",
    key: str,
    by: Any,
    at: datetime,
) -> StandingOrder:
    """Order a transfer for a later day, or again and again. The same key is the same order.

    Refused: a first day that is over, an end before it, both an end and a number of times, the same account, an account
    that takes no transfers, another currency.
    """
    known = StandingOrder.objects.filter(ordered_by=by, key=key).first()
    if known is not None:
        return known
    check_standing(
        source=source,
        target=target,
        amount=amount,
        rhythm=rhythm,
        first_on=first_on,
        last_on=last_on,
        times=times,
    )
    refuse_one_of_all(source, by)
    return StandingOrder.objects.create(
        source=source,
        target=target,
        amount_minor=amount.minor,
        memo=memo,
        rhythm=rhythm,
        first_on=first_on,
        last_on=last_on,
        times=1 if rhythm == Rhythm.ONCE else times,
        retry_days=retry_days,
        next_due=first_on,
        key=key,
        ordered_at=at,
        ordered_by=by,
    )


def check_standing(
    *,
    source: DepositAccount,
    target: DepositAccount,
    amount: Money,
    rhythm: str,
    first_on: date,
    last_on: date | None,
    times: int | None,
) -> None:
    """Refuse what `order_standing` refuses whoever gives the order."""
    _refuse_accounts(source, target)
    fits(amount, source)
    fits(amount, target)
    _refuse_days(source, rhythm, first_on, last_on, times)


def _refuse_accounts(source: DepositAccount, target: DepositAccount) -> None:
    if source.pk == target.pk:
        raise Refused("Choose two different accounts.", code="same_account", field="target")
    for account, field in ((source, "source"), (target, "target")):
        refuse_immobile(account, field=field)
        if account.product.kind in BY_OWN_RULES:
            raise Refused(f"Account …{account.last_four} takes no transfers.", code="own_rules", field=field)


def _refuse_days(source: DepositAccount, rhythm: str, first_on: date, last_on: date | None, times: int | None) -> None:
    if rhythm not in Rhythm.values:
        raise Refused("Choose how often.", code="rhythm", field="rhythm")
    if first_on < source.branch.business_date:
        raise Refused("The first day is over. Choose today or later.", code="past", field="first_on")
    if first_on.year > source.branch.business_date.year + 5:
        raise Refused("The first day is more than five years away.", code="far", field="first_on")
    if last_on is not None and last_on < first_on:
        raise Refused("The last day lies before the first.", code="order", field="last_on")
    if last_on is not None and times is not None:
        raise Refused("Choose a last day or a number of times, not both.", code="both", field="times")


@transactional
def pause_standing(*, order: StandingOrder, reason: str = "", by: Any, at: datetime) -> StandingOrder:
    """Send nothing until it is taken up again. Refused: an order that is not active."""
    locked = _locked(order, {_State.ACTIVE})
    return _change(locked, _Act.PAUSED, state=_State.PAUSED, reason=reason, by=by, at=at)


@transactional
def resume_standing(*, order: StandingOrder, by: Any, at: datetime) -> StandingOrder:
    """Go on with the first day that is not over; the days of the pause are left out. Refused: an order not paused."""
    locked = _locked(order, {_State.PAUSED})
    locked.done, locked.next_due = reading.first_from(locked, locked.source.branch.business_date)
    state = _State.ACTIVE if locked.next_due is not None else _State.ENDED
    return _change(locked, _Act.RESUMED, state=state, reason="", by=by, at=at)


@transactional
def skip_standing(*, order: StandingOrder, due_on: date, by: Any, at: datetime) -> StandingOrder:
    """Leave the next time out. Refused: when that day is not the next any more, so that two presses skip one."""
    locked = _locked(order, {_State.ACTIVE, _State.PAUSED})
    if locked.next_due != due_on:
        raise Refused("The next day has changed meanwhile. Look again.", code="moved_on")
    _advance(locked)
    return _change(locked, _Act.SKIPPED, state=_going_on(locked, locked.state), reason="", due_on=due_on, by=by, at=at)


@transactional
def end_standing(*, order: StandingOrder, reason: str = "", by: Any, at: datetime) -> StandingOrder:
    """End an order for good. Refused: one that is over."""
    locked = _locked(order, {_State.ACTIVE, _State.PAUSED})
    locked.next_due = None
    return _change(locked, _Act.ENDED, state=_State.ENDED, reason=reason, by=by, at=at)


def run_standing(*, branch: Branch, at: datetime) -> tuple[int, int]:
    """Carry out every order of a branch that is due by its open day; returns how many were sent and how many were not.

    Each time of each order is a transaction of its own, so that a killed run loses and doubles nothing.
    """
    sent = failed = 0
    for order_id in reading.due_in(branch.pk, branch.business_date):
        for _ in range(MOST_CATCHING_UP):
            attempt = _try_next(order_id=order_id, day=branch.business_date, at=at)
            if attempt is None:
                break
            sent, failed = sent + (attempt.outcome == _Outcome.SENT), failed + (attempt.outcome != _Outcome.SENT)
    return sent, failed


@transactional
def _try_next(*, order_id: UUID, day: date, at: datetime) -> StandingAttempt | None:
    """One attempt at the next time of one order; None when there is nothing to try today, or somebody else is at it."""
    orders = StandingOrder.objects.select_for_update(of=("self",), skip_locked=True)
    order = orders.filter(pk=order_id, state=_State.ACTIVE, next_due__lte=day).first()
    if order is None or order.next_due is None:
        return None
    due = order.next_due
    if order.attempts.filter(due_on=due, tried_on=day).exists():
        return None
    posted, refusal = _send(order, due, at)
    reason = refusal.message if refusal else ""
    outcome = _given_up(order, due, day, refusal) if refusal else _Outcome.SENT
    attempt = StandingAttempt.objects.create(
        order=order,
        due_on=due,
        tried_on=day,
        outcome=outcome,
        reason=reason[:200],
        entry_id=posted.entry_id if posted else None,
        at=at,
    )
    if outcome != _Outcome.RETRY:
        _advance(order)
        order.state = _going_on(order, _State.ACTIVE)
        order.save(update_fields=["done", "next_due", "state"])
    if outcome == _Outcome.FAILED:
        _tell(order, due, reason, at)
    return attempt


def _send(order: StandingOrder, due: date, at: datetime) -> tuple[Posted | None, Refused | None]:
    """The transfer, or why it was refused. What it had begun is undone then."""
    accounts = DepositAccount.objects.select_related("product", "branch", "ledger_account", "customer")
    pair = accounts.in_bulk([order.source_id, order.target_id])
    try:
        with transaction.atomic():
            posted = transfer(
                source=pair[order.source_id],
                target=pair[order.target_id],
                amount=order.amount,
                key=f"standing:{order.pk}:{due}",
                memo=order.memo,
                channel=CHANNEL,
                by=None,
                at=at,
            )
    except Refused as refusal:
        # The order goes on to its next day; an alert that this try leaves must stay.
        refusal.settle()
        return None, refusal
    return posted, None


def _given_up(order: StandingOrder, due: date, day: date, refusal: Refused) -> StandingAttempt.Outcome:
    """Whether it is tried again: as long as somebody looks at it, never once they returned it, else for some days."""
    if refusal.code in {UnderReview.code, RETURNED}:
        return _Outcome.RETRY if refusal.code == UnderReview.code else _Outcome.FAILED
    return _Outcome.FAILED if (day - due).days >= order.retry_days else _Outcome.RETRY


def _going_on(order: StandingOrder, state: str) -> str:
    """The state, unless nothing is left to do."""
    return state if order.next_due is not None else _State.ENDED.value


def _advance(order: StandingOrder) -> None:
    order.done += 1
    order.next_due = reading.next_due(order, order.done)


def _tell(order: StandingOrder, due: date, reason: str, at: datetime) -> None:
    """A mail to the owner, in the transaction that gave up; sent once."""
    context = {
        "amount": str(order.amount),
        "payee": f"{order.target.customer.full_name} …{order.target.last_four}",
        "due": f"{due:%d %B %Y}",
        "reason": reason,
    }
    key = f"{order.pk}:{due}"
    notify(kind="standing.failed", person=order.source.customer, context=context, key=key, by=None, at=at)


def _locked(order: StandingOrder, states: set[StandingOrder.State]) -> StandingOrder:
    locked = StandingOrder.objects.select_for_update(of=("self",)).select_related("source__branch").get(pk=order.pk)
    if locked.state not in states:
        raise Refused(f"This order is {locked.get_state_display().lower()}.", code="state")
    return locked


def _change(
    order: StandingOrder,
    act: StandingChange.Act,
    *,
    state: str,
    reason: str,
    due_on: date | None = None,
    by: Any,
    at: datetime,
) -> StandingOrder:
    order.state = state
    order.save(update_fields=["state", "done", "next_due"])
    StandingChange.objects.create(order=order, act=act, due_on=due_on, reason=reason.strip(), at=at, by=by)
    return order
