"""Reading susu cards: which boxes are paid, what a settlement would come to, how many days somebody is behind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch

from portal.base.money import Money
from portal.deposits.calendar import add_months, month_days
from portal.deposits.models import (
    CardKind,
    DepositAccount,
    Product,
    SusuCard,
    SusuPause,
    SusuPayment,
    SusuPlan,
    SusuTerms,
)
from portal.deposits.models.susu import BOXES

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Room:
    """A card that takes days: `filled` of its `boxes` are paid. A card not begun yet has number 0."""

    boxes: int
    filled: int = 0
    month: date | None = None


@dataclass(frozen=True, slots=True)
class Filling:
    """What a payment does to one card: boxes `first` to `last`."""

    room: Room
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What settling cards comes to."""

    contributed: Money
    commission: Money
    payout: Money


def room_after(last: Room | None, *, card: str, started_on: date) -> Room:
    """The card that follows another; the first one when there is none."""
    if card == CardKind.FIXED:
        return Room(BOXES)
    month = started_on.replace(day=1) if last is None or last.month is None else add_months(last.month, 1)
    return Room(month_days(month), month=month)


def fill(days: int, running: Room | None, *, card: str, started_on: date) -> list[Filling]:
    """How days spread: they fill the running card first and spill into the next, and the next.

    `running` is the newest card, full, settled (then as full) or not; None before the first payment.
    """
    found, room = [], running or room_after(None, card=card, started_on=started_on)
    while days:
        if room.filled == room.boxes:
            room = room_after(room, card=card, started_on=started_on)
        taken = min(days, room.boxes - room.filled)
        found.append(Filling(room, room.filled + 1, room.filled + taken))
        room = Room(room.boxes, room.filled + taken, room.month)
        days -= taken
    return found


def figures(filled: Iterable[int], *, stake: Money, commission_stakes: int) -> Figures:
    """What cards with so many paid boxes come to: of each card the commission, never more than was paid on it."""
    counts = list(filled)
    contributed = Money(stake.minor * sum(counts), stake.currency)
    kept = sum(min(count, commission_stakes) for count in counts)
    commission = Money(stake.minor * kept, stake.currency)
    return Figures(contributed, commission, contributed - commission)


def unsettled(plan: SusuPlan, *, running_too: bool) -> list[SusuCard]:
    """The cards that would be settled: those that are full, and the running one when it is wanted."""
    cards = plan.cards.filter(settlement=None, filled__gt=0).order_by("number")
    return [card for card in cards if card.is_full or running_too]


def settlement_figures(plan: SusuPlan, *, running_too: bool) -> Figures:
    """What settling now would come to."""
    counts = [card.filled for card in unsettled(plan, running_too=running_too)]
    return figures(counts, stake=plan.stake, commission_stakes=plan.commission_stakes)


def open_pause(plan: SusuPlan) -> SusuPause | None:
    """The pause that has not ended."""
    return plan.pauses.filter(resumed_at=None).first()


def days_behind(plan: SusuPlan, day: date) -> int:
    """How many stakes are missing on a day, which itself counts; days of a pause are not owed; ahead is below zero."""
    owed = (day - plan.started_on + DAY).days
    for pause in plan.pauses.all():
        until = pause.until or day + DAY
        owed -= max((min(until, day + DAY) - max(pause.since, plan.started_on)).days, 0)
    paid = sum(card.filled for card in plan.cards.all())
    return owed - paid


def susu_terms(product: Product, day: date) -> SusuTerms | None:
    """What a susu product offers on a day: the newest of its terms that say so."""
    known = SusuTerms.objects.filter(terms__product=product, terms__effective_from__lte=day)
    return known.order_by("-terms__effective_from").first()


def plan_of(account: DepositAccount) -> SusuPlan | None:
    """An account's plan with its cards, oldest first, and their settlements."""
    cards = SusuCard.objects.select_related("settlement").prefetch_related("paid__payment").order_by("number")
    return SusuPlan.objects.filter(account=account).prefetch_related(Prefetch("cards", cards), "pauses").first()


def payments_of(plan: SusuPlan, *, most: int = 40) -> Sequence[SusuPayment]:
    """What was paid last, newest first."""
    found = SusuPayment.objects.filter(plan=plan).select_related("entry").prefetch_related("boxes__card")
    return list(found.order_by("-at", "-pk")[:most])


@dataclass(frozen=True, slots=True)
class Box:
    """One box of the card as it is drawn: paid on a day, or empty; the commission's own box is marked."""

    number: int
    paid_on: date | None
    is_commission: bool


@dataclass(frozen=True, slots=True)
class DrawnCard:
    """A card as customers know it: its boxes in order, and what became of it."""

    card: SusuCard
    boxes: list[Box]
    settlement: Any

    @property
    def title(self) -> str:
        return f"Card {self.card.number}" + (f", {self.card.month:%B %Y}" if self.card.month else "")

    @property
    def state(self) -> str:
        """For a badge."""
        if self.settlement:
            return "settled"
        return "complete" if self.card.is_full else "running"


def drawn(plan: SusuPlan, card: SusuCard) -> DrawnCard:
    """A card with its boxes; `card` comes from `plan_of`."""
    paid: dict[int, date] = {}
    for part in card.paid.all():
        paid.update(dict.fromkeys(range(part.first, part.last + 1), part.payment.paid_on))
    boxes = [Box(number, paid.get(number), number <= plan.commission_stakes) for number in range(1, card.boxes + 1)]
    return DrawnCard(card, boxes, getattr(card, "settlement", None))
