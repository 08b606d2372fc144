"""Counts of notes and coins, as somebody typed them."""

from __future__ import annotations

from collections.abc import Mapping

from portal.base.errors import Refused
from portal.base.money import Money
from portal.institution.queries import denominations

MOST_PIECES = 100_000


def counted_total(counts: Mapping[int, int], currency: str) -> Money:
    """The sum of counted notes and coins. Refuses one that the currency does not have."""
    known = set(denominations(currency).values_list("value_minor", flat=True)) if counts else set()
    if not known.issuperset(counts):
        raise Refused(f"There is no such note or coin in {currency}.", code="denomination")
    return Money(sum(value * quantity for value, quantity in counts.items()), currency)


def pieces(counts: Mapping[int, int]) -> dict[int, int]:
    """Without the zeros. Refuses numbers that nobody can have counted."""
    if any(not 0 <= quantity <= MOST_PIECES for quantity in counts.values()):
        raise Refused(f"Count each note and coin from 0 to {MOST_PIECES:,}.", code="quantity")
    return {value: quantity for value, quantity in counts.items() if quantity}


def kept(counts: Mapping[int, int]) -> dict[str, int]:
    """As a row keeps them: JSON's names are texts."""
    return {str(value): quantity for value, quantity in sorted(counts.items(), reverse=True)}


def read(kept: Mapping[str, int]) -> dict[int, int]:
    """As `kept` wrote them."""
    return {int(value): quantity for value, quantity in kept.items()}
