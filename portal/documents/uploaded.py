"""Files that people bring: pictures and papers as we wrote them anew, under names that we made."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.base.keys import new_key


def new_upload_id() -> UUID:
    """A time-ordered id that nobody can guess; the file's name too."""
    return UUID(new_key())


class Upload(models.Model):
    """One file somebody brought. Its bytes lie encrypted under `PORTAL_DATA/uploads`, outside the web root.

    `subject` says whose file it is (`customer:17`): whoever may see that may see the file. A file that a scanner has
    still to look at waits and is shown to nobody; one that it refused keeps its row and loses its bytes.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Being checked for viruses"
        READY = "ready", "Ready"
        REFUSED = "refused", "Refused by the virus scanner"
        REMOVED = "removed", "Removed"

    id = models.UUIDField(primary_key=True, default=new_upload_id, editable=False)
    subject = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)
    media_type = models.CharField(max_length=20)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveSmallIntegerField(null=True)
    height = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=8, choices=State, default=State.READY)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ("-added_at",)
        constraints = (
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="documents_upload_sha256"),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="documents_upload_not_empty"),
            models.CheckConstraint(
                condition=Q(media_type="application/pdf", width=None, height=None)
                | Q(media_type="image/jpeg", width__gt=0, height__gt=0),
                name="documents_upload_picture_or_pdf",
            ),
        )
        indexes = (
            models.Index(fields=("subject", "-added_at"), name="documents_upload_subject"),
            models.Index(fields=("added_by", "-added_at"), name="documents_upload_adder"),
            models.Index("added_at", name="documents_upload_waiting", condition=Q(state="waiting")),
        )

    def __str__(self) -> str:
        return f"{self.purpose} of {self.subject}"

    @property
    def is_picture(self) -> bool:
        """Whether a page may show it; anything else is handed over as an attachment."""
        return self.media_type == "image/jpeg"
