"""What the shell of every page shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.config.navigation import navigation
from portal.institution.queries import institution


def shell(request: HttpRequest) -> dict[str, Any]:
    """The institution and, for somebody signed in, the menu. Both are read only if the page uses them."""
    context: dict[str, Any] = {"institution": SimpleLazyObject(institution)}
    if hasattr(request, "user") and request.user.is_authenticated:
        context["nav"] = navigation(request.user, request.path)
    return context
