"""Addresses of factors: asked for while signing in, enrolled, kept, asked for again."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.signin.pages import codes, enrolling, factor, pin, security, step_up

urlpatterns: list[URLPattern] = [
    path("sign-in/factor/", factor.factor_ask, name="factor_ask"),
    path("sign-in/enrol/", factor.enrol, name="enrol"),
    path("step-up/", step_up.step_up, name="step_up"),
    path("security/", security.factor_list, name="factor_list"),
    path("security/app/", enrolling.app_add, name="app_add"),
    path("security/passkey/", enrolling.passkey_add, name="passkey_add"),
    path("security/code/<slug:channel>/", enrolling.sent_code_add, name="sent_code_add"),
    path("security/recovery-codes/", codes.recovery_codes, name="recovery_codes"),
    path("security/recovery-codes/new/", codes.recovery_codes_make, name="recovery_codes_make"),
    path("security/recovery-codes/file/", codes.recovery_codes_file, name="recovery_codes_file"),
    path("security/pin/", pin.pin_set, name="pin_set"),
    path("security/<slug:kind>/<int:factor_id>/name/", security.factor_rename, name="factor_rename"),
    path("security/<slug:kind>/<int:factor_id>/remove/", security.factor_remove, name="factor_remove"),
]
