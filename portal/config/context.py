"""What the shell of every page shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from portal.access.roles import Role
from portal.announcements.queries import news_for, shown_to_all
from portal.base.clock import now
from portal.config.navigation import Item, navigation
from portal.institution.queries import profile
from portal.notifications.queries import unread_count
from portal.people.queries import demonstration_sign_ins

DEMO_ROLES = {
    Role.CUSTOMER: ("user", "See accounts, move money, download statements"),
    Role.CASHIER: ("cash", "Open a drawer, take and pay out cash, count it blind"),
    Role.MOBILE_BANKER: ("map-pin", "Serve members on the round"),
    Role.MANAGER: ("building-bank", "See the branch's cash, drawers and books"),
    Role.OPERATIONS_MANAGER: ("settings", "Post interest, read and export the books"),
    Role.ADMINISTRATOR: ("key", "See who may do what, and who did what"),
    Role.AUDITOR: ("scale", "Read everything, prove the books, export them"),
}
"""Icon and description of each role for those who try the demonstration."""


def shell(request: HttpRequest) -> dict[str, Any]:
    """The institution and, for somebody signed in, the menus. What a page does not show is not read.

    `bell` is how many notices are unread, `announced` what stands on the first page and before signing in; `elsewhere`
    are the addresses of higher rooms that a lower room's page may lead to without knowing the room.
    """
    context: dict[str, Any] = {"institution": SimpleLazyObject(profile)}
    if hasattr(request, "user") and request.user.is_authenticated:
        context["nav"] = SimpleLazyObject(lambda: navigation(request.user, request.path))
        context["account_menu"] = [_profile(request.path)]
        context["announced"] = SimpleLazyObject(lambda: news_for(request.user, at=now()))
        context["bell"] = SimpleLazyObject(lambda: unread_count(request.user))
        context["elsewhere"] = {
            "statements": reverse("statement_choose"),
            "counter": reverse("counter"),
            "find": reverse("find"),
            "oversight": reverse("oversight"),
            "view_as_end": reverse("view_as_end"),
            "help": reverse("help_new"),
            "announcements": reverse("announcement_list"),
            "notices": reverse("notice_list"),
            "notices_badge": reverse("notice_badge"),
        }
    else:
        context["announced"] = SimpleLazyObject(shown_to_all)
        if settings.DEMONSTRATION:
            context["demo_sign_ins"] = SimpleLazyObject(_demo_sign_ins)
    return context


def _profile(path: str) -> Item:
    url = reverse("profile")
    return Item("Your profile", url, "user", current=path == url)


def _demo_sign_ins() -> list[dict[str, str]]:
    """The made-up people on the sign-in page: one click each."""
    return [
        {
            "email": user.email,
            "role_label": f"{user.get_role_display()}: {user.full_name}",
            "description": DEMO_ROLES[Role(user.role)][1],
            "icon": DEMO_ROLES[Role(user.role)][0],
        }
        for user in demonstration_sign_ins()
    ]
