"""A dividend on shares: one person asks for it, another allows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.approvals.acts import Act, Difference, Payload, act
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import services, shares
from portal.deposits.models import Product
from portal.deposits.services.approved import DIVIDEND


@act(DIVIDEND, title="Dividend on shares", asks=Capability.DIVIDEND_DECLARE, capability=Capability.DIVIDEND_APPROVE)
class DividendDeclaration(Act):
    """So much on a product's shares for a period."""

    def check(self, payload: Payload) -> None:
        services.check_dividend(**_dividend(payload))

    def diff(self, payload: Payload) -> Sequence[Difference]:
        given = _dividend(payload)
        days = shares.share_days(given["product"], given["period_start"], given["period_end"])
        zero = Money.zero(given["total"].currency)
        return [Difference("Dividends to be paid", zero, given["total"]), Difference("Accounts paid", 0, len(days))]

    def summary(self, payload: Payload) -> str:
        given = _dividend(payload)
        days = f"{given['period_start']:%d %B %Y} to {given['period_end']:%d %B %Y}"
        return f"{given['total']} on {given['product']}, {days}"

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        dividend = services.declare_dividend(**_dividend(payload), by=by, approved_by=approved_by, at=at)
        return {"dividend": dividend.pk}


def _dividend(payload: Payload) -> dict[str, Any]:
    product = Product.objects.filter(code=payload["product"]).first()

    if product is None:
        raise Refused("There is no such product any more.", code="product")
    return {
        "product": product,
        "period_start": date.fromisoformat(payload["period_start"]),
        "period_end": date.fromisoformat(payload["period_end"]),
        "total": Money(payload["total_minor"], product.currency),
    }
