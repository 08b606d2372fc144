"""The pages of notices: one's own only, and what leads away from the site leads nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from portal.base.errors import Refused
from portal.notifications.models import Notice, Preference
from portal.notifications.services import mute, notify
from tasks import runner
from tasks.tasks import HANDLERS
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


def told(user: Any, key: str = "1", url: str = "", period: str = "October") -> Notice:
    context = {"period": period, "link": ""}
    notice = notify(kind="statement.ready", person=user, context=context, key=key, by=None, at=NOW, url=url)
    assert notice is not None
    return notice


def test_the_list_is_ones_own_and_escaped(cast: Cast, client_for: Browser) -> None:
    told(cast.ama_user, period="<script>x</script>")
    told(cast.kofi_user, period="Kofi's month")
    text = client_for(cast.ama_user).get(reverse("notice_list")).content.decode()
    assert "&lt;script&gt;x&lt;/script&gt;" in text
    assert "Kofi" not in text


def test_the_bell_counts_until_all_is_read(cast: Cast, client_for: Browser) -> None:
    told(cast.ama_user)
    told(cast.ama_user, "2")
    client = client_for(cast.ama_user)
    assert client.get(reverse("notice_badge")).content.startswith(b"2")
    client.post(reverse("notices_read"))
    assert client.get(reverse("notice_badge")).content.strip() == b""


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_a_notice_leads_nowhere_else(cast: Cast, client_for: Browser, url: str) -> None:
    notice = told(cast.ama_user, url=url)
    response = client_for(cast.ama_user).post(reverse("notice_open", args=[notice.pk]))
    assert response.headers["Location"] == reverse("notice_list")


def test_opening_marks_and_leads_on(cast: Cast, client_for: Browser) -> None:
    notice = told(cast.ama_user, url="/statements/")
    response = client_for(cast.ama_user).post(reverse("notice_open", args=[notice.pk]))
    notice.refresh_from_db()
    assert (response.status_code, response.headers["Location"], notice.read_at is None) == (303, "/statements/", False)


def test_what_is_put_off_comes_back_the_next_morning(cast: Cast, client_for: Browser) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        notice, client = told(cast.ama_user), client_for(cast.ama_user)
        client.post(reverse("notice_later", args=[notice.pk]))
        assert notice.subject not in client.get(reverse("notice_list")).content.decode()
        assert client.get(reverse("notice_badge")).content.strip() == b""
        client.post(reverse("notices_read"))
        clock.move_to(NOW + timedelta(hours=22, minutes=1))
        again = client_for(cast.ama_user)
        assert notice.subject in again.get(reverse("notice_list")).content.decode()
        assert again.get(reverse("notice_badge")).content.startswith(b"1")


def replied(user: Any, key: str) -> Notice | None:
    context = {"number": "T-000001", "subject": "A card"}
    return notify(kind="ticket.reply", person=user, context=context, key=key, by=None, at=NOW, url="/help/1/")


def test_of_a_muted_thread_nothing_more_is_told_until_one_asks_again(cast: Cast, client_for: Browser) -> None:
    notice, client = replied(cast.ama_user, "1"), client_for(cast.ama_user)
    assert notice is not None
    client.post(reverse("notice_mute", args=[notice.pk]))
    muted = replied(cast.ama_user, "2")
    assert muted is not None
    assert (muted.is_shown, muted.deliveries.count()) == (False, 0)
    assert client.get(reverse("notice_badge")).content.strip() == b""
    assert "Tell me again" in client.get(reverse("notice_choices")).content.decode()
    client.post(reverse("notice_mute", args=[notice.pk]), {"again": "1"})
    told_again = replied(cast.ama_user, "3")
    assert told_again is not None
    assert told_again.is_shown


def test_what_is_of_security_cannot_be_muted(cast: Cast) -> None:
    context = {"number": "1", "amount": "GHS 1.00"}
    alert = notify(kind="fraud.critical", person=cast.manager, context=context, key="1", by=None, at=NOW, url="/x/")
    assert alert is not None
    with pytest.raises(Refused):
        mute(notice=alert, by=cast.manager, at=NOW)
    with pytest.raises(Refused):
        mute(notice=alert, by=cast.cashier, at=NOW)


def test_choices_are_kept_as_differences(cast: Cast, client_for: Browser) -> None:
    client = client_for(cast.ama_user)
    page = client.get(reverse("notice_choices")).content.decode()
    assert 'name="wanted" value="signin.new_device:email" checked disabled' in page
    client.post(
        reverse("notice_choices"), {"wanted": ["statement.ready:sms"], "large": "500", "begins": "", "ends": ""}
    )
    changed = Preference.objects.filter(user=cast.ama_user, kind="statement.ready")
    assert sorted(changed.values_list("channel", "is_wanted")) == [("app", False), ("email", False), ("sms", True)]
    assert "500.00" in client.get(reverse("notice_choices")).content.decode()


def test_half_of_the_quiet_hours_is_refused_and_nothing_lost(cast: Cast, client_for: Browser) -> None:
    response = client_for(cast.ama_user).post(reverse("notice_choices"), {"begins": "21:00", "ends": "", "low": "12"})
    assert response.status_code == 422
    assert 'value="12"' in response.content.decode()


def test_a_preview_keeps_nothing(cast: Cast, client_for: Browser) -> None:
    client = client_for(cast.operations_manager)
    url = reverse("wording_edit", args=["sms", "statement.ready"])
    response = client.post(url, {"after": 0, "text": "{period}: <b>ready</b>", "preview": "1"})
    assert "October 2026: &lt;b&gt;ready&lt;/b&gt;" in response.content.decode()
    assert "1 text message" in response.content.decode()
    wrong = client.post(url, {"after": 0, "text": "{nobody}", "preview": "1"})
    assert "Nobody knows what {nobody} is" in wrong.content.decode()


def test_a_test_says_what_the_mail_server_said(cast: Cast, client_for: Browser, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    client = client_for(cast.administrator)
    key = "019aa000-0000-7000-8000-000000000001"
    given = {"channel": "email", "address": "a@example.org", "key": key}
    sent = client.post(reverse("delivery_test"), given)
    runner.drain(HANDLERS)
    assert "Connection refused" in client.get(sent.headers["Location"]).content.decode()
    assert "Connection refused" in client.get(reverse("delivery_list")).content.decode()


def test_a_test_that_arrived_says_so_too(cast: Cast, client_for: Browser) -> None:
    client = client_for(cast.administrator)
    given = {"channel": "email", "address": "a@example.org", "key": "019aa000-0000-7000-8000-000000000002"}
    sent = client.post(reverse("delivery_test"), given)
    runner.drain(HANDLERS)
    assert "“Accepted”" in client.get(sent.headers["Location"]).content.decode()
