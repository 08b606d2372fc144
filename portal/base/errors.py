"""Refusals: what the business says no to, in words written for the person who asked."""

from __future__ import annotations


class Refused(Exception):
    """An expected no. It changes nothing and carries a message for the person.

    `code` is a stable word for programs and tests; `field` names the form field at fault, when one is.
    """

    code = "refused"

    def __init__(self, message: str, *, code: str = "", field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.field = field


class Stale(Refused):
    """Somebody else changed the thing first; shown as 409."""

    code = "stale"
