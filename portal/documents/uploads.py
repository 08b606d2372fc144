"""Taking files that people bring, handing them out, checking them for viruses, removing them.

The bytes lie under `PORTAL_DATA/uploads` in files named by us, encrypted like every sensitive column.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet, Sum

from portal.access.roles import Role
from portal.base.crypto import decrypt_bytes, encrypt_bytes
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.documents import scanning
from portal.documents.inspection import Inspected, inspect
from portal.documents.uploaded import Upload, new_upload_id
from portal.outbox.services import enqueue

SCAN = "upload.scan"
QUOTA_PERIOD = timedelta(hours=24)
CUSTOMER_QUOTA_BYTES = 30_000_000
STAFF_QUOTA_BYTES = 500_000_000
LOST_AFTER = timedelta(hours=24)


@transactional
def receive(
    *, file: IO[bytes], subject: str, purpose: str, by: Any, at: datetime, pictures_only: bool = False
) -> Upload:
    """Keep a file somebody brought for `subject`. With a scanner it waits until that has looked at it.

    Refused: what `inspect` refuses; more than 30 MB of a customer, 500 MB of a member of staff, within a day.
    """
    found = inspect(file, pictures_only=pictures_only)
    _refuse_above_quota(by, len(found.body), at)
    upload = keep(files=[(found, subject)], purpose=purpose, by=by, at=at)[0]
    if upload.state == Upload.State.WAITING:
        enqueue(kind=SCAN, key=str(upload.pk), payload={"upload": str(upload.pk)}, by=None, at=at)
    return upload


def keep(*, files: Iterable[tuple[Inspected, str]], purpose: str, by: Any, at: datetime) -> list[Upload]:
    """Write inspected files down, each with its subject. A file whose transaction fails is swept up later."""
    state = Upload.State.WAITING if scanning.is_configured() else Upload.State.READY
    made = []
    for found, subject in files:
        upload = Upload(
            id=new_upload_id(),
            subject=subject,
            purpose=purpose,
            media_type=found.media_type,
            size_bytes=len(found.body),
            sha256=hashlib.sha256(found.body).hexdigest(),
            width=found.width,
            height=found.height,
            state=state,
            added_by_id=by.pk if by is not None else None,
            added_at=at,
        )
        _write(upload.pk, found.body)
        made.append(upload)
    return Upload.objects.bulk_create(made, batch_size=1000)


def uploads_of(subject: str) -> QuerySet[Upload]:
    """The files of a subject that may be shown."""
    return Upload.objects.filter(subject=subject, state=Upload.State.READY)


def contents(upload: Upload) -> bytes:
    """The bytes. Refused: not ready, gone from the disk, or no longer what was kept."""
    if upload.state != Upload.State.READY:
        raise Refused("This file cannot be shown.", code="not_ready")
    try:
        body = decrypt_bytes(path_of(upload.pk).read_bytes())
    except (OSError, ValueError) as error:
        raise Refused("This file is damaged or missing. Ask for it again.", code="damaged") from error
    if hashlib.sha256(body).hexdigest() != upload.sha256:
        raise Refused("This file is damaged or missing. Ask for it again.", code="damaged")
    return body


@transactional
def remove(*, uploads: QuerySet[Upload], by: Any, at: datetime) -> int:
    """Take the bytes of these files away for good once the transaction stands; their rows stay. Returns how many."""
    gone = list(uploads.exclude(state=Upload.State.REMOVED).select_for_update())
    Upload.objects.filter(pk__in=[upload.pk for upload in gone]).update(state=Upload.State.REMOVED)
    transaction.on_commit(lambda: _delete(upload.pk for upload in gone))
    return len(gone)


def scan(*, upload_id: UUID, at: datetime) -> Upload:
    """Have a waiting file looked at: ready, or refused and its bytes gone. Raises `ScannerAway`; twice is the same as once."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload_id)
        if upload.state != Upload.State.WAITING:
            return upload
        found = scanning.infection(decrypt_bytes(path_of(upload.pk).read_bytes()))
        upload.state = Upload.State.REFUSED if found else Upload.State.READY
        upload.save(update_fields=["state"])
        if found:
            transaction.on_commit(lambda: _delete([upload.pk]))
    return upload


def sweep(*, at: datetime) -> int:
    """Remove files older than a day that no row knows: their transaction failed. Returns how many."""
    edge = (at - LOST_AFTER).timestamp()
    old = [path for path in folder().glob("??/*") if path.stat().st_mtime < edge]
    known = {str(pk) for pk in Upload.objects.filter(pk__in=[path.name for path in old]).values_list("pk", flat=True)}
    lost = [path for path in old if path.name not in known]
    for path in lost:
        path.unlink(missing_ok=True)
    return len(lost)


def folder() -> Path:
    """Where the bytes lie."""
    return Path(settings.UPLOADS)


def path_of(upload_id: UUID) -> Path:
    """The file of an upload; the last two digits, which are random, spread files over folders."""
    name = str(upload_id)
    return folder() / name[-2:] / name


def _refuse_above_quota(by: Any, size_bytes: int, at: datetime) -> None:
    if by is None:
        return
    # Two at once count one after the other.
    get_user_model().objects.select_for_update().get(pk=by.pk)
    recent = Upload.objects.filter(added_by=by, added_at__gt=at - QUOTA_PERIOD)
    used = recent.aggregate(bytes=Sum("size_bytes"))["bytes"] or 0
    quota = CUSTOMER_QUOTA_BYTES if by.role == Role.CUSTOMER else STAFF_QUOTA_BYTES
    if used + size_bytes > quota:
        raise Refused(f"You may bring {quota // 1_000_000} MB a day. Come back tomorrow.", code="quota")


def _write(upload_id: UUID, body: bytes) -> None:
    path = path_of(upload_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(encrypt_bytes(body))


def _delete(upload_ids: Iterable[UUID]) -> None:
    for upload_id in upload_ids:
        path_of(upload_id).unlink(missing_ok=True)
