"""Refusals: what the business says no to, in words written for the person who asked."""

from __future__ import annotations

from collections.abc import Callable


class Refused(Exception):
    """An expected no. It changes nothing and carries a message for the person.

    `code` is a stable word for programs and tests; `field` names the form field at fault, when one is. What must stay
    although all else is undone (an alert, say) is written by `leaves`, once, in a transaction of its own.
    """

    code = "refused"
    leaves: Callable[[], object] | None = None

    def __init__(self, message: str, *, code: str = "", field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.field = field

    def settle(self) -> None:
        """Write what the refusal leaves. Called by whoever has undone the work: the outermost service, or who goes on."""
        leaves, self.leaves = self.leaves, None
        if leaves is not None:
            leaves()


class Stale(Refused):
    """Somebody else changed the thing first; shown as 409."""

    code = "stale"
