"""The made-up institution before its first member: branches, charts, money, products, tills, the people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from portal.administration.services.branches import BranchFacts, open_branch
from portal.base.clock import now
from portal.deposits.models import Product, RateTier, Terms
from portal.drawers.services.keeping import add_drawer
from portal.home.demonstration.calendar import holidays
from portal.institution.models import Branch, Denomination, Holiday, Institution

CURRENCY = "GHS"
LABEL = "Demonstration"
NOTES = (20000, 10000, 5000, 2000, 1000, 500)
COINS = (200, 100, 50, 20, 10, 5)


class _Place(NamedTuple):
    code: str
    name: str
    address: str
    phone: str


_BRANCHES = (
    _Place("01", "North", "12 Station Street, Bantama, Kumasi", "+233322000101"),
    _Place("02", "South", "48 Market Street, Kaneshie, Accra", "+233302000202"),
    _Place("03", "Harbour", "3 Lagoon Street, Community 1, Tema", "+233303000303"),
)


@dataclass(frozen=True, slots=True)
class House:
    """What the history is lived in."""

    branches: dict[str, Branch]
    savings: Product
    current: Product


def build_house(start: date) -> House:
    """Make the institution with its branches open on `start`, when nothing has happened yet."""
    Institution.objects.create(
        pk=1,
        name="Quayside Credit Union",
        short_name="Quayside",
        currency=CURRENCY,
        time_zone="Africa/Accra",
        environment_label=LABEL,
        address="12 Station Street, Bantama, Kumasi",
        phone="+233322000100",
    )
    Denomination.objects.bulk_create(
        Denomination(currency=CURRENCY, value_minor=value, is_coin=value in COINS) for value in (*NOTES, *COINS)
    )
    branches = {place.code: _open_branch(place, start) for place in _BRANCHES}
    return House(branches, _savings(start), _current(start))


def keep_holidays(start: date, today: date, at: datetime) -> None:
    """The calendar of every branch, from the year in which the history starts to the end of the year after next."""
    Holiday.objects.bulk_create(
        Holiday(day=day, name=name, added_at=at) for day, name in holidays(start.year, today.year + 2)
    )


def _open_branch(place: _Place, start: date) -> Branch:
    facts = BranchFacts(
        place.name, place.address, place.phone, "Monday to Friday 8:30 to 16:00, Saturday 9:00 to 13:00"
    )
    done: dict[str, Any] = {"by": None, "at": now()}
    branch = open_branch(code=place.code, facts=facts, currency=CURRENCY, business_date=start, **done)
    for _ in range(2):
        add_drawer(branch=branch, limit_minor=5_000_000, at_once_minor=1_000_000, tolerance_minor=500, **done)
    return branch


_STEPS = ((500_000, 50), (2_000_000, 100))


def _savings(start: date) -> Product:
    """6.00 per cent at first, more while prices rose, a little less since; more for what lies above each step."""
    product = Product.objects.create(code="01", name="Savings", kind=Product.Kind.SAVINGS, currency=CURRENCY)
    for effective_from, rate_bps in (
        (date(2010, 1, 1), 600),
        (_months_after(start, 8), 750),
        (_months_after(start, 17), 700),
    ):
        terms = Terms.objects.create(
            product=product,
            effective_from=effective_from,
            rate_bps=rate_bps,
            interest_floor_minor=5_000,
            minimum_balance_minor=2_000,
            opening_minimum_minor=2_000,
            dormancy_days=365,
        )
        RateTier.objects.bulk_create(
            RateTier(terms=terms, from_minor=low, rate_bps=rate_bps + more) for low, more in _STEPS
        )
    return product


def _current(start: date) -> Product:
    """No interest; a withdrawal over the counter costs 0.50, later 1.00."""
    product = Product.objects.create(code="02", name="Current", kind=Product.Kind.CURRENT, currency=CURRENCY)
    for effective_from, fee_minor in ((date(2010, 1, 1), 50), (_months_after(start, 12), 100)):
        Terms.objects.create(product=product, effective_from=effective_from, rate_bps=0, withdrawal_fee_minor=fee_minor)
    return product


def _months_after(start: date, count: int) -> date:
    month = start.month - 1 + count
    return date(start.year + month // 12, month % 12 + 1, 1)
