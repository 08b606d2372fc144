"""The register of acts that need a second person.

An act is a class with one line above it, in its room's `acts.py` (found by itself when the program starts):

    @act("role_change", title="Change of role", asks=Capability.USER_MANAGE, capability=Capability.USER_APPROVE)
    class RoleChange(Act):
        def check(self, payload): ...
        def diff(self, payload): ...
        def carry_out(self, payload, *, by, approved_by, at): ...
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from portal.access.capabilities import Capability
from portal.base.errors import Refused
from portal.base.money import Money

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that will change: what it is now and what it will be. Texts, or `Money`."""

    label: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom an act is about. None of them decides on it, and no member of staff on their own customer account."""

    users: frozenset[int] = frozenset()
    customers: frozenset[int] = frozenset()


class Act(ABC):
    """What may be asked for. A payload is plain JSON: whole numbers, texts, lists, no floating numbers.

    `asks` is what the asker must hold (at asking and still when it is carried out), `capability` what a decider must
    hold, with the scope it has: `branch` reaches requests of the decider's own branch.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    capability: ClassVar[Capability]
    asks: ClassVar[Capability | None] = None
    expires_after: ClassVar[timedelta | None] = None
    has_amount: ClassVar[bool] = False
    """Whether requests carry an amount: then a role may have a ceiling up to which it decides."""
    own_business: ClassVar[bool] = False
    """Whether people ask for this about themselves, as members do about their accounts. They still decide on none of it."""

    @abstractmethod
    def check(self, payload: Payload) -> None:
        """Refuse what cannot be carried out as things are now. Asked at asking and again at the decision."""

    @abstractmethod
    def diff(self, payload: Payload) -> Sequence[Difference]:
        """What will change, worked out from what is true now."""

    @abstractmethod
    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> Mapping[str, Any] | None:
        """Do it, by the room's own service, in the transaction of the decision. Returns what the request keeps."""

    def summary(self, payload: Payload) -> str:
        """The request in one line of a list."""
        return self.title

    def address(self, payload: Payload) -> str:
        """The page of what it is about, for whoever decides to look at first; empty for most acts."""
        return ""

    def concerns(self, payload: Payload) -> Concerned:
        """Whom it is about."""
        return Concerned()

    def decisions_needed(self, amount: Money | None) -> int:
        """How many different people must approve; a ladder answers more for larger amounts."""
        return 1

    def decisions_for(self, payload: Payload, amount: Money | None) -> int:
        """The same, where the ladder hangs on what is asked for (a product) and not on the amount alone."""
        return self.decisions_needed(amount)

    def turned_down(self, payload: Payload, *, comment: str, by: Any, at: datetime) -> None:
        """The request was rejected by `by`: what else ends with it, in the same transaction. Nothing, for most acts."""
        return


ActT = TypeVar("ActT", bound=Act)
_acts: dict[str, Act] = {}


def act(
    name: str,
    *,
    title: str,
    capability: Capability,
    asks: Capability | None = None,
    expires_after: timedelta | None = None,
) -> Callable[[type[ActT]], type[ActT]]:
    """Put an act into the register. Without `expires_after` it waits as long as the institution's rules say."""

    def register(cls: type[ActT]) -> type[ActT]:
        if name in _acts and type(_acts[name]) is not cls:
            raise ValueError(f"two acts are called {name}")
        cls.name, cls.title, cls.capability, cls.asks, cls.expires_after = name, title, capability, asks, expires_after
        _acts[name] = cls()
        return cls

    return register


def act_named(name: str) -> Act:
    """The act of this name. One that the program no longer knows is refused: nothing can be carried out for it."""
    try:
        return _acts[name]
    except KeyError:
        raise Refused("The portal no longer knows how to do this.", code="unknown_act") from None


def known_acts() -> Mapping[str, Act]:
    """Every act by its name."""
    return dict(_acts)
