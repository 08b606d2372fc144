"""Announcements as they were written and approved, and who has read them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from portal.access.roles import Role
from portal.base.keys import new_id
from portal.deposits.models import Product
from portal.institution.models import Branch


class Announcement(models.Model):
    """One announcement. Empty audiences mean everybody; `is_public` shows it before sign-in too.

    What was published is never edited: it is withdrawn, and another one written.
    """

    class Severity(models.TextChoices):
        INFO = "info", "Information"
        WARN = "warn", "Important"
        BAD = "bad", "Disruption"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Waits for approval"
        PUBLISHED = "published", "Published"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=4000)
    severity = models.CharField(max_length=4, choices=Severity, default=Severity.INFO)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    branches = models.ManyToManyField(Branch, blank=True, related_name="+")
    products = models.ManyToManyField(Product, blank=True, related_name="+")
    shown_from = models.DateTimeField()
    shown_until = models.DateTimeField()
    is_pinned = models.BooleanField(default=False)
    must_read = models.BooleanField(default=False)
    is_public = models.BooleanField(default=False)
    by_mail = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-is_pinned", "-shown_from")
        constraints = (
            models.CheckConstraint(
                condition=Q(shown_until__gt=F("shown_from")), name="announcements_end_after_they_begin"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "submitted"], approved_by=None)
                | Q(state="withdrawn")
                | Q(state="published", approved_by__isnull=False, published_at__isnull=False),
                name="announcements_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("written_by")), name="announcements_two_persons"
            ),
        )
        indexes = (
            models.Index(
                fields=("shown_from", "shown_until"), condition=Q(state="published"), name="announcements_shown"
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def audience(self) -> str:
        """Whom it is for, in words."""
        labels = dict(Role.choices)
        return ", ".join(str(labels.get(role, role)) for role in self.roles) or "everybody"

    @property
    def places(self) -> str:
        """In which branches it is shown, in words."""
        return ", ".join(branch.name for branch in self.branches.all()) or "every branch"

    @property
    def holders(self) -> str:
        """Customers with which products it is for, in words."""
        return ", ".join(product.name for product in self.products.all()) or "any account"

    @property
    def ways(self) -> str:
        """How it is shown beside its text, in words."""
        said = (
            (self.is_pinned, "stands on top"),
            (self.must_read, "must be read before the next transaction"),
            (self.is_public, "shown before sign-in too"),
            (self.by_mail, "a copy as a notice and by e-mail"),
        )
        return ", ".join(words for holds, words in said if holds) or "as one among others"


class Reading(models.Model):
    """Somebody has read an announcement. Never changed."""

    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, related_name="readings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("announcement", "user"), name="announcements_reading_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} read {self.announcement_id}"
