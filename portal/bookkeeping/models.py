"""Templates of entries that come again and again: rent, salaries, the electricity."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.ledger.models import Side


class EntryTemplate(models.Model):
    """An entry by hand that is posted often. It is never changed: another one takes its place, the old one retires."""

    name = models.CharField(max_length=60)
    memo = models.CharField(max_length=140)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("name",), condition=Q(retired_at=None), name="bookkeeping_template_name_once"
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_by=None) | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="bookkeeping_template_retired_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return self.name


class TemplateLine(models.Model):
    """One side of one account of the chart, by its code, so that the template serves every branch.

    The amount is what it was last time, to be typed over.
    """

    template = models.ForeignKey(EntryTemplate, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=24)
    side = models.CharField(max_length=1, choices=Side)
    amount_minor = models.BigIntegerField()

    class Meta:
        ordering = ("template", "number")
        constraints = (
            models.UniqueConstraint(fields=("template", "number"), name="bookkeeping_line_once"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="bookkeeping_line_side"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="bookkeeping_line_amount"),
        )

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.code}"
