"""New terms of a product, and what a service costs from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.approvals.acts import Act, Difference, Payload, act
from portal.base.differences import differing
from portal.base.errors import Refused
from portal.deposits import charges, kind_terms, offers, queries, services
from portal.deposits.models import ChargeKind, Product, ServiceCharge

TERMS, CHARGE = "product_terms", "service_charge"


@act(TERMS, title="Terms of a product", asks=Capability.PRODUCT_EDIT, capability=Capability.PRODUCT_APPROVE)
class TermsAct(Act):
    """The payload: `product` (id), `since` (day), `values` (columns of terms), `tiers` (pairs), `own` (columns of the kind's
    own terms), `reason`.
    """

    def check(self, payload: Payload) -> None:
        services.check_terms(product=_product(payload["product"]), **_proposed(payload))

    def diff(self, payload: Payload) -> Sequence[Difference]:
        product, proposed = _product(payload["product"]), _proposed(payload)
        held = queries.terms_on(product, proposed["since"])
        before = kind_terms.all_told(held) if held else {}
        told = offers.told(proposed["values"], proposed["tiers"], product.currency)
        after = kind_terms.all_of(product, told, proposed["own"])
        return [Difference(*row) for row in differing(before, after)]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        product = _product(payload["product"])
        terms = services.add_terms(product=product, **_proposed(payload), by=by, approved_by=approved_by, at=at)
        return {"terms": terms.pk}

    def summary(self, payload: Payload) -> str:
        return f"{_product(payload['product']).name}: other terms from {_day(payload['since']):%d %B %Y}"


@act(CHARGE, title="Service charge", asks=Capability.PRODUCT_EDIT, capability=Capability.PRODUCT_APPROVE)
class ChargeAct(Act):
    """The payload: `kind`, `product` (id or null), `currency`, `since` (day), `values` (columns of a charge)."""

    def check(self, payload: Payload) -> None:
        services.check_charge(**_charge(payload))

    def diff(self, payload: Payload) -> Sequence[Difference]:
        asked = _charge(payload)
        held = charges.held_before(asked["kind"], asked["product"], asked["currency"], asked["since"])
        proposed = ServiceCharge(kind=asked["kind"], currency=asked["currency"], **asked["values"])
        return [Difference(*row) for row in charges.changed(held, proposed)]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        charge = services.set_charge(**_charge(payload), by=by, approved_by=approved_by, at=at)
        return {"charge": charge.pk}

    def summary(self, payload: Payload) -> str:
        asked = _charge(payload)
        whose = asked["product"] or f"every product in {asked['currency']}"
        return f"{ChargeKind(asked['kind']).label}, {whose}, from {asked['since']:%d %B %Y}"


def _product(pk: int) -> Product:
    found = Product.objects.filter(pk=pk).first()
    if found is None:
        raise Refused("There is no such product any more.", code="no_product")
    return found


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _proposed(payload: Payload) -> dict[str, Any]:
    return {
        "since": _day(payload["since"]),
        "values": payload["values"],
        "tiers": [(low, bps) for low, bps in payload["tiers"]],
        "own": payload.get("own", {}),
        "reason": payload["reason"],
    }


def _charge(payload: Payload) -> dict[str, Any]:
    return {
        "kind": payload["kind"],
        "product": _product(payload["product"]) if payload["product"] else None,
        "currency": payload["currency"],
        "since": _day(payload["since"]),
        "values": payload["values"],
    }
