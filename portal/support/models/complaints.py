"""What a complaint has beside a ticket: the law's deadlines, what was found, and what was paid."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.support.models.tickets import Ticket


class Complaint(models.Model):
    """The deadlines as they were when it came in, and the final answer."""

    class Cause(models.TextChoices):
        STAFF = "staff", "Conduct of staff"
        FEES = "fees", "Fees and charges"
        DELAY = "delay", "Delay"
        ERROR = "error", "Mistake in the books"
        SYSTEM = "system", "Fault of the portal"
        FRAUD = "fraud", "Fraud by somebody else"
        INFORMATION = "information", "Wrong or missing information"
        NONE = "none", "No fault found"

    class Outcome(models.TextChoices):
        UPHELD = "upheld", "Upheld"
        PARTLY = "partly", "Partly upheld"
        REJECTED = "rejected", "Not upheld"

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.PROTECT, related_name="complaint")
    acknowledge_by = models.DateField()
    acknowledged_at = models.DateTimeField(null=True)
    final_by = models.DateField()
    cause = models.CharField(max_length=12, choices=Cause, blank=True, default="")
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True, default="")
    finding = models.TextField(max_length=4000, blank=True, default="")
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(final_by__gte=F("acknowledge_by")), name="support_complaint_days"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, outcome="")
                | (
                    Q(settled_at__isnull=False, settled_by__isnull=False)
                    & ~Q(outcome="")
                    & ~Q(cause="")
                    & ~Q(finding="")
                ),
                name="support_complaint_settled_whole",
            ),
        )
        indexes = (models.Index("final_by", name="support_complaint_open", condition=Q(settled_at=None)),)

    def __str__(self) -> str:
        return f"complaint {self.ticket_id}"


class Redress(models.Model):
    """Money paid to make good: asked by one, approved by another, in the books by this entry. Never changed."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="redresses")
    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reason = models.CharField(max_length=300)
    reference = models.CharField(max_length=12)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="support_redress_amount"),
            models.CheckConstraint(condition=~Q(approved_by=F("asked_by")), name="support_redress_two_persons"),
        )

    def __str__(self) -> str:
        return f"{self.amount} for {self.complaint_id}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
