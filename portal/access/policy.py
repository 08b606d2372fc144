"""The rules of signing in that an institution may make stricter, never laxer: one place that all code asks.

The numbers here are those in force until somebody sets others, and the laxest there may be. What was set is kept by the
room of signing in, which says here how it is read. An answer is at most ten seconds old.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from django.conf import settings

from portal.access.roles import Role

ALWAYS_PASSKEY = frozenset({Role.ADMINISTRATOR, Role.OPERATIONS_MANAGER})
"""The roles that must have a passkey whatever the institution says."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Minutes, hours and lengths in force, and the roles that must have a passkey."""

    idle_minutes: int = 15
    longest_hours: int = 12
    password_alone: int = 15
    password_with_factor: int = 8
    approval_hours: int = 72
    passkey_roles: frozenset[str] = ALWAYS_PASSKEY
    tells_every_sign_in: bool = False

    @property
    def idle_seconds(self) -> int:
        return self.idle_minutes * 60

    @property
    def longest_seconds(self) -> int:
        return self.longest_hours * 60 * 60


@dataclass(frozen=True, slots=True)
class Bound:
    """From where to where a number may be set; the default is its lax end."""

    least: int
    most: int


BOUNDS = {
    "idle_minutes": Bound(5, 15),
    "longest_hours": Bound(1, 12),
    "password_alone": Bound(15, 64),
    "password_with_factor": Bound(8, 64),
    "approval_hours": Bound(4, 72),
}


class _Known:
    """What was read last, and how it is read."""

    read: Callable[[], Policy] = Policy
    answer: Policy | None = None
    until: float = 0.0


def read_with(read: Callable[[], Policy]) -> None:
    """Say how the policy in force is found; called once, when the program starts."""
    _Known.read = staticmethod(read)


def current() -> Policy:
    """The policy in force."""
    answer = _Known.answer
    if answer is None or monotonic() >= _Known.until:
        answer = _Known.answer = _Known.read()
        _Known.until = monotonic() + settings.POLICY_CACHE_SECONDS
    return answer


def forget() -> None:
    """Read afresh the next time: another policy holds."""
    _Known.answer = None
