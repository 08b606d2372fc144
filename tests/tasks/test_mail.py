"""Mail that leaves by the worker."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from portal.base.clock import now
from portal.outbox.services import send_mail
from tasks import runner
from tasks.tasks import HANDLERS

pytestmark = pytest.mark.django_db


def test_a_mail_is_sent_once_and_its_repeat_could_be_recognised(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Quayside <no-reply@bank.example>"
    job, _ = (
        send_mail(key="1", to="ama@example.com", subject="Wëlcome", text="Hello Ama.", by=None, at=now())
        for _ in range(2)
    )
    runner.drain(HANDLERS)
    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["ama@example.com"], "Wëlcome", "Hello Ama.")
    assert sent.extra_headers["Message-ID"] == f"<{job.pk}@bank.example>"


def test_a_mail_server_that_is_away_is_tried_again(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    job = send_mail(key="1", to="ama@example.com", subject="Hello", text="", by=None, at=now())
    runner.drain(HANDLERS)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 1)
