"""Daily susu: starting a card, paying days, settling cards, pausing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import susu
from portal.deposits.models import (
    DepositAccount,
    Product,
    SusuBoxes,
    SusuCard,
    SusuPause,
    SusuPayment,
    SusuPlan,
    SusuSettlement,
)
from portal.deposits.services.plans import money_from, open_plan, post_plan, refuse_payout_to, refuse_taking_out
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import Account, EntryKind
from portal.ledger.queries import entry_by_key, scope_of
from portal.ledger.services import Line, Posted, credit, debit
from portal.people.models import Customer

MOST_DAYS = 366
"""Paid ahead at once: a year. More is a mistake of the hand."""


@transactional
def start_susu(
    *, customer: Customer, product: Product, stake: Money, branch: Branch, key: str, by: Any, at: datetime
) -> DepositAccount:
    """Open a susu account with a fixed daily stake; its first card begins with the first payment. Once for each key.

    Refused: a product that is no susu on offer, a stake below the product's least, and what opening an account refuses.
    """
    known = SusuPlan.objects.filter(key=key, account__customer=customer).select_related("account").first()
    if known is not None:
        return known.account
    terms = susu.susu_terms(product, branch.business_date)
    if terms is None:
        raise Refused(f"{product.name} has no rules for cards yet.", code="no_terms", field="product")
    least = Money(terms.least_stake_minor, product.currency)
    if stake.currency != product.currency or stake < least:
        raise Refused(f"The daily stake is at least {least}.", code="stake", field="stake")
    account = open_plan(customer=customer, product=product, kind=Product.Kind.SUSU, branch=branch, by=by, at=at)
    SusuPlan.objects.create(
        account=account,
        stake_minor=stake.minor,
        card=terms.card,
        commission_stakes=terms.commission_stakes,
        started_on=branch.business_date,
        key=key,
    )
    return account


@transactional
def pay_susu(
    *,
    account: DepositAccount,
    amount: Money,
    cash: Account,
    branch: Branch,
    key: str,
    channel: str = "counter",
    by: Any,
    at: datetime,
) -> SusuPayment:
    """Pay whole days in cash: what lies in `cash` (a drawer's, a round's account) rises, boxes are filled.

    The same key answers with the same payment. Refused: an amount that is not whole stakes, more than a year's days, a
    paused plan, an account that does not move.
    """
    line = debit(cash, amount)
    return _pay(account, amount, line, EntryKind.DEPOSIT, key=key, channel=channel, branch=branch, by=by, at=at)


@transactional
def pay_susu_from(
    *, account: DepositAccount, source: DepositAccount, amount: Money, key: str, channel: str, by: Any, at: datetime
) -> SusuPayment:
    """Pay whole days from another account of the same owner. Refused like `pay_susu`, and like a transfer from `source`."""
    line = money_from(source, account, amount, by=by)
    return _pay(account, amount, line, EntryKind.TRANSFER, key=key, channel=channel, source=source, by=by, at=at)


@dataclass(frozen=True, slots=True)
class Settled:
    """What a settlement did: the cards, the entry, and the figures it came to."""

    cards: list[SusuCard]
    posted: Posted
    figures: susu.Figures


@transactional
def settle_susu(
    *, account: DepositAccount, target: DepositAccount, running_too: bool, key: str, channel: str, by: Any, at: datetime
) -> Settled:
    """Pay full cards out to another account of the same owner, less one commission each; `running_too` ends that card.

    Each card is settled once. Refused: nothing to settle, an account that cannot take the money, and a card's account that
    is blocked, dormant, or moved by all its holders together.
    """
    refuse_payout_to(target, account)
    pay = target.ledger_account
    return _settle(account, pay, running_too, key=key, channel=channel, branch=None, others=[target], by=by, at=at)


@transactional
def settle_susu_in_cash(
    *,
    account: DepositAccount,
    cash: Account,
    branch: Branch,
    running_too: bool,
    key: str,
    channel: str = "counter",
    by: Any,
    at: datetime,
) -> Settled:
    """The same in cash, out of a drawer's ledger account."""
    return _settle(account, cash, running_too, key=key, channel=channel, branch=branch, others=(), by=by, at=at)


@transactional
def pause_susu(*, account: DepositAccount, reason: str, by: Any, at: datetime) -> SusuPause:
    """Expect nothing and take nothing from today on. Refused: no reason, and a plan that is paused already."""
    plan = _locked(account)
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    if susu.open_pause(plan) is not None:
        raise Refused("This card is paused already.", code="paused")
    return SusuPause.objects.create(plan=plan, since=account.branch.business_date, reason=reason.strip(), at=at, by=by)


@transactional
def resume_susu(*, account: DepositAccount, by: Any, at: datetime) -> SusuPause:
    """Go on from today. Refused: a plan that is not paused."""
    pause = susu.open_pause(_locked(account))
    if pause is None:
        raise Refused("This card is not paused: days can be paid.", code="not_paused")
    pause.until, pause.resumed_at, pause.resumed_by = account.branch.business_date, at, by
    pause.save(update_fields=["until", "resumed_at", "resumed_by"])
    return pause


def _locked(account: DepositAccount) -> SusuPlan:
    """The plan, held until the transaction ends, so that two payments at once fill different boxes."""
    plan = SusuPlan.objects.select_for_update(of=("self",)).filter(account=account).first()
    if plan is None:
        raise Refused("This is no susu account.", code="no_plan")
    plan.account = account
    return plan


