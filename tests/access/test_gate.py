"""The gate: deny by default, sign in first, and whoever is suspended is nobody."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from portal.access.capabilities import Capability
from portal.access.context import Can
from portal.access.gate import EveryViewIsMarked, mark_of, public, requires, scope_of
from portal.access.grants import Scope
from portal.access.roles import Role
from portal.people.models import User


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("in")


def asked(user: User | AnonymousUser) -> HttpRequest:
    request = RequestFactory().get("/reports/?a=1")
    request.user = user
    return request


def somebody(role: Role, *, is_active: bool = True) -> User:
    return User(email="a@example.org", full_name="A", role=role, is_active=is_active)


def test_a_stranger_is_led_to_sign_in_and_back() -> None:
    response = requires(Capability.AUDIT_VIEW)(plain)(asked(AnonymousUser()))
    assert response.headers["Location"] == "/sign-in/?next=/reports/%3Fa%3D1"


def test_whoever_has_the_capability_gets_in() -> None:
    assert requires(Capability.AUDIT_VIEW)(plain)(asked(somebody(Role.AUDITOR))).status_code == 200


@pytest.mark.parametrize("user", [somebody(Role.CASHIER), somebody(Role.AUDITOR, is_active=False)])
def test_whoever_has_not_or_is_suspended_does_not(user: User) -> None:
    with pytest.raises(PermissionDenied):
        requires(Capability.AUDIT_VIEW)(plain)(asked(user))


def test_a_view_that_nobody_marked_is_closed() -> None:
    with pytest.raises(PermissionDenied):
        EveryViewIsMarked(plain).process_view(asked(somebody(Role.ADMINISTRATOR)), plain, (), {})


def test_a_marked_view_passes_and_says_why() -> None:
    opened = public("a probe")(plain)
    EveryViewIsMarked(plain).process_view(asked(AnonymousUser()), opened, (), {})
    assert mark_of(opened) == "public: a probe"


def test_no_scope_for_strangers() -> None:
    assert scope_of(AnonymousUser(), Capability.HOME_VIEW) is Scope.NONE


def test_templates_ask_by_name_and_a_wrong_name_is_a_bug() -> None:
    can = Can(somebody(Role.CASHIER))
    assert can["CASH_PAY"] is True
    assert can["AUDIT_VIEW"] is False
    with pytest.raises(KeyError):
        can["CASH_PRINT"]
