"""What waits for a second person, and what was decided. What was asked for and what is carried out are the same bytes."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.base.keys import new_id
from portal.institution.models import Branch


class Request(models.Model):
    """One person asks that an act be carried out. `payload` says exactly what, `payload_hash` binds the decision to it.

    It waits until somebody else decides, its asker takes it back, or `expires_at` passes. `subject` names what it is
    about (an account number, a person) for lists and search; `amount_minor` is what decision ladders look at.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CARRIED_OUT = "carried_out", "Approved and carried out"
        REJECTED = "rejected", "Rejected"
        WITHDRAWN = "withdrawn", "Withdrawn"
        EXPIRED = "expired", "Expired"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    act = models.CharField(max_length=60)
    payload = models.JSONField()
    payload_hash = models.CharField(max_length=64)
    subject = models.CharField(max_length=80, blank=True, default="")
    summary = models.CharField(max_length=200)
    reason = models.CharField(max_length=500, blank=True, default="")
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    result = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("asked_at",)
        constraints = (
            # What a decision points at, so that it can carry the asker and be checked against it.
            models.UniqueConstraint(fields=("id", "asked_by", "payload_hash"), name="approvals_request_as_asked"),
            models.UniqueConstraint(
                fields=("act", "payload_hash"), condition=Q(state="waiting"), name="approvals_request_waits_once"
            ),
            models.CheckConstraint(condition=Q(payload_hash__regex=r"^[0-9a-f]{64}$"), name="approvals_request_hash"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="approvals_request_expires_later"),
            models.CheckConstraint(
                condition=Q(amount_minor=None, currency="") | (Q(amount_minor__isnull=False) & ~Q(currency="")),
                name="approvals_request_amount_has_currency",
            ),
        )
        indexes = (
            models.Index("expires_at", name="approvals_request_waiting", condition=Q(state="waiting")),
            models.Index(fields=("asked_by", "-asked_at"), name="approvals_request_asker"),
            models.Index(fields=("subject", "-asked_at"), name="approvals_request_subject"),
        )

    def __str__(self) -> str:
        return self.summary


class Decision(models.Model):
    """One person's answer to a request: never the asker's own, and never two that end it.

    It repeats the asker and the hash of what was asked; a foreign key over the three proves that they are the request's.
    `is_final` marks the answer that ended the request; a ladder may have taken others before it.
    """

    class Outcome(models.TextChoices):
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="decisions")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    payload_hash = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8, choices=Outcome)
    comment = models.CharField(max_length=500, blank=True, default="")
    is_final = models.BooleanField(default=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    on_the_spot = models.BooleanField(default=False)

    class Meta:
        ordering = ("decided_at",)
        constraints = (
            models.CheckConstraint(condition=~Q(decided_by=F("asked_by")), name="approvals_decision_not_by_the_asker"),
            models.UniqueConstraint(fields=("request", "decided_by"), name="approvals_decision_once_a_person"),
            models.UniqueConstraint(
                fields=("request",), condition=Q(is_final=True), name="approvals_decision_one_ends_it"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} by {self.decided_by}"
