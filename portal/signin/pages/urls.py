"""Addresses of signing in and out: allauth's views under our names, and our own beside them."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth_views
from django.urls import URLPattern, path, register_converter
from django.views.decorators.http import require_http_methods

from portal.access.gate import public
from portal.signin.pages import attempts, factor_urls, log, profile, sessions, signing_up, views


class Base36:
    """A number as allauth writes it; it ends at the first dash, for the key after it holds one too."""

    regex = "[0-9A-Za-z]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Base36, "base36")


def _signed_out(view: Any) -> Any:
    """One of allauth's views, by the methods it is made for: left alone, some answer any method as if it were GET."""
    return public("Signing in comes before any capability")(require_http_methods(["GET", "HEAD", "POST"])(view))


urlpatterns: list[URLPattern] = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-up/", signing_up.sign_up, name="account_signup"),
    path("sign-up/code/", signing_up.sign_up_code, name="sign_up_code"),
    path("sign-up/code/again/", signing_up.sign_up_again, name="sign_up_again"),
    path("session/", sessions.session_stay, name="session_stay"),
    path("profile/sessions/", sessions.session_list, name="session_list"),
    path("profile/sessions/end-others/", sessions.session_end_others, name="session_end_others"),
    path("profile/sessions/<int:sign_in_id>/end/", sessions.session_end, name="session_end"),
    path("sign-ins/", attempts.attempt_list, name="attempt_list"),
    path("sign-ins/tries.csv", attempts.attempt_csv, name="attempt_csv"),
    path("sign-ins/unlock/<int:person_id>/", attempts.attempt_unlock, name="attempt_unlock"),
    path("signed-in/", sessions.session_everybody, name="session_everybody"),
    path("signed-in/<int:sign_in_id>/end/", sessions.session_end_anyones, name="session_end_anyones"),
    path("account/inactive/", _signed_out(allauth_views.account_inactive), name="account_inactive"),
    path("password/reset/", _signed_out(allauth_views.password_reset), name="account_reset_password"),
    path("password/reset/sent/", _signed_out(allauth_views.password_reset_done), name="account_reset_password_done"),
    path(
        "password/reset/key/<base36:uidb36>-<str:key>/",
        _signed_out(allauth_views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        _signed_out(allauth_views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("profile/", profile.profile, name="profile"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("demo/sign-in/", views.demo_sign_in, name="demo_sign_in"),
    *log.urlpatterns,
    *factor_urls.urlpatterns,
]
