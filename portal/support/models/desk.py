"""How the desk is set up: what people may write about, by when they are answered, when branches are open, canned replies."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from portal.institution.models import Branch


class Kind(models.TextChoices):
    TICKET = "ticket", "Question"
    COMPLAINT = "complaint", "Complaint"
    REQUEST = "request", "Service request"


class Category(models.Model):
    """What a ticket is about. Targets are hours in which the branch is open; a complaint's days are the law's.

    `steps` are the stages of a service request, in their order, as desk and customer see them.
    """

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=9, choices=Kind)
    first_reply_hours = models.PositiveSmallIntegerField(default=4)
    resolve_hours = models.PositiveSmallIntegerField(default=24)
    acknowledge_days = models.PositiveSmallIntegerField(null=True, blank=True)
    final_days = models.PositiveSmallIntegerField(null=True, blank=True)
    legal_text = models.TextField(blank=True, default="")
    steps = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_offered = models.BooleanField(default=True)

    class Meta:
        ordering = ("position", "name")
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="support_category_kind"),
            models.CheckConstraint(
                condition=Q(first_reply_hours__gt=0, resolve_hours__gte=F("first_reply_hours")),
                name="support_category_targets_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(kind="complaint") | Q(acknowledge_days__gt=0, final_days__gte=F("acknowledge_days")),
                name="support_category_complaint_has_deadlines",
            ),
        )

    def __str__(self) -> str:
        return self.name


class OpenHours(models.Model):
    """When a branch serves on one weekday (0 is Monday), by the institution's clock."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ("branch", "weekday")
        constraints = (
            models.UniqueConstraint(fields=("branch", "weekday"), name="support_hours_once_a_weekday"),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, closes__gt=F("opens")), name="support_hours_end_after_they_begin"
            ),
        )

    def __str__(self) -> str:
        return f"{self.branch_id} {self.weekday}: {self.opens}–{self.closes}"


class Macro(models.Model):
    """A canned reply, and what it does beside: another state, a tag. Retired, never deleted."""

    name = models.CharField(max_length=60, unique=True)
    text = models.TextField(max_length=4000)
    then_state = models.CharField(max_length=8, blank=True, default="")
    then_tag = models.CharField(max_length=30, blank=True, default="")
    is_retired = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name
