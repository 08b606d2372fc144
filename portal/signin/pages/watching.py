"""What ties the pages together on which signing in is watched."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from portal.access.capabilities import Capability
from portal.access.gate import allows

_PAGES = (
    ("attempt_list", "Tries", Capability.SIGNIN_VIEW),
    ("session_log", "Signed in and out", Capability.SIGNIN_VIEW),
    ("session_everybody", "Signed in now", Capability.SESSION_MANAGE),
)


def tabs_for(user: Any, here: str) -> list[dict[str, Any]]:
    """The lists this user may open, the one named `here` marked."""
    allowed = [(name, label) for name, label, capability in _PAGES if allows(user, capability)]
    return [{"label": label, "url": reverse(name), "current": name == here} for name, label in allowed]
