"""An application as it was when it was handed in, and as it was granted; and that its member accepted what was granted."""

from __future__ import annotations

from django.conf import settings
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


class Acceptance(models.Model):
    """The member accepts what was granted, in which version: on screen, or on paper, as somebody at the branch wrote down.

    `on` is the day of the signature: the branch's open day on screen, the day written on the letter on paper.
    """

    class Way(models.TextChoices):
        SCREEN = "screen", "On screen"
        PAPER = "paper", "On paper"

    loan = models.OneToOneField(Loan, on_delete=models.PROTECT, related_name="acceptance")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=6, choices=Way)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(way__in=["screen", "paper"]), name="loans_acceptance_way"),)

    def __str__(self) -> str:
        return f"{self.get_way_display()} on {self.on}"
