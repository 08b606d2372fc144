"""Notes and pictures that members keep beside their movements, for themselves alone."""

from __future__ import annotations

from datetime import datetime
from typing import IO, Any
from uuid import UUID

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.deposits.models import MovementNote
from portal.documents import uploads
from portal.documents.uploaded import Upload
from portal.people.models import Customer


@transactional
def keep_note(
    *,
    customer: Customer,
    entry_id: UUID,
    text: str,
    picture: IO[bytes] | None = None,
    drops_picture: bool = False,
    by: Any,
    at: datetime,
) -> MovementNote | None:
    """Keep a member's words and picture beside a movement in place of what was there; nothing at all forgets it.

    A new picture takes the place of the old one, whose bytes go for good, and so does `drops_picture`. Refused: somebody
    else's note, and what uploads refuse. That the movement is the member's own is the caller's to know.
    """
    if by.customer_id != customer.pk:
        raise Refused("Only the member keeps notes here.", code="not_own")
    held = MovementNote.objects.select_for_update().filter(customer=customer, entry=entry_id).first()
    kept = held.picture if held is not None else None
    new = None if drops_picture else kept
    if picture is not None:
        subject = f"note:{entry_id.hex}"
        new = uploads.receive(file=picture, subject=subject, purpose="note", by=by, at=at, pictures_only=True)
    words = " ".join(text.split())
    made = _written(held, customer, entry_id, words, new, at)
    if kept is not None and kept != new:
        _take_away(kept, by=by, at=at)
    return made


def _written(
    held: MovementNote | None, customer: Customer, entry_id: UUID, text: str, picture: Upload | None, at: datetime
) -> MovementNote | None:
    if not text and picture is None:
        if held is not None:
            held.delete()
        return None
    values = {"text": text, "picture": picture, "at": at}
    return MovementNote.objects.update_or_create(customer=customer, entry_id=entry_id, defaults=values)[0]


@transactional
def forget_notes(*, customer: Customer, by: Any, at: datetime) -> int:
    """Forget all a former member noted, words and pictures; how many. Twice is as once."""
    held = list(
        MovementNote.objects.select_for_update(of=("self",)).select_related("picture").filter(customer=customer)
    )
    MovementNote.objects.filter(pk__in=[note.pk for note in held]).delete()
    for note in held:
        if note.picture is not None:
            _take_away(note.picture, by=by, at=at)
    return len(held)


def _take_away(picture: Upload, *, by: Any, at: datetime) -> None:
    uploads.remove(uploads=Upload.objects.filter(pk=picture.pk), by=by, at=at)
