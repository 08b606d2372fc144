"""Writing other words for what people are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused, Stale
from portal.notifications import queries
from portal.notifications.kinds import Channel, kind_named
from portal.notifications.models import Wording
from portal.notifications.wording import filled, filled_line, refuse_unknown

WRITTEN = "wording of a notice written"


@transactional
def write_wording(*, kind: str, channel: str, subject: str, text: str, after: int, by: Any, at: datetime) -> Wording:
    """Other words from now on, as a version of their own. `after` is the version they were written over.

    Refused: a name in braces that the kind does not know, an empty text, a subject of several lines; `Stale` when
    somebody else wrote meanwhile.
    """
    known = kind_named(kind)
    _refuse_words(channel, subject, text)
    refuse_unknown(subject, known.examples, field="subject")
    refuse_unknown(text, known.examples, field="text")
    present = queries.words_of(known, channel).version
    if present != after:
        raise Stale("Somebody else wrote other words meanwhile. Look at theirs first.")
    try:
        with transaction.atomic():
            row = Wording.objects.create(
                kind=kind, channel=channel, version=after + 1, subject=subject, text=text, written_by=by, written_at=at
            )
    except IntegrityError as error:
        raise Stale("Somebody else wrote other words meanwhile. Look at theirs first.") from error
    record(verb=WRITTEN, subject=f"{kind} {channel}", detail={"version": row.version}, by=by, at=at)
    return row


def preview(*, kind: str, subject: str, text: str) -> tuple[str, str]:
    """Subject and text with the examples filled in. Refuses what `write_wording` refuses of names."""
    examples = kind_named(kind).examples
    refuse_unknown(subject, examples, field="subject")
    refuse_unknown(text, examples, field="text")
    return filled_line(subject, examples), filled(text, examples)


def _refuse_words(channel: str, subject: str, text: str) -> None:
    if not text.strip():
        raise Refused("Write what people are told.", code="empty", field="text")
    if channel != Channel.SMS and not subject.strip():
        raise Refused("A subject is needed.", code="subject", field="subject")
    if "\n" in subject or "\r" in subject:
        raise Refused("A subject is one line.", code="subject", field="subject")
