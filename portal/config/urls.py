"""Every address of the portal. A room's addresses stand in its own `pages/urls.py`."""

from __future__ import annotations

from allauth.account import views as allauth_views
from django.urls import URLPattern, URLResolver, include, path

from portal.access.gate import public

_SIGNED_OUT = public("Signing in comes before any capability")

sign_in: list[URLPattern] = [
    path("sign-in/", _SIGNED_OUT(allauth_views.login), name="account_login"),
    path("sign-up/", _SIGNED_OUT(allauth_views.signup), name="account_signup"),
    path("account/inactive/", _SIGNED_OUT(allauth_views.account_inactive), name="account_inactive"),
    path("password/reset/", _SIGNED_OUT(allauth_views.password_reset), name="account_reset_password"),
    path("password/reset/sent/", _SIGNED_OUT(allauth_views.password_reset_done), name="account_reset_password_done"),
    path(
        "password/reset/key/<str:uidb36>-<str:key>/",
        _SIGNED_OUT(allauth_views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        _SIGNED_OUT(allauth_views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *sign_in,
    path("", include("portal.config.health_urls")),
    path("", include("portal.home.pages.urls")),
    path("", include("portal.reports.pages.urls")),
    path("", include("portal.counter.pages.urls")),
    path("", include("portal.statements.pages.urls")),
    path("", include("portal.deposits.pages.urls")),
    path("", include("portal.drawers.pages.urls")),
    path("", include("portal.people.pages.urls")),
    path("", include("portal.documents.pages.urls")),
    path("", include("portal.audit.pages.urls")),
    path("", include("portal.outbox.pages.urls")),
    path("", include("portal.live.pages.urls")),
]
