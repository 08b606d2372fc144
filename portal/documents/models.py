"""Documents as they were issued: the record of each, and its bytes apart so that listing never loads them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.base.keys import new_id

CODE_LENGTH = 12


def in_fours(text: str) -> str:
    """Long codes in groups of four, as people read and type them."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


class SigningKey(models.Model):
    """The public half of a key that documents were signed with: its certificate, and the fingerprint to compare."""

    fingerprint = models.CharField(max_length=64, unique=True)
    certificate = models.TextField()
    subject = models.CharField(max_length=200)
    first_used_at = models.DateTimeField()

    class Meta:
        ordering = ("-first_used_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(fingerprint__regex=r"^[0-9a-f]{64}$"), name="documents_signingkey_fingerprint_is_hex"
            ),
        )

    def __str__(self) -> str:
        return self.subject

    @property
    def spaced_fingerprint(self) -> str:
        """SHA-256 of the certificate in groups that an eye can compare."""
        return in_fours(self.fingerprint.upper())


class Document(models.Model):
    """One issued file. It is never changed: a correction is another document.

    `code` is what stands on the paper for anybody to check it with; `subject` is what it is about (an account number).
    Without an `owner` it is the institution's own, handed out by the room that issued it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    filename = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    subject = models.CharField(max_length=64, blank=True, default="")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_with = models.ForeignKey(SigningKey, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="documents_document_sha256_is_hex"
            ),
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="documents_document_not_empty"),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=models.F("created_at")),
                name="documents_document_expires_later",
            ),
        )
        indexes = (
            models.Index(fields=["owner", "-created_at"], name="documents_document_owner"),
            models.Index("expires_at", name="documents_document_expires", condition=Q(expires_at__isnull=False)),
        )

    def __str__(self) -> str:
        return self.filename

    @property
    def kind_label(self) -> str:
        """The kind in plain words."""
        return self.kind.replace("_", " ").replace("-", " ").capitalize()

    @property
    def spaced_code(self) -> str:
        """The code as it is printed."""
        return in_fours(self.code)

    @property
    def spaced_sha256(self) -> str:
        """The file's SHA-256 in groups that an eye can compare."""
        return in_fours(self.sha256)


class DocumentContent(models.Model):
    """The bytes of a document; removed when it expires, while its record stays."""

    document = models.OneToOneField(Document, primary_key=True, on_delete=models.PROTECT, related_name="content")
    body = models.BinaryField()

    def __str__(self) -> str:
        return str(self.document_id)


class HandedPaper(models.Model):
    """A paper about something was printed or made: the first is the original, each further one is a copy and says so.

    `reference` is what it is about; `key` makes one press of a button one paper.
    """

    kind = models.CharField(max_length=20)
    reference = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    paper = models.CharField(max_length=8)
    key = models.UUIDField(editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("kind", "reference", "number")
        constraints = (
            models.UniqueConstraint(fields=("kind", "reference", "number"), name="documents_handed_number_once"),
            models.UniqueConstraint(fields=("kind", "reference", "key"), name="documents_handed_key_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="documents_handed_number_counts"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.reference} {self.number}"
