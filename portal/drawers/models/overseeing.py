"""What a manager does with somebody else's drawer: has it counted in the middle of the day, takes it over."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.drawers.models.drawers import DrawerCount, DrawerSession


class RecountOrder(models.Model):
    """Somebody wants an open drawer counted now; it serves nobody until it is. `expected_minor` is what the books said."""

    session = models.ForeignKey(DrawerSession, on_delete=models.PROTECT, related_name="recount_orders")
    reason = models.CharField(max_length=140)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField()
    count = models.OneToOneField(DrawerCount, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    expected_minor = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("-ordered_at",)
        constraints = (
            models.UniqueConstraint(fields=("session",), condition=Q(count=None), name="drawers_recount_one_waits"),
            models.CheckConstraint(
                condition=Q(count=None, expected_minor=None) | Q(count__isnull=False, expected_minor__isnull=False),
                name="drawers_recount_answered",
            ),
        )

    def __str__(self) -> str:
        return f"{self.session_id}: {self.reason}"


class TakeOver(models.Model):
    """A manager counted and closed the drawer of a cashier who was absent."""

    session = models.OneToOneField(DrawerSession, on_delete=models.PROTECT, related_name="take_over")
    reason = models.CharField(max_length=140)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(reason=""), name="drawers_take_over_says_why"),)

    def __str__(self) -> str:
        return f"{self.session_id}: {self.reason}"
