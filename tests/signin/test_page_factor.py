"""The second factor of a sign-in, and its enrolment for staff: there is no session before, whatever address is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from portal.access.roles import Role
from portal.base.errors import Refused
from portal.notifications.models import Delivery
from portal.outbox.models import Job
from portal.people.models import User
from portal.signin import queries, services
from portal.signin.models import AuthenticatorApp, RecoveryCode, SentCode
from tests.architecture.house import addresses
from tests.cast import NOW, Cast, make_customer, make_user
from tests.signin.factors import PASSWORD, code_for, code_of, give_app, shown_key, sign_in, type_password

WRONG = "000000"


@pytest.fixture
def auditor(cast: Cast) -> User:
    return make_user(Role.AUDITOR, "Nana Auditor", password=PASSWORD)


@pytest.fixture
def member(cast: Cast) -> User:
    return make_user(Role.CUSTOMER, "Nana Member", customer=make_customer("Nana Member", cast.north), password=PASSWORD)


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("profile")).status_code == 200


def answer(client: Client, by: str, code: str, **more: str) -> Any:
    return client.post(reverse("factor_ask"), {"by": by, "code": code, **more})


def test_password_then_code_leads_home(client: Client, auditor: User) -> None:
    app = give_app(auditor)
    assert type_password(client, auditor).headers["Location"] == reverse("factor_ask")
    assert not is_signed_in(client)
    type_password(client, auditor)
    assert answer(client, "app", code_of(app)).headers["Location"] == "/"
    assert is_signed_in(client)


def test_next_survives_the_second_step(client: Client, auditor: User) -> None:
    app = give_app(auditor)
    assert sign_in(client, auditor, app, next="/profile/?a=1").headers["Location"] == "/profile/?a=1"


def test_the_session_has_another_id_than_before(client: Client, auditor: User) -> None:
    app = give_app(auditor)
    type_password(client, auditor)
    before = client.session.session_key
    answer(client, "app", code_of(app))
    assert client.session.session_key != before


def test_a_code_opens_once(client: Client, auditor: User) -> None:
    app = give_app(auditor)
    code = code_of(app)
    type_password(client, auditor)
    answer(client, "app", code)
    other = Client()
    type_password(other, auditor)
    response = answer(other, "app", code)
    assert response.status_code == 422
    assert "used already" in response.content.decode()
    assert not is_signed_in(other)


def test_a_wrong_code_keeps_one_out_and_says_how_to_go_on(client: Client, auditor: User) -> None:
    give_app(auditor)
    services.make_recovery_codes(user=auditor, by=auditor, at=NOW)
    type_password(client, auditor)
    response = answer(client, "app", WRONG)
    assert response.status_code == 422
    assert "Recovery code" in response.content.decode()
    assert not is_signed_in(client)


def test_a_recovery_code_opens_once(client: Client, auditor: User) -> None:
    give_app(auditor)
    code = services.make_recovery_codes(user=auditor, by=auditor, at=NOW)[3]
    type_password(client, auditor)
    assert answer(client, "recovery", code.upper().replace("-", " ")).headers["Location"] == "/"
    other = Client()
    type_password(other, auditor)
    assert answer(other, "recovery", code).status_code == 422
    assert queries.recovery_codes_left(auditor) == 9


def test_ten_wrong_codes_lock_the_factor_and_a_recovery_code_opens_it(client: Client, auditor: User) -> None:
    app = give_app(auditor)
    codes = services.make_recovery_codes(user=auditor, by=auditor, at=NOW)
    AuthenticatorApp.objects.filter(pk=app.pk).update(failures=10)
    type_password(client, auditor)
    response = answer(client, "app", code_of(app))
    assert response.status_code == 422
    assert "locked after ten wrong codes" in response.content.decode()
    assert answer(client, "recovery", codes[0]).headers["Location"] == "/"
    app.refresh_from_db()
    assert app.failures == 0


def test_wrong_codes_count_towards_the_lock_of_the_account(client: Client, auditor: User) -> None:
    app = give_app(auditor)
    type_password(client, auditor)
    for _ in range(5):
        answer(client, "app", WRONG)
    assert answer(client, "app", code_of(app)).status_code == 422
    assert not is_signed_in(client)
    assert queries.is_locked(auditor)


def test_staff_without_a_factor_are_led_to_enrol(client: Client, auditor: User) -> None:
    assert type_password(client, auditor).headers["Location"] == reverse("enrol")
    assert "authenticator app" in client.get(reverse("enrol")).content.decode()


def test_no_address_leads_around_the_enrolment(client: Client, auditor: User) -> None:
    """Between password and factor one is a stranger everywhere: each address answers as to anybody."""
    type_password(client, auditor)
    walked = 0
    for address in addresses():
        if ":" in address.route or address.name in {"enrol", "app_add", "passkey_add", "recovery_codes"}:
            continue
        for method in ("get", "post"):
            visitor = Client()
            visitor.cookies.update(client.cookies)
            getattr(visitor, method)(reverse(str(address.name)))
            assert "_auth_user_id" not in visitor.session, address.name
            type_password(client, auditor)
            walked += 1
    assert walked > 60


def test_enrolling_an_app_ends_the_sign_in(client: Client, auditor: User) -> None:
    type_password(client, auditor, next="/profile/")
    body = client.get(reverse("app_add")).content.decode()
    assert "otpauth://totp/" in body
    assert not AuthenticatorApp.objects.exists()
    response = client.post(reverse("app_add"), {"code": code_for(shown_key(body)), "name": "My phone"})
    assert response.headers["Location"] == reverse("recovery_codes")
    assert not client.session.get("_auth_user_id")
    shown = client.get(reverse("recovery_codes")).content.decode()
    assert shown.count("<li><code>") == 10
    assert client.get(reverse("recovery_codes_file")).headers["Content-Disposition"].startswith("attachment")
    assert client.post(reverse("recovery_codes")).headers["Location"] == "/profile/"
    assert is_signed_in(client)
    assert not client.session.get("new_recovery_codes")


def test_an_app_is_no_factor_before_its_first_right_code(client: Client, auditor: User) -> None:
    type_password(client, auditor)
    client.get(reverse("app_add"))
    assert client.post(reverse("app_add"), {"code": WRONG}).status_code == 422
    assert not queries.has_factor(auditor)
    assert type_password(client, auditor).headers["Location"] == reverse("enrol")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.OPERATIONS_MANAGER])
def test_an_app_is_not_enough_for_those_who_need_a_passkey(client: Client, cast: Cast, role: Role) -> None:
    user = make_user(role, "Needs Passkey", password=PASSWORD)
    app = give_app(user)
    assert sign_in(client, user, app).headers["Location"] == reverse("enrol")
    assert not is_signed_in(client)


def test_an_installation_may_do_without_passkeys(client: Client, cast: Cast, settings: Any) -> None:
    settings.PASSKEYS_REQUIRED = False
    user = make_user(Role.ADMINISTRATOR, "Without Passkey", password=PASSWORD)
    assert sign_in(client, user, give_app(user)).headers["Location"] == "/"


def test_a_customer_without_a_factor_comes_in(client: Client, member: User) -> None:
    assert type_password(client, member).headers["Location"] == "/"
    assert is_signed_in(client)


def forget_what_was_sent() -> None:
    """The notice of the new factor is not what these tests are about."""
    Delivery.objects.all().delete()
    Job.objects.all().delete()


def test_a_customers_mail_code_comes_by_the_worker_and_opens_once(client: Client, member: User) -> None:
    way = services.begin_sent_code(user=member, channel="mail", destination="", by=member, at=NOW)
    services.confirm_sent_code(way=way, by=member, at=NOW)
    forget_what_was_sent()
    type_password(client, member)
    text = Job.objects.get(kind="mail.send").payload["text"]
    assert mail.outbox == []
    way.refresh_from_db()
    assert text[:6] not in str(way.token)
    assert answer(client, "mail", text[:6]).headers["Location"] == "/"
    other = Client()
    type_password(other, member)
    assert answer(other, "mail", text[:6]).status_code == 422


def test_a_sent_code_lasts_ten_minutes(client: Client, member: User) -> None:
    with time_machine.travel("2026-11-21T10:00:00Z", tick=False) as clock:
        way = services.begin_sent_code(user=member, channel="mail", destination="", by=member, at=NOW)
        services.confirm_sent_code(way=way, by=member, at=NOW)
        forget_what_was_sent()
        type_password(client, member)
        code = Job.objects.get(kind="mail.send").payload["text"][:6]
        clock.shift(timedelta(minutes=10))
        assert answer(client, "mail", code).status_code == 422


def test_another_code_is_sent_after_half_a_minute_and_voids_the_first(client: Client, member: User) -> None:
    with time_machine.travel("2026-11-21T10:00:00Z", tick=False) as clock:
        way = services.begin_sent_code(user=member, channel="mail", destination="", by=member, at=NOW)
        services.confirm_sent_code(way=way, by=member, at=NOW)
        forget_what_was_sent()
        type_password(client, member)
        assert client.post(reverse("factor_ask"), {"by": "mail", "send": "1"}).status_code == 422
        clock.shift(timedelta(seconds=31))
        assert client.post(reverse("factor_ask"), {"by": "mail", "send": "1"}).status_code == 303
        first, second = (job.payload["text"][:6] for job in Job.objects.filter(kind="mail.send").order_by("created_at"))
        assert first == second or answer(client, "mail", first).status_code == 422
        assert answer(client, "mail", second).headers["Location"] == "/"


def test_mail_and_messages_are_no_factor_of_staff(cast: Cast, auditor: User) -> None:
    for channel in SentCode.Channel.values:
        with pytest.raises(Refused, match="Staff use"):
            services.begin_sent_code(user=auditor, channel=channel, destination="+233241234567", by=auditor, at=NOW)


def test_cancelling_forgets_the_password(client: Client, auditor: User) -> None:
    give_app(auditor)
    type_password(client, auditor)
    client.post(reverse("factor_ask"), {"cancel": "1"})
    assert client.get(reverse("factor_ask")).headers["Location"] == reverse("account_login")


def test_somebody_suspended_meanwhile_comes_no_further(client: Client, auditor: User) -> None:
    app = give_app(auditor)
    type_password(client, auditor)
    User.objects.filter(pk=auditor.pk).update(is_active=False)
    answer(client, "app", code_of(app))
    assert client.get(reverse("account_login")).status_code == 200
    assert not is_signed_in(client)


def test_a_new_password_by_mail_does_not_replace_the_factor(client: Client, auditor: User) -> None:
    give_app(auditor)
    client.post(reverse("account_reset_password"), {"email": auditor.email})
    text = Job.objects.filter(kind="mail.send").latest("created_at").payload["text"]
    link = next(word for word in text.split() if "/reset/key/" in word)
    page = client.get(link, follow=True)
    new = "the tide turns at eleven"
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert not is_signed_in(client)
    assert type_password(client, auditor, new).headers["Location"] == reverse("factor_ask")


def test_recovery_codes_are_kept_as_hashes(cast: Cast, auditor: User) -> None:
    codes = services.make_recovery_codes(user=auditor, by=auditor, at=NOW)
    kept = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert len(set(codes)) == len(kept) == 10
    assert not any(code.replace("-", "") in text for code in codes for text in kept)