def _pay(
    account: DepositAccount,
    amount: Money,
    taken: Line,
    kind: EntryKind,
    *,
    key: str,
    channel: str,
    branch: Branch | None = None,
    source: DepositAccount | None = None,
    by: Any,
    at: datetime,
) -> SusuPayment:
    plan = _locked(account)
    days = _days(plan, amount)
    posted = post_plan(
        kind=kind,
        account=account,
        lines=[taken, credit(account.ledger_account, amount)],
        key=key,
        memo=f"Susu, {days} day{'' if days == 1 else 's'}",
        channel=channel,
        branch=branch,
        others=[source] if source else [],
        by=by,
        at=at,
    )
    if posted.replayed:
        return SusuPayment.objects.get(entry=posted.entry_id)
    if susu.open_pause(plan) is not None:
        raise Refused("This card is paused. Take it up again first. Nothing was posted.", code="paused")
    payment = SusuPayment.objects.create(
        plan=plan,
        days=days,
        amount_minor=amount.minor,
        paid_on=posted.business_date,
        entry_id=posted.entry_id,
        at=at,
        by=by,
    )
    _fill(plan, payment)
    return payment


def _days(plan: SusuPlan, amount: Money) -> int:
    days, rest = divmod(amount.minor, plan.stake_minor)
    if amount.currency != plan.account.currency or rest or days < 1:
        message = f"Pay whole days: {plan.stake}, {plan.stake + plan.stake}, and so on. Nothing was posted."
        raise Refused(message, code="stakes", field="amount")
    if days > MOST_DAYS:
        raise Refused(f"At most {MOST_DAYS} days are paid at once. Nothing was posted.", code="days", field="amount")
    return days


def _fill(plan: SusuPlan, payment: SusuPayment) -> None:
    """Fill the running card's boxes and begin the cards that the days spill into."""
    card = plan.cards.select_related("settlement").order_by("-number").first()
    running = _room(card)
    number = card.number if card else 0
    parts: list[SusuBoxes] = []
    for part in susu.fill(payment.days, running, card=plan.card, started_on=plan.started_on):
        if card is None or part.first == 1:
            number += 1
            card = SusuCard.objects.create(plan=plan, number=number, boxes=part.room.boxes, month=part.room.month)
        SusuCard.objects.filter(pk=card.pk).update(filled=F("filled") + part.last - part.first + 1)
        parts.append(SusuBoxes(payment=payment, card=card, first=part.first, last=part.last))
    SusuBoxes.objects.bulk_create(parts)


def _room(card: SusuCard | None) -> susu.Room | None:
    """What the newest card still takes; a settled one takes nothing more."""
    if card is None:
        return None
    is_over = getattr(card, "settlement", None) is not None
    return susu.Room(card.boxes, card.boxes if is_over else card.filled, card.month)


def _settle(
    account: DepositAccount,
    target: Account,
    running_too: bool,
    *,
    key: str,
    channel: str,
    branch: Branch | None,
    others: Sequence[DepositAccount],
    by: Any,
    at: datetime,
) -> Settled:
    plan = _locked(account)
    known = _settled_before(plan, key, by)
    if known is not None:
        return known
    refuse_taking_out(account, by)
    cards = susu.unsettled(plan, running_too=running_too)
    if not cards:
        raise Refused("No card is full yet. Nothing was paid out.", code="nothing_to_settle")
    sums = _figures(plan, cards)
    income = chart.branch_account(account.branch_id, chart.SUSU_COMMISSION)
    lines = [debit(account.ledger_account, sums.contributed)]
    lines += [credit(target, sums.payout)] if sums.payout else []
    lines += [credit(income, sums.commission)] if sums.commission else []
    numbers = ", ".join(str(card.number) for card in cards)
    memo = f"Susu card{'' if len(cards) == 1 else 's'} {numbers} settled"[:140]
    posted = post_plan(
        kind=EntryKind.SETTLEMENT,
        account=account,
        lines=lines,
        key=key,
        memo=memo,
        channel=channel,
        branch=branch,
        others=others,
        by=by,
        at=at,
    )
    SusuSettlement.objects.bulk_create(_settlement(plan, card, posted, by, at) for card in cards)
    return Settled(cards, posted, sums)


def _settled_before(plan: SusuPlan, key: str, by: Any) -> Settled | None:
    """What the same request did when it came first."""
    entry = entry_by_key(scope=scope_of(by), key=key)
    if entry is None:
        return None
    cards = list(SusuCard.objects.filter(plan=plan, settlement__entry=entry).order_by("number"))
    if not cards:
        raise Refused("This form was used for something else. Open the page again.", code="key")
    posted = Posted(entry.pk, entry.reference, entry.business_date, replayed=True)
    return Settled(cards, posted, _figures(plan, cards))


def _figures(plan: SusuPlan, cards: Sequence[SusuCard]) -> susu.Figures:
    return susu.figures([card.filled for card in cards], stake=plan.stake, commission_stakes=plan.commission_stakes)


def _settlement(plan: SusuPlan, card: SusuCard, posted: Posted, by: Any, at: datetime) -> SusuSettlement:
    sums = _figures(plan, [card])
    return SusuSettlement(
        card=card,
        contributed_minor=sums.contributed.minor,
        commission_minor=sums.commission.minor,
        payout_minor=sums.payout.minor,
        entry_id=posted.entry_id,
        at=at,
        by=by,
    )
