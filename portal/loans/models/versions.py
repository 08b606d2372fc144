"""An application as it was when it was handed in, and as it was granted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from portal.loans.models.loans import Loan, StateChange


class Version(models.Model):
    """Everything an application said when a step was taken on it: written once, so that two of them can be compared.

    The step says who, when and why. `contents` holds what was asked for in minor units and basis points, the guarantors by
    member number, and what secures the loan; `services.versions` says how it is built.
    """

    loan = models.ForeignKey(Loan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    change = models.OneToOneField(StateChange, on_delete=models.PROTECT, related_name="+")
    contents = models.JSONField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("loan", "number"), name="loans_version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="loans_version_number"),
        )

    def __str__(self) -> str:
        return f"Version {self.number} of {self.loan}"
