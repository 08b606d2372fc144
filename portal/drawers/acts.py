"""What drawers and vaults ask a second person for: differences above the tolerance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from portal.access.capabilities import Capability
from portal.approvals.acts import Act, Difference, Payload, act
from portal.base.errors import Refused
from portal.base.money import Money
from portal.drawers.models import Drawer, DrawerSession, VaultCount
from portal.drawers.queries import TAKE_OVER_ACT, VARIANCE_ACT, held_in, sessions, vault_holds
from portal.drawers.services import settle_take_over, settle_variance, settle_vault
from portal.drawers.services.limiting import LIMITS, LIMITS_ACT, change_limits, check_limits
from portal.drawers.services.vault import VAULT_ACT


@act(
    VARIANCE_ACT,
    title="Difference at the close of a drawer",
    capability=Capability.VARIANCE_DECIDE,
    asks=Capability.DRAWER_OPERATE,
)
class DrawerVariance(Act):
    """Accept a counted difference: it goes to cash over and short, and the drawer closes."""

    def check(self, payload: Payload) -> None:
        session = _session(payload)
        if session.state != DrawerSession.State.COUNTED:
            raise Refused("This drawer is not waiting to be closed any more.", code="over")
        if held_in(session.drawer).minor != payload["expected_minor"]:
            raise Refused("The books have changed since this was counted.", code="changed")

    def diff(self, payload: Payload) -> Sequence[Difference]:
        return [_cash(f"Cash in {_session(payload).drawer}", payload, _session(payload).drawer.currency)]

    def summary(self, payload: Payload) -> str:
        session = _session(payload)
        return (
            f"{session.drawer}, {session.cashier}: {_word(payload)} by {_difference(payload, session.drawer.currency)}"
        )

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        session = _session(payload)
        expected = Money(payload["expected_minor"], session.drawer.currency)
        note, key = payload["note"], payload["key"]
        closed = settle_variance(session=session, expected=expected, note=note, key=key, by=by, at=at)
        return {"z_number": closed.z_number}


@act(
    TAKE_OVER_ACT,
    title="Difference in a drawer that was taken over",
    capability=Capability.VARIANCE_DECIDE,
    asks=Capability.DRAWER_OVERSEE,
)
class TakenOverDifference(DrawerVariance):
    """Accept the difference in the drawer of somebody who was absent: it goes to cash over and short, and it closes."""

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        session = _session(payload)
        currency = session.drawer.currency
        closed = settle_take_over(
            session=session,
            expected=Money(payload["expected_minor"], currency),
            counted=Money(payload["counted_minor"], currency),
            note=payload["note"],
            key=payload["key"],
            by=by,
            at=at,
        )
        return {"z_number": closed.z_number}


@act(
    VAULT_ACT,
    title="Difference in the vault",
    capability=Capability.VARIANCE_DECIDE,
    asks=Capability.VAULT_OPERATE,
)
class VaultDifference(Act):
    """Accept a difference counted in the vault: it goes to cash over and short."""

    def check(self, payload: Payload) -> None:
        if vault_holds(_count(payload).branch).minor != payload["expected_minor"]:
            raise Refused("Cash has moved since this was counted. Count the vault again.", code="changed")

    def diff(self, payload: Payload) -> Sequence[Difference]:
        return [_cash("Cash in the vault", payload, vault_holds(_count(payload).branch).currency)]

    def summary(self, payload: Payload) -> str:
        count = _count(payload)
        return (
            f"Vault of {count.branch}: {_word(payload)} by {_difference(payload, vault_holds(count.branch).currency)}"
        )

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        variance = settle_vault(count=_count(payload), by=by, at=at)
        return {"entry": str(variance.entry_id)}


@act(
    LIMITS_ACT,
    title="Limits of a drawer",
    capability=Capability.LIMIT_APPROVE,
    asks=Capability.DRAWER_MANAGE,
)
class DrawerLimits(Act):
    """Let a drawer hold, take in and pay out more or less. The payload: `drawer`, and `limits` by column in minor units."""

    def check(self, payload: Payload) -> None:
        check_limits(_drawer(payload), payload["limits"])

    def diff(self, payload: Payload) -> Sequence[Difference]:
        drawer, wanted = _drawer(payload), payload["limits"]
        return [
            Difference(label, Money(getattr(drawer, name), drawer.currency), Money(wanted[name], drawer.currency))
            for name, label in LIMITS.items()
            if getattr(drawer, name) != wanted[name]
        ]

    def summary(self, payload: Payload) -> str:
        drawer = _drawer(payload)
        return f"Other limits for {drawer} in {drawer.branch}"

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any]:
        limits = payload["limits"]
        return change_limits(drawer=_drawer(payload), limits=limits, by=by, approved_by=approved_by, at=at)


def _drawer(payload: Payload) -> Drawer:
    return Drawer.objects.select_related("branch", "ledger_account").get(pk=payload["drawer"])


def _session(payload: Payload) -> DrawerSession:
    return sessions().get(pk=payload["session"])


def _count(payload: Payload) -> VaultCount:
    return VaultCount.objects.select_related("branch", "counted_by").get(pk=payload["count"])


def _cash(label: str, payload: Payload, currency: str) -> Difference:
    return Difference(label, Money(payload["expected_minor"], currency), Money(payload["counted_minor"], currency))


def _difference(payload: Payload, currency: str) -> Money:
    return abs(Money(payload["counted_minor"] - payload["expected_minor"], currency))


def _word(payload: Payload) -> str:
    return "over" if payload["counted_minor"] > payload["expected_minor"] else "short"
