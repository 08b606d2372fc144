"""What we use of allauth beyond its documented settings: should a new version change it, this says so before anybody is let in."""

from __future__ import annotations

import inspect
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal import stagekit
from allauth.account.stages import LoginStage, LoginStageController
from django.test import Client
from django.urls import reverse

from portal.access.roles import Role
from portal.signin.adapter import AccountAdapter
from portal.signin.stages import EnrolStage, FactorStage
from tests.cast import Cast, make_user
from tests.signin.factors import PASSWORD, give_app, type_password


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_stages_are_entered_and_left_by_the_names_we_use() -> None:
    assert parameters(LoginStageController.enter) == ["request", "stage_key"]
    assert parameters(LoginStage.__init__)[:4] == ["self", "controller", "request", "login"]
    assert parameters(LoginStage.handle) == ["self"]
    assert callable(LoginStage.exit)
    assert parameters(stagekit.clear_login) == ["request"]


def test_the_adapter_is_asked_by_the_names_we_answer_to() -> None:
    for name in (
        "authenticate",
        "pre_authenticate",
        "set_password",
        "get_login_stages",
        "is_open_for_signup",
        "get_reset_password_from_key_url",
        "send_mail",
    ):
        ours, theirs = getattr(AccountAdapter, name), getattr(DefaultAccountAdapter, name)
        assert parameters(ours)[: len(parameters(theirs))] == parameters(theirs), name
    assert {"email_password_mismatch", "too_many_login_attempts"} <= set(DefaultAccountAdapter.error_messages)


def test_our_stages_are_the_last_ones() -> None:
    stages = AccountAdapter().get_login_stages()
    assert stages[-2:] == ["portal.signin.stages.FactorStage", "portal.signin.stages.EnrolStage"]
    assert {FactorStage.key, EnrolStage.key} == {"factor", "enrol"}


def test_between_password_and_factor_there_is_no_user_in_the_session(cast: Cast, client: Client) -> None:
    auditor = make_user(Role.AUDITOR, "Half Way", password=PASSWORD)
    give_app(auditor)
    type_password(client, auditor)
    assert "_auth_user_id" not in client.session
    assert "account_login" in client.session
    assert client.get(reverse("profile")).status_code == 302


def test_a_suspended_person_is_led_out_of_the_stage(cast: Cast, client: Client) -> None:
    auditor = make_user(Role.AUDITOR, "Half Way", password=PASSWORD)
    give_app(auditor)
    type_password(client, auditor)
    type(auditor).objects.filter(pk=auditor.pk).update(is_active=False)
    assert client.get(reverse("factor_ask")).status_code == 302
    assert "account_login" not in client.session
