"""A customer's standing with the house: who acts for them, which branch is theirs, and how they leave it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.documents.uploaded import Upload
from portal.institution.models import Branch
from portal.people.models.members import Customer


class Mandate(models.Model):
    """Somebody who may act for a customer at the counter, known by photograph and signature, until it is ended.

    Whether any one of them may act or all must act together is the customer's own choice: `Customer.mandate_rule`.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="mandates")
    full_name = models.CharField(max_length=120)
    relation = models.CharField(max_length=40)
    phone = models.CharField(max_length=20, blank=True, default="")
    photograph = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signature = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("full_name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, end_reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason="")),
                name="people_mandate_ended_by_somebody",
            ),
        )
        indexes = (models.Index("customer", name="people_mandate_open", condition=Q(ended_at=None)),)

    def __str__(self) -> str:
        return f"{self.full_name} for {self.customer_id}"


class BranchTransfer(models.Model):
    """A customer's home branch became another one. Their accounts keep their numbers and stay in their branch's books."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="branch_transfers")
    from_branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    to_branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.CheckConstraint(condition=~Q(from_branch=F("to_branch")), name="people_transfer_to_another_branch"),
        )

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.from_branch} to {self.to_branch}"


class CustomerClosure(models.Model):
    """A customer left: who wrote it down, when and why. From here the retention period runs."""

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="closure")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Closure of {self.customer_id}"


class RetentionRule(models.Model):
    """How long a class of personal data is kept after it was last needed, as this institution's law asks."""

    class DataClass(models.TextChoices):
        CUSTOMER = "customer", "Customers who left"
        DRAFT = "draft", "Registrations never finished"

    data_class = models.CharField(max_length=12, choices=DataClass, unique=True)
    months = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=200)

    class Meta:
        ordering = ("data_class",)

    def __str__(self) -> str:
        return f"{self.get_data_class_display()}: {self.months} months"


class Anonymisation(models.Model):
    """A customer's personal data were replaced for good: asked by one person, approved by another. The books stay."""

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="anonymisation")
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(approved_by=F("asked_by")), name="people_anonymisation_two_persons"),
        )

    def __str__(self) -> str:
        return f"Anonymisation of {self.customer_id}"
