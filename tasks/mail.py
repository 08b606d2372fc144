"""Sends one mail. Should a worker die between sending and writing it down, the repeat carries the same Message-ID."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from portal.base.errors import Refused
from portal.base.exports import one_line
from portal.outbox.models import Job
from tasks.runner import Progress, TryAgain

LONGEST_ANSWER = 300


def run(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Hand the mail to the mail server. Result: the address, the Message-ID and what the server said to it.

    A server that is away, or answers 4xx, is tried again; one that says no for good (5xx) is not.
    """
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    message_id = f"<{job.pk}@{domain}>"
    mail = EmailMessage(
        subject=job.payload["subject"],
        body=job.payload["text"],
        to=[job.payload["to"]],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    )
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _trouble(code, said) from error
    except smtplib.SMTPResponseException as error:
        raise _trouble(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TryAgain(f"The mail server could not be reached: {_said(error)}") from error
    return {"to": job.payload["to"], "message_id": message_id, "answer": "Accepted"}


def _trouble(code: int, said: bytes | str) -> Exception:
    text = f"The mail server answered {code} {_said(said)}"
    for_good = 500 <= code < 600 and code not in _CREDENTIALS
    return Refused(text, code="mail_refused") if for_good else TryAgain(text)


def _said(words: object) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return one_line(text)[:LONGEST_ANSWER]


# A wrong password of ours is mended by the administrator: the mails then still leave.
_CREDENTIALS = frozenset({530, 534, 535, 538})
