"""Transfers beyond a limit, and limits themselves: what a second person must allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from portal.access.capabilities import Capability
from portal.access.roles import Role
from portal.approvals.acts import Act, Concerned, Difference, Payload, act
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import limits, services
from portal.deposits.models import Beyond, Channel, DepositAccount, MoneyLimit, Product
from portal.deposits.services.approved import LIMIT, NEW_PAYEES, TRANSFER
from portal.fraud.services.gate import UnderReview
from portal.institution.queries import branches
from portal.people.models import Customer

NO_LIMIT = "No limit"


@act(TRANSFER, title="Transfer beyond a limit", asks=Capability.TRANSFER_MAKE, capability=Capability.TRANSFER_APPROVE)
class TransferBeyondLimit(Act):
    """A customer's transfer that a limit holds back."""

    own_business = True

    def check(self, payload: Payload) -> None:
        source, target = _accounts(payload)
        if source.state != DepositAccount.State.ACTIVE or target.state == DepositAccount.State.CLOSED:
            raise Refused("One of the accounts does not move any more.", code="not_moving")

    def diff(self, payload: Payload) -> Sequence[Difference]:
        source, _ = _accounts(payload)
        booked = source.ledger_account.balance.balance_minor
        currency = source.currency
        after = Money(booked - payload["amount_minor"], currency)
        return [Difference(f"Balance of {source.number}", Money(booked, currency), after)]

    def summary(self, payload: Payload) -> str:
        source, target = _accounts(payload)
        amount = Money(payload["amount_minor"], payload["currency"])
        return f"{amount} from {source.customer.full_name} to {target.customer.full_name} …{target.last_four}"

    def concerns(self, payload: Payload) -> Concerned:
        """Whoever pays and whoever is paid."""
        return Concerned(customers=frozenset(account.customer_id for account in _accounts(payload)))

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        source, target = _accounts(payload)
        try:
            with transaction.atomic():
                posted = services.transfer(
                    source=source,
                    target=target,
                    amount=Money(payload["amount_minor"], payload["currency"]),
                    memo=payload["memo"],
                    key=payload["key"],
                    is_approved=True,
                    by=by,
                    at=at,
                )
        except UnderReview as waits:
            # It is allowed, and this decision is taken: what the gate set aside posts, or does not, by its own review.
            waits.settle()
            return {"note": "a review of fraud decides whether it posts"}
        return {"reference": posted.reference}


def _accounts(payload: Payload) -> tuple[DepositAccount, DepositAccount]:
    related = ("customer", "product", "branch", "ledger_account__balance")
    found = DepositAccount.objects.select_related(*related).filter(number__in=[payload["source"], payload["target"]])
    by_number = {account.number: account for account in found}
    if len(by_number) != 2:
        raise Refused("One of the accounts is not there any more.", code="account")
    return by_number[payload["source"]], by_number[payload["target"]]


