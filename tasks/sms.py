"""Sends one text message: through the provider that is set up, or, in the demonstration, to its mails.

The provider is asked by one HTTP request: its address, headers and body stand in the settings. No other host is asked,
no redirect followed, no proxy used. The job's id goes along, so that a provider that knows it sends a repeat once.
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from portal.base.errors import Refused
from portal.base.exports import one_line
from portal.outbox.models import Job
from tasks.runner import Progress, TryAgain

TIMEOUT_SECONDS = 10
LONGEST_READ, LONGEST_ANSWER = 20_000, 300
LATER = frozenset({408, 425, 429})
_BLANK = re.compile(r"\{(to|text|id)\}")


def run(job: Job, *, at: datetime, progress: Progress) -> Mapping[str, Any]:
    """Result: the number, and what the provider answered. Nothing of the text goes into a log."""
    values = {"to": str(job.payload["to"]), "text": str(job.payload["text"]), "id": str(job.pk)}
    if settings.SMS_URL:
        return {"to": values["to"], "answer": _by_provider(values)}
    if not settings.DEMONSTRATION:
        raise Refused("No provider of text messages is set up: see SMS_URL.", code="no_sms")
    mail = EmailMessage(
        subject=f"Text message to {values['to']}", body=values["text"], to=[f"{values['to']}@sms.invalid"]
    )
    mail.send()
    return {"to": values["to"], "answer": "Shown among the mails of the demonstration"}


def _by_provider(values: Mapping[str, str]) -> str:
    """One request. Answered with 2xx and, where that is set, the expected words, it is sent."""
    address = _allowed(settings.SMS_URL)
    body, media_type = _body(values)
    headers = {
        "Content-Type": media_type,
        **{name: _filled(text, values) for name, text in settings.SMS_HEADERS.items()},
    }
    path = f"{address.path or '/'}?{address.query}" if address.query else address.path or "/"
    connection = _connection(address)
    try:
        connection.request("POST", path, body=body.encode(), headers=headers)
        response = connection.getresponse()
        status, answer = response.status, _words(response.read(LONGEST_READ))
    except (OSError, http.client.HTTPException) as error:
        raise TryAgain(f"The provider could not be reached: {one_line(str(error) or type(error).__name__)}") from error
    finally:
        connection.close()
    return _judged(status, answer)


def _allowed(url: str) -> SplitResult:
    address = urlsplit(url)
    if address.hostname not in settings.SMS_HOSTS or address.scheme not in {"https", "http"}:
        raise Refused(f"SMS_HOSTS does not allow {address.hostname}.", code="sms_host")
    return address


def _connection(address: SplitResult) -> http.client.HTTPConnection:
    host = address.hostname or ""
    if address.scheme == "https":
        secure = ssl.create_default_context()
        return http.client.HTTPSConnection(host, address.port, timeout=TIMEOUT_SECONDS, context=secure)
    return http.client.HTTPConnection(host, address.port, timeout=TIMEOUT_SECONDS)


def _body(values: Mapping[str, str]) -> tuple[str, str]:
    """The body with its blanks filled inside of each value, so that no text can add a field."""
    fields = {name: _deep(value, values) for name, value in settings.SMS_BODY.items()}
    if settings.SMS_FORM:
        return urlencode(fields), "application/x-www-form-urlencoded"
    return json.dumps(fields), "application/json"


def _deep(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _filled(value, values)
    if isinstance(value, list):
        return [_deep(each, values) for each in value]
    if isinstance(value, dict):
        return {name: _deep(each, values) for name, each in value.items()}
    return value


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _BLANK.sub(lambda found: values[found[1]], text)


def _judged(status: int, answer: str) -> str:
    said = f"{status} {answer}".strip()
    if 200 <= status < 300:
        if settings.SMS_ACCEPTED and settings.SMS_ACCEPTED not in answer:
            raise TryAgain(f"The provider answered something unknown: {said}")
        return said
    if status in LATER or status >= 500:
        raise TryAgain(f"The provider answered {said}")
    raise Refused(f"The provider answered {said}", code="sms_refused")


def _words(body: bytes) -> str:
    return one_line(body.decode("utf-8", "replace"))[:LONGEST_ANSWER]
