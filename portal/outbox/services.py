"""Asking for work, and what the worker does to it: claim, report, finish, fail.

The row is the truth. The queue behind it only says "look now", so a lost or doubled nudge changes nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.module_loading import import_string

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.outbox.models import Job

logger = logging.getLogger(__name__)

MAIL = "mail.send"
SMS = "sms.send"
"""A text message: `to` in E.164 and `text`. What was sent is forgotten once it is, as with mail."""
BACK_OFF_SECONDS = (5, 30, 120, 600)
STOPPED = "The work was stopped each time before it was done. Ask for it again, or tell the administrator."
FORGOTTEN = "Whom it was for is not known here any more."
_INSERT = """
    INSERT INTO outbox_job (id, kind, key, payload, run_after, created_at, created_by_id)
    VALUES (%s, %s, %s, %s::jsonb, %s, %s, %s)
    ON CONFLICT (kind, key) DO NOTHING
    RETURNING *
"""


class LeaseLost(Exception):
    """Another worker holds the job now: whatever this one was about to write is void."""


def enqueue(
    *,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    by: AbstractBaseUser | None,
    at: datetime,
    run_after: datetime | None = None,
) -> Job:
    """Ask for work in the transaction that causes it; the worker is woken after commit.

    The same `kind` and `key` give back the job that is already there, unchanged. `by` is the user who asked, None when
    the portal asks of its own accord. One INSERT.
    """
    values = (
        new_key(),
        kind,
        key,
        json.dumps(dict(payload), cls=DjangoJSONEncoder),
        run_after or at,
        at,
        by.pk if by is not None else None,
    )
    made = list(Job.objects.raw(_INSERT, values))
    if not made:
        return Job.objects.get(kind=kind, key=key)
    _wake_after_commit()
    return made[0]


def send_mail(*, key: str, to: str, subject: str, text: str, by: AbstractBaseUser | None, at: datetime) -> Job:
    """Ask for one plain-text mail; the same `key` is sent once. Refuses an address or a subject that is none."""
    try:
        validate_email(to)
    except ValidationError as error:
        raise Refused("This is not an e-mail address.", code="email", field="email") from error
    if not subject or "\n" in subject or "\r" in subject:
        raise Refused("A subject is one line.", code="subject", field="subject")
    return enqueue(kind=MAIL, key=key, payload={"to": to, "subject": subject, "text": text}, by=by, at=at)


@transaction.atomic
def claim(*, kinds: Collection[str], limit: int, lease: timedelta, at: datetime) -> list[Job]:
    """Take up to `limit` jobs that are due, or whose worker let its lease run out; none twice at a time.

    A job that used up its attempts this way is failed instead.
    """
    dead = Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=at, kind__in=kinds)
    dead.filter(attempts__gte=F("max_attempts")).update(
        state=Job.State.FAILED, error=STOPPED, finished_at=at, lease_token=None, lease_until=None
    )
    due = Q(state=Job.State.WAITING, run_after__lte=at) | Q(state=Job.State.RUNNING, lease_until__lt=at)
    candidates = Job.objects.filter(due, kind__in=kinds).order_by("run_after", "id").select_for_update(skip_locked=True)
    jobs = list(candidates[:limit])
    token = uuid4()
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(
        state=Job.State.RUNNING, attempts=F("attempts") + 1, lease_token=token, lease_until=at + lease, started_at=at
    )
    for job in jobs:
        job.state, job.attempts, job.lease_token, job.started_at = Job.State.RUNNING, job.attempts + 1, token, at
    return jobs


def extend(*, job: Job, lease: timedelta, at: datetime) -> None:
    """Hold the job for another `lease` from now. Raises `LeaseLost` when somebody else took it."""
    _change_held(job, lease_until=at + lease)


def report_progress(*, job: Job, done: int, total: int, text: str, lease: timedelta, at: datetime) -> None:
    """Write how far the work is, for the page that waits for it, and extend the lease."""
    _change_held(job, progress_done=done, progress_total=total, progress_text=text[:120], lease_until=at + lease)


def forget_sent(*, addresses: Collection[str], by: Any, at: datetime) -> int:
    """Empty the mails and text messages to these addresses; those that still wait are not sent. Returns how many."""
    mine = Job.objects.filter(kind__in=(MAIL, SMS), payload__to__in=list(addresses)).exclude(state=Job.State.RUNNING)
    mine.filter(state=Job.State.WAITING).update(state=Job.State.FAILED, error=FORGOTTEN, finished_at=at)
    return mine.update(payload={"to": "", "subject": "", "text": ""}, result=None)


def finish(*, job: Job, result: Mapping[str, Any], at: datetime) -> Job:
    """Done, with its result. In the caller's transaction: a result written in it stands only if the lease still did."""
    done = {"state": Job.State.DONE, "result": dict(result), "error": "", "finished_at": at}
    if job.kind in {MAIL, SMS}:
        # What was sent may be private; who was sent what subject is enough to keep.
        done["payload"] = {**job.payload, "text": ""}
    _change_held(job, lease_token=None, lease_until=None, **done)
    job.refresh_from_db()
    return job


def fail(*, job: Job, message: str, retry: bool, at: datetime) -> Job:
    """Not done: tried again later when `retry` and attempts remain, else failed. `message` is written for the person."""
    if retry and job.attempts < job.max_attempts:
        wait = BACK_OFF_SECONDS[min(job.attempts, len(BACK_OFF_SECONDS)) - 1]
        change: dict[str, Any] = {"state": Job.State.WAITING, "run_after": at + timedelta(seconds=wait)}
    else:
        change = {"state": Job.State.FAILED, "finished_at": at}
    _change_held(job, error=message, lease_token=None, lease_until=None, **change)
    job.refresh_from_db()
    return job


def _change_held(job: Job, **values: Any) -> None:
    """Change the row only while this worker's token still stands in it."""
    held = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease_token=job.lease_token)
    if not held.update(**values):
        raise LeaseLost(f"{job} is held by another worker")


def _wake_after_commit() -> None:
    """Once per transaction, however many jobs it asks for."""
    level = set(connection.savepoint_ids)
    waiting = (entry[:2] for entry in connection.run_on_commit)
    if not any(hook is _wake and savepoints <= level for savepoints, hook in waiting):
        transaction.on_commit(_wake)


def _wake() -> None:
    path = settings.OUTBOX_WAKE
    if not path:
        return
    try:
        import_string(path)()
    except Exception:
        # Whatever is wrong with the queue, the work is written down and the minute's tick finds it.
        logger.exception("The worker could not be woken; it looks again within a minute.")
