"""Telling people: once, by the channels they want, in words that never run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from portal.base.errors import Refused, Stale
from portal.notifications import queries, services
from portal.notifications.kinds import KINDS, Channel, kind_named
from portal.notifications.models import Delivery, Notice
from portal.notifications.services import Choice
from portal.notifications.wording import filled, segments, unknown_blanks
from portal.outbox.models import Job
from tasks import runner
from tasks.tasks import HANDLERS
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
PERIOD = {"period": "October 2026", "link": "https://bank.example/statements/"}
FAILED = {"amount": "GHS 5.00", "payee": "Kofi …1234", "due": "21 November 2026", "reason": "Not enough money."}


def tell(person: Any, kind: str = "statement.ready", key: str = "1", at: datetime = NOW, **context: str) -> Notice:
    given = context or (PERIOD if kind == "statement.ready" else FAILED)
    notice = services.notify(kind=kind, person=person, context=given, key=key, by=None, at=at)
    assert notice is not None
    return notice


def channels_of(notice: Notice) -> list[str]:
    return sorted(notice.deliveries.values_list("channel", flat=True))


def choose(cast: Cast, *wanted: tuple[str, str], **more: Any) -> None:
    services.choose(user=cast.ama_user, choice=Choice(wanted=set(wanted), **more), by=cast.ama_user, at=NOW)


def test_one_notice_however_often_it_is_told(cast: Cast) -> None:
    assert tell(cast.ama_user).pk == tell(cast.ama_user).pk
    assert Job.objects.filter(kind="mail.send", key__startswith="notice:").count() == 1


def test_the_same_key_for_another_person_is_another_notice(cast: Cast) -> None:
    assert tell(cast.ama_user).pk != tell(cast.kofi_user).pk


def test_the_mail_that_leaves_carries_the_words(cast: Cast) -> None:
    notice = tell(cast.ama_user)
    runner.drain(HANDLERS)
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == ([cast.ama_user.email], "Your statement for October 2026 is ready")
    assert sent.body.startswith("Hello Ama Mensah,")
    delivery = notice.deliveries.get()
    assert (delivery.state, delivery.answer) == ("sent", "Accepted")


def test_what_somebody_turned_off_does_not_leave(cast: Cast) -> None:
    choose(cast, ("statement.ready", "sms"))
    notice = tell(cast.ama_user)
    assert (notice.is_shown, channels_of(notice)) == (False, ["sms"])


def test_a_security_notice_cannot_be_turned_off(cast: Cast) -> None:
    choose(cast)
    device: dict[str, Any] = {"device": "Firefox", "source": "10.0.0.1", "when": "now"}
    notice = tell(cast.ama_user, "signin.new_device", **device)
    assert (notice.is_shown, channels_of(notice)) == (True, ["email"])


def test_quiet_hours_hold_back_mail_over_midnight(cast: Cast) -> None:
    choose(cast, ("statement.ready", "email"), begins=time(21), ends=time(6, 30))
    notice = tell(cast.ama_user, at=datetime(2026, 11, 21, 22, 0, tzinfo=UTC))
    assert notice.deliveries.get().job.run_after == datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # type: ignore[union-attr]
    awake = tell(cast.ama_user, key="2", at=datetime(2026, 11, 22, 6, 30, tzinfo=UTC))
    assert awake.deliveries.get().job.run_after == datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # type: ignore[union-attr]


def test_a_security_notice_leaves_in_quiet_hours(cast: Cast) -> None:
    choose(cast, begins=time(0), ends=time(23, 59))
    device: dict[str, Any] = {"device": "Firefox", "source": "10.0.0.1", "when": "now"}
    notice = tell(cast.ama_user, "signin.new_device", **device)
    assert notice.deliveries.get().job.run_after == NOW  # type: ignore[union-attr]


def test_a_customer_without_a_user_is_reached_and_has_no_list(cast: Cast) -> None:
    from tests.cast import make_customer

    yaw = make_customer("Yaw Phoneonly", cast.north, phone="+233241112223")
    notice = tell(yaw, "standing.failed")
    assert (notice.user, notice.is_shown, channels_of(notice)) == (None, False, ["email", "sms"])
    assert notice.deliveries.get(channel="email").trouble == "No e-mail address is known."


def test_somebody_suspended_is_told_nothing(cast: Cast) -> None:
    cast.ama_user.is_active = False
    cast.ama_user.save()
    told = services.notify(kind="statement.ready", person=cast.ama_user, context=PERIOD, key="1", by=None, at=NOW)
    assert told is None
    assert not Notice.objects.exists()


def test_a_context_that_does_not_fit_the_kind_is_a_bug(cast: Cast) -> None:
    with pytest.raises(ValueError, match=r"statement\.ready"):
        services.notify(kind="statement.ready", person=cast.ama_user, context={}, key="1", by=None, at=NOW)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_kind_fills_its_own_words(kind: Any) -> None:
    for way in Channel:
        words = queries.original(kind, way)
        assert unknown_blanks(words.subject + words.text, kind.examples) == []
        assert "{" not in filled(words.subject + words.text, kind.examples)


HOSTILE = ["{name.__class__}", "{0}", "%(name)s", "{{ settings.SECRET_KEY }}", "{% load x %}", "{name!r}", "{unknown}"]


@pytest.mark.parametrize("text", HOSTILE)
def test_words_that_would_run_are_refused_or_stay_words(cast: Cast, text: str) -> None:
    def write() -> Any:
        return services.write_wording(
            kind="statement.ready",
            channel="app",
            subject="Hello",
            text=text,
            after=0,
            by=cast.operations_manager,
            at=NOW,
        )

    if "{" in text:
        with pytest.raises(Refused):
            write()
    else:
        write()
        assert tell(cast.ama_user).text == text


def test_what_a_value_says_is_never_read_again(cast: Cast) -> None:
    notice = tell(cast.ama_user, period="{institution}", link="<script>alert(1)</script>")
    assert notice.subject == "Your statement for {institution} is ready"


def test_a_break_in_a_value_adds_no_header(cast: Cast) -> None:
    tell(cast.ama_user, period="x\r\nBcc: rival@example.org", link="")
    runner.drain(HANDLERS)
    assert (mail.outbox[0].subject, mail.outbox[0].bcc) == ("Your statement for x Bcc: rival@example.org is ready", [])


def test_other_words_are_a_version_and_a_stale_one_is_refused(cast: Cast) -> None:
    given: dict[str, Any] = {
        "kind": "statement.ready",
        "channel": "email",
        "subject": "Ready: {period}",
        "text": "{name}!",
    }
    by: dict[str, Any] = {"by": cast.operations_manager, "at": NOW}
    services.write_wording(**given, after=0, **by)
    with pytest.raises(Stale):
        services.write_wording(**given, after=0, **by)
    delivery = tell(cast.ama_user).deliveries.get()
    assert (delivery.version, delivery.job.payload["text"]) == (1, "Ama Mensah!")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ŋ" * 70, 1),
        ("ŋ" * 71, 2),
        ("😀" * 36, 2),
        ("", 1),
    ],
)
def test_segments_as_a_network_counts_them(text: str, parts: int) -> None:
    assert segments(text) == parts


def test_nobody_chooses_for_another(cast: Cast) -> None:
    with pytest.raises(Refused):
        services.choose(user=cast.ama_user, choice=Choice(wanted=set()), by=cast.kofi_user, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_tell_once(cast: Cast) -> None:
    def told(_: int) -> str:
        try:
            return str(tell(cast.ama_user).pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(told, range(4)))) == 1
    assert Delivery.objects.count() == 1


def test_the_kind_nobody_knows_is_refused() -> None:
    with pytest.raises(Refused):
        kind_named("no.such")
