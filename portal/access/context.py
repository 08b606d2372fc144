"""What templates ask: `{% if can.CASH_PAY %}`, never a role."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from portal.access.capabilities import Capability
from portal.access.gate import allows


class Can:
    """Answers `can.NOUN_VERB` for one user; an unknown name is a bug and raises."""

    def __init__(self, user: Any) -> None:
        self._user = user

    def __getitem__(self, name: str) -> bool:
        return allows(self._user, Capability[name])


def access(request: HttpRequest) -> dict[str, Any]:
    return {"can": Can(request.user)} if hasattr(request, "user") else {}