@act(LIMIT, title="Limit on what leaves accounts", asks=Capability.LIMIT_MANAGE, capability=Capability.LIMIT_APPROVE)
class LimitChange(Act):
    """Another limit, from a day on."""

    def check(self, payload: Payload) -> None:
        _scope(payload)
        if payload["channel"] == Channel.CLOSING and payload["per_day_minor"] is not None:
            raise Refused("Closing an account knows a limit at once only.", code="closing", field="per_day")
        if date.fromisoformat(payload["effective_from"]) < _today():
            raise Refused("The day it should begin is over. Ask again.", code="past", field="effective_from")

    def diff(self, payload: Payload) -> Sequence[Difference]:
        now = self._present(payload)
        changes = []
        for label, name in (("At once", "at_once_minor"), ("In a day", "per_day_minor")):
            before = getattr(now, name) if now else None
            changes.append(Difference(label, *(_told(minor, payload["currency"]) for minor in (before, payload[name]))))
        before_beyond = Beyond(now.beyond).label if now else "–"
        return [*changes, Difference("Beyond it", before_beyond, Beyond(payload["beyond"]).label)]

    def _present(self, payload: Payload) -> MoneyLimit | None:
        product, customer = _scope(payload)
        return limits.limit_of_scope(
            role=payload["role"],
            channel=payload["channel"],
            product_id=product.pk if product else None,
            customer_id=customer.pk if customer else None,
            currency=payload["currency"],
            day=date.fromisoformat(payload["effective_from"]),
        )

    def summary(self, payload: Payload) -> str:
        product, customer = _scope(payload)
        role = Role(payload["role"]).label if payload["role"] else ""
        channel = Channel(payload["channel"]).label if payload["channel"] else ""
        words = [role, channel, str(product or ""), customer.full_name if customer else ""]
        scope = ", ".join(word for word in words if word) or "Everybody"
        return f"Limit of {scope} from {date.fromisoformat(payload['effective_from']):%d %B %Y}"

    def concerns(self, payload: Payload) -> Concerned:
        _, customer = _scope(payload)
        return Concerned(customers=frozenset({customer.pk}) if customer else frozenset())

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        product, customer = _scope(payload)
        currency = payload["currency"]
        at_once, per_day = (
            None if payload[name] is None else Money(payload[name], currency)
            for name in ("at_once_minor", "per_day_minor")
        )
        limit = services.set_limit(
            role=payload["role"],
            channel=payload["channel"],
            product=product,
            customer=customer,
            currency=currency,
            at_once=at_once,
            per_day=per_day,
            beyond=payload["beyond"],
            effective_from=date.fromisoformat(payload["effective_from"]),
            reason=payload["reason"],
            by=by,
            approved_by=approved_by,
            at=at,
        )
        return {"limit": limit.pk}


@act(NEW_PAYEES, title="Rule for new payees", asks=Capability.LIMIT_MANAGE, capability=Capability.LIMIT_APPROVE)
class NewPayeeChange(Act):
    """How long a payee counts as new, and how much may go to new ones in a day, from a day on."""

    def check(self, payload: Payload) -> None:
        if date.fromisoformat(payload["effective_from"]) < _today():
            raise Refused("The day it should begin is over. Ask again.", code="past", field="effective_from")

    def diff(self, payload: Payload) -> Sequence[Difference]:
        now = limits.new_payee_rule(payload["currency"], date.fromisoformat(payload["effective_from"]))
        before = Money(now.per_day_minor, now.currency) if now else NO_LIMIT
        hours = f"{now.cooling_hours} hours" if now else "–"
        return [
            Difference("Counts as new for", hours, f"{payload['cooling_hours']} hours"),
            Difference("To new payees in a day", before, Money(payload["per_day_minor"], payload["currency"])),
        ]

    def summary(self, payload: Payload) -> str:
        return f"Rule for new payees from {date.fromisoformat(payload['effective_from']):%d %B %Y}"

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        rule = services.set_new_payee_rule(
            currency=payload["currency"],
            cooling_hours=payload["cooling_hours"],
            per_day=Money(payload["per_day_minor"], payload["currency"]),
            effective_from=date.fromisoformat(payload["effective_from"]),
            reason=payload["reason"],
            by=by,
            approved_by=approved_by,
            at=at,
        )
        return {"rule": rule.pk}


def _scope(payload: Payload) -> tuple[Product | None, Customer | None]:
    product = Product.objects.filter(code=payload["product"]).first() if payload["product"] else None
    customer = Customer.objects.filter(number=payload["customer"]).first() if payload["customer"] else None
    if bool(payload["product"]) != (product is not None) or bool(payload["customer"]) != (customer is not None):
        raise Refused("There is no such product or member.", code="scope")
    return product, customer


def _told(minor: int | None, currency: str) -> Money | str:
    return NO_LIMIT if minor is None else Money(minor, currency)


def _today() -> date:
    return min(branch.business_date for branch in branches())
