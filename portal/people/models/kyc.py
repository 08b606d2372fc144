"""Whether the institution knows its customer: handed in, decided by somebody else, run out; and how risky they are."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.people.models.members import Customer

LOWEST_SCORE, HIGHEST_SCORE = 300, 850


class KycSubmission(models.Model):
    """A registration was handed in to be checked: by the customer, or by the member of staff who took it down."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="kyc_submissions")
    declaration = models.CharField(max_length=300)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        ordering = ("-submitted_at",)
        constraints = (
            # What a decision points at, so that it carries the submitter and can be checked against them.
            models.UniqueConstraint(fields=("id", "submitted_by"), name="people_kycsubmission_by"),
        )
        indexes = (models.Index(fields=("customer", "-submitted_at"), name="people_kycsubmission_last"),)

    def __str__(self) -> str:
        return f"Registration of {self.customer_id}"


class KycDecision(models.Model):
    """What became of a submission: verified or rejected by another person, later expired by the calendar.

    It repeats the submitter; a foreign key over both proves that it is the submission's own, so that the database itself
    refuses a decision by the person who submitted.
    """

    class Outcome(models.TextChoices):
        VERIFIED = "verified", "Verified"
        REJECTED = "rejected", "Rejected"
        EXPIRED = "expired", "Expired"

    submission = models.ForeignKey(KycSubmission, on_delete=models.PROTECT, related_name="decisions")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome)
    reason = models.CharField(max_length=300, blank=True, default="")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ("-decided_at",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(decided_by=F("submitted_by")), name="people_kycdecision_not_by_the_submitter"
            ),
            models.CheckConstraint(
                condition=Q(outcome="expired", decided_by=None) | (~Q(outcome="expired") & Q(decided_by__isnull=False)),
                name="people_kycdecision_has_a_decider",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="rejected") | ~Q(reason=""), name="people_kycdecision_rejected_with_reason"
            ),
            models.UniqueConstraint(
                fields=("submission",), condition=~Q(outcome="expired"), name="people_kycdecision_once"
            ),
            models.UniqueConstraint(
                fields=("submission",), condition=Q(outcome="expired"), name="people_kycdecision_expires_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} of submission {self.submission_id}"


class RiskProfile(models.Model):
    """How risky a customer is in somebody's judgement, from a day on. The newest counts; none is ever edited."""

    class Category(models.TextChoices):
        LOW = "low", "Low"
        MEDIUM = "medium", "Medium"
        HIGH = "high", "High"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="risk_profiles")
    score = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=6, choices=Category)
    reason = models.CharField(max_length=300)
    review_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(score__range=(LOWEST_SCORE, HIGHEST_SCORE)), name="people_risk_score_in_range"
            ),
        )
        indexes = (models.Index(fields=("customer", "-at"), name="people_risk_customer"),)

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.score}"
