"""Keeping documents, handing them out, asking for them to be made, letting the old ones go."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import transaction

from portal.audit.services import record
from portal.base.errors import Refused
from portal.documents.codes import new_code
from portal.documents.models import Document, DocumentContent, SigningKey
from portal.documents.queries import PDF_HINT, pdf_available
from portal.outbox.models import Job
from portal.outbox.services import enqueue

RENDER = "document.render"
MOST_BYTES = 20_000_000
MOST_CHECKS = 30
CHECK_SECONDS = 60
_UNSAFE_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


def ask_for_document(
    *,
    builder: str,
    args: Mapping[str, Any],
    origin: str,
    key: str,
    by: AbstractBaseUser,
    at: datetime,
    typst: bool = False,
) -> Job:
    """Have the worker make a PDF and keep it for `by`; the job's page leads to it.

    `builder` is a name from `tasks.documents.BUILDERS`, `args` are its plain arguments, `origin` is the site's address
    (`https://bank.example`) that the printed code points to. `typst` says that the templates are of this kind: they need
    no library of the system. The same `builder` and `key` of the same person give back the same job. Refuses other
    templates where their library is missing.
    """
    if not typst and not pdf_available():
        raise Refused(PDF_HINT, code="no_pdf")
    payload = {"builder": builder, "args": dict(args), "origin": origin}
    return enqueue(kind=RENDER, key=f"{builder}:{by.pk}:{key}", payload=payload, by=by, at=at)


@transaction.atomic
def store(
    *,
    kind: str,
    title: str,
    filename: str,
    media_type: str,
    body: bytes,
    by: AbstractBaseUser | None,
    at: datetime,
    subject: str = "",
    code: str = "",
    signed_with: SigningKey | None = None,
    expires_at: datetime | None = None,
) -> Document:
    """Keep a file for `by`, who becomes its owner; for nobody, the room that issued it hands it out by its own rules.

    `code` is the one printed in it, else a new one.

    Refuses an empty file and one above 20 MB.
    """
    if not body or len(body) > MOST_BYTES:
        raise Refused("A document has between 1 byte and 20 MB.", code="size")
    document = Document.objects.create(
        kind=kind,
        title=title,
        filename=safe_filename(filename),
        media_type=media_type,
        sha256=hashlib.sha256(body).hexdigest(),
        size_bytes=len(body),
        code=code or new_code(),
        subject=subject,
        owner_id=by.pk if by is not None else None,
        signed_with=signed_with,
        created_at=at,
        expires_at=expires_at,
    )
    DocumentContent.objects.create(document=document, body=body)
    return document


@transaction.atomic
def hand_over(*, document: Document, by: AbstractBaseUser | AnonymousUser, at: datetime) -> bytes:
    """The bytes of a document, and a line in the trail that `by` took them.

    Refuses a file that no longer is what was stored.
    """
    body = bytes(document.content.body)
    if hashlib.sha256(body).hexdigest() != document.sha256:
        raise Refused("This file is damaged. Ask for it again.", code="damaged")
    record(verb="document downloaded", subject=document.filename, detail={"document": str(document.pk)}, by=by, at=at)
    return body


def forget_expired(*, at: datetime) -> int:
    """Remove the bytes of expired documents and say how many; their records stay, so that a code still answers."""
    return DocumentContent.objects.filter(document__expires_at__lte=at).delete()[0]


def safe_filename(name: str) -> str:
    """A name that no file system and no header takes for anything else."""
    return _UNSAFE_IN_NAMES.sub("-", name).strip(".-")[:120] or "document"


def may_check(*, address: str) -> bool:
    """Count one check of a code from this network address; False above thirty a minute."""
    key = f"documents.check.{address}"
    cache.add(key, 0, CHECK_SECONDS)
    try:
        return cache.incr(key) <= MOST_CHECKS
    except ValueError:
        # The minute ended between the two calls.
        return True
