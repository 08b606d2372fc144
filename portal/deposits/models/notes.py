"""What a member keeps for themselves beside a movement."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portal.documents.uploaded import Upload
from portal.ledger import models as ledger
from portal.people.models import Customer


class MovementNote(models.Model):
    """A member's own words and picture beside an entry: nobody else reads them, and they are changed at will."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=200, blank=True)
    picture = models.OneToOneField(Upload, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("customer", "entry"), name="deposits_movement_note_once"),
            models.CheckConstraint(
                condition=~Q(text="") | Q(picture__isnull=False), name="deposits_movement_note_says_something"
            ),
        )

    def __str__(self) -> str:
        return self.text
