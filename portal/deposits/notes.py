"""Reading what a member noted beside a movement."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from portal.deposits.models import MovementNote
from portal.people.models import Customer


def note_of(customer_id: int, entry_id: UUID) -> MovementNote | None:
    """What this member noted beside an entry."""
    return MovementNote.objects.select_related("picture").filter(customer=customer_id, entry=entry_id).first()


def notes_told(customer: Customer) -> list[dict[str, Any]]:
    """All a member noted, for the copy of what is kept about them."""
    notes = MovementNote.objects.filter(customer=customer).select_related("entry").order_by("at")
    return [{"reference": note.entry.reference, "text": note.text, "at": note.at} for note in notes]
