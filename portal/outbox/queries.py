"""Reading jobs, and in the demonstration the mail that was sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.outbox.models import Job

SHOWN_MAILS = 50


@dataclass(frozen=True, slots=True)
class SentMail:
    """One mail from the folder that the demonstration writes to."""

    sent_at: datetime | None
    to: str
    subject: str
    text: str


def jobs_visible_to(user: AbstractBaseUser | AnonymousUser) -> QuerySet[Job]:
    """The jobs a user asked for; all of them for those who look after the work."""
    scope = scope_of(user, Capability.JOB_VIEW)
    if scope is Scope.ALL:
        return Job.objects.all()
    return Job.objects.filter(created_by=user.pk) if scope is not Scope.NONE else Job.objects.none()


def may_follow(user: AbstractBaseUser | AnonymousUser, job_id: str) -> bool:
    """Whether an open page of this user may be told about the job; False too for what is no job's id."""
    try:
        return jobs_visible_to(user).filter(pk=UUID(job_id)).exists()
    except ValueError:
        return False


def sent_mails() -> list[SentMail]:
    """The newest mails of the demonstration, newest first; none where mail leaves by a real server."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    files = sorted(Path(folder).glob("*.log"), reverse=True) if folder else []
    return [_read(file) for file in files[:SHOWN_MAILS]]


def _read(file: Path) -> SentMail:
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    body = mail.get_body(("plain",))
    # Django's file backend closes each mail with a line of dashes.
    text = body.get_content().rstrip().rstrip("-").rstrip() if body is not None else ""
    return SentMail(
        sent_at=parsedate_to_datetime(mail["Date"]) if mail["Date"] else None,
        to=str(mail["To"] or ""),
        subject=str(mail["Subject"] or ""),
        text=text,
    )
