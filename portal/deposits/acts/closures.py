"""Closing an account that holds much."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from portal.access.capabilities import Capability
from portal.approvals.acts import Act, Concerned, Difference, Payload, act
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import queries, services
from portal.deposits.models import AccountClosure, DepositAccount
from portal.deposits.services.approved import CLOSURE, CLOSURE_WISH
from portal.notifications.services import notify
from portal.people.models import User


@act(CLOSURE, title="Closing an account", asks=Capability.ACCOUNT_CLOSE, capability=Capability.ACCOUNT_CLOSE)
class ClosureAct(Act):
    """The payload: `account` and `target` (numbers; the target may be empty), `reason`, `key`."""

    def check(self, payload: Payload) -> None:
        services.refuse_closing(_account(payload), payload["reason"], _target(payload))

    def diff(self, payload: Payload) -> Sequence[Difference]:
        account, target = _account(payload), _target(payload)
        return [
            Difference("State", account.get_state_display(), DepositAccount.State.CLOSED.label),
            Difference(
                "Balance", queries.funds_of(account).booked, f"to account …{target.last_four}" if target else "–"
            ),
        ]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        closure = services.close_account(
            account=_account(payload),
            reason=payload["reason"],
            target=_target(payload),
            key=payload["key"],
            asked_by=by,
            approved_by=approved_by,
            at=at,
        )
        return {"closure": closure.pk}

    def summary(self, payload: Payload) -> str:
        account = _account(payload)
        return f"Close account …{account.last_four} of {account.customer.full_name}"

    def concerns(self, payload: Payload) -> Concerned:
        return Concerned(customers=frozenset({_account(payload).customer_id}))


@act(
    CLOSURE_WISH,
    title="Closing an account at its member's wish",
    asks=Capability.ACCOUNT_CLOSE_ASK,
    capability=Capability.ACCOUNT_CLOSE,
)
class ClosureWish(ClosureAct):
    """The same, asked for by the member, who is told what became of it."""

    own_business = True

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        done = super().carry_out(payload, by=by, approved_by=approved_by, at=at)
        closure = AccountClosure.objects.select_related("payout_account").get(pk=done["closure"])
        what = f"It was closed. Its last balance was {Money(closure.last_balance_minor, _account(payload).currency)}"
        to = closure.payout_account
        _tell(payload, f"{what}, which is in account …{to.last_four} now." if to else f"{what}.", person=by, at=at)
        return done

    def turned_down(self, payload: Payload, *, comment: str, by: Any, at: datetime) -> None:
        person = User.objects.filter(customer=_account(payload).customer_id).first()
        if person is not None:
            _tell(payload, f"It stays open: {comment}", person=person, at=at)


def _tell(payload: Payload, what: str, *, person: User, at: datetime) -> None:
    account = _account(payload)
    context = {"account": f"{account.name} …{account.last_four}", "what": what}
    url = reverse("account_keeping", args=[account.number])
    notify(kind="account.closing", person=person, context=context, key=payload["key"], url=url, by=None, at=at)


def _account(payload: Payload) -> DepositAccount:
    found = queries.account_by_number(payload["account"])
    if found is None:
        raise Refused("There is no such account any more.", code="no_account")
    return found


def _target(payload: Payload) -> DepositAccount | None:
    return queries.account_by_number(payload["target"]) if payload["target"] else None
