"""Every address says who may open it."""

from __future__ import annotations

from portal.access.capabilities import Capability
from portal.access.gate import mark_of
from tests.architecture import house


def test_every_address_has_a_capability_or_is_public_with_a_reason() -> None:
    found = list(house.addresses())
    assert [address.route for address in found if not mark_of(address.view)] == []
    assert len(found) > 10


def test_capabilities_are_real() -> None:
    marks = [getattr(address.view, "capability", None) for address in house.addresses()]
    assert [mark for mark in marks if mark is not None and not isinstance(mark, Capability)] == []


def test_every_address_has_a_name_of_its_own() -> None:
    names = [address.name for address in house.addresses()]
    assert [name for name in names if name is None or names.count(name) > 1] == []


def test_no_view_is_exempt_from_the_forgery_check() -> None:
    assert [address.route for address in house.addresses() if getattr(address.view, "csrf_exempt", False)] == []
