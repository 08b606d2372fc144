"""The currencies an institution may start in, with the notes and coins that its drawers count."""

from __future__ import annotations

from typing import NamedTuple


class Cash(NamedTuple):
    """A currency's name, and the values of its notes and coins in minor units.

    A value is counted once: where a note and a coin are worth the same, it stands among the notes.
    """

    name: str
    notes: tuple[int, ...]
    coins: tuple[int, ...]


CURRENCIES = {
    "GHS": Cash("Ghanaian cedi", (20000, 10000, 5000, 2000, 1000, 500), (200, 100, 50, 20, 10, 5)),
    "NGN": Cash("Nigerian naira", (100000, 50000, 20000, 10000, 5000, 2000, 1000, 500), (200, 100, 50)),
    "KES": Cash("Kenyan shilling", (100000, 50000, 20000, 10000, 5000), (4000, 2000, 1000, 500, 100, 50)),
    "XOF": Cash("West African CFA franc", (10000, 5000, 2000, 1000, 500), (250, 200, 100, 50, 25, 10, 5, 1)),
    "USD": Cash("US dollar", (10000, 5000, 2000, 1000, 500, 200, 100), (50, 25, 10, 5, 1)),
    "EUR": Cash("Euro", (50000, 20000, 10000, 5000, 2000, 1000, 500), (200, 100, 50, 20, 10, 5, 2, 1)),
    "GBP": Cash("Pound sterling", (5000, 2000, 1000, 500), (200, 100, 50, 20, 10, 5, 2, 1)),
}
