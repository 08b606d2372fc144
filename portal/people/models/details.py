"""What is known of a customer beside the name: where they live, who follows them, what proves who they are."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.base.crypto import decrypt
from portal.documents.uploaded import Upload
from portal.people.models.members import Customer


class Address(models.Model):
    """One address of a customer for each kind. `digital` is the code of the post's digital address system."""

    class Kind(models.TextChoices):
        HOME = "home", "Home"
        POSTAL = "postal", "Postal"
        WORK = "work", "Work"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="addresses")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.HOME)
    line1 = models.CharField(max_length=80)
    line2 = models.CharField(max_length=80, blank=True, default="")
    town = models.CharField(max_length=60)
    district = models.CharField(max_length=60, blank=True, default="")
    digital = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        ordering = ("kind",)
        constraints = (models.UniqueConstraint(fields=("customer", "kind"), name="people_address_once_a_kind"),)

    def __str__(self) -> str:
        return ", ".join(part for part in (self.line1, self.line2, self.town) if part)


class NextOfKin(models.Model):
    """Who is told, and to whom how much goes, when a customer has died."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="next_of_kin")
    full_name = models.CharField(max_length=120)
    relation = models.CharField(max_length=40)
    phone = models.CharField(max_length=20, blank=True, default="")
    share_percent = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("-share_percent", "full_name")
        constraints = (
            models.CheckConstraint(condition=Q(share_percent__range=(1, 100)), name="people_kin_share_is_a_percentage"),
        )

    def __str__(self) -> str:
        return f"{self.full_name}, {self.relation}"


class IdentityKind(models.Model):
    """A kind of identity document that this institution takes. `pattern` is what its number looks like, in capitals."""

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    pattern = models.CharField(max_length=120, blank=True, default="")
    example = models.CharField(max_length=40, blank=True, default="")
    expires = models.BooleanField(default=True)
    is_taken = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name


class IdentityDocument(models.Model):
    """A paper or card that shows who a customer is. Never edited: a corrected or renewed one is another row.

    The number is encrypted; `number_hash` finds the same number elsewhere, `number_end` is what lists show.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="identity_documents")
    kind = models.ForeignKey(IdentityKind, on_delete=models.PROTECT, related_name="+")
    number_encrypted = models.TextField()
    number_hash = models.CharField(max_length=64)
    number_end = models.CharField(max_length=4)
    issued_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    front = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    back = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ("-added_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(issued_on=None) | Q(expires_on=None) | Q(expires_on__gt=F("issued_on")),
                name="people_identity_expires_after_issue",
            ),
            models.UniqueConstraint(
                fields=("customer",), condition=Q(is_current=True), name="people_identity_one_is_current"
            ),
        )
        indexes = (
            models.Index(fields=("number_hash",), name="people_identity_number"),
            models.Index("expires_on", name="people_identity_expiry", condition=Q(is_current=True)),
        )

    def __str__(self) -> str:
        return f"{self.kind} …{self.number_end}"

    @property
    def number(self) -> str:
        """The whole number, for those who check it against the card."""
        return decrypt(self.number_encrypted) if self.number_encrypted else ""


class DetailsChange(models.Model):
    """Somebody of the staff changed what is known of a customer: who, when, why, and what it said before and after.

    `changes` maps a label to the pair of texts. It is emptied when the customer is made anonymous; nothing else of it
    ever changes.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="details_changes")
    part = models.CharField(max_length=20)
    changes = models.JSONField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=("customer", "-at"), name="people_change_customer"),)

    def __str__(self) -> str:
        return f"{self.part} of {self.customer_id}"
