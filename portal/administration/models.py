"""How people come to work here and what happens to them: invited, suspended, moved. Each with who, when and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from portal.access.roles import Role
from portal.base.keys import new_id
from portal.institution.models import Branch

NEEDS_BRANCH = (Role.CASHIER, Role.MOBILE_BANKER, Role.MANAGER)


class Invitation(models.Model):
    """Somebody is asked by mail to come and work here. The user is made when they accept and choose a password.

    Only the hash of the link's token is kept; sending again makes another token, and the old link is void.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        WITHDRAWN = "withdrawn", "Withdrawn"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField()
    full_name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role)
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-invited_at",)
        constraints = (
            models.UniqueConstraint(
                Lower("email"), condition=Q(state="open"), name="administration_invitation_open_once"
            ),
            models.CheckConstraint(condition=~Q(role=Role.CUSTOMER), name="administration_invitation_staff"),
            models.CheckConstraint(
                condition=~Q(role__in=NEEDS_BRANCH) | Q(branch__isnull=False), name="administration_invitation_branch"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None, user=None)
                | Q(state="withdrawn", ended_at__isnull=False, user=None)
                | Q(state="accepted", ended_at__isnull=False, user__isnull=False),
                name="administration_invitation_ends",
            ),
        )

    def __str__(self) -> str:
        return f"{self.full_name} ({self.email})"


class Suspension(models.Model):
    """Somebody may not sign in, from when to when, by whom and why. One at a time."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    suspended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    suspended_at = models.DateTimeField()
    ended_reason = models.CharField(max_length=300, blank=True, default="")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-suspended_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("user",), condition=Q(ended_at=None), name="administration_suspension_one_open"
            ),
            models.CheckConstraint(condition=~Q(user=F("suspended_by")), name="administration_suspension_not_oneself"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="administration_suspension_ended_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} suspended"


class RoleChange(models.Model):
    """Somebody got another role or branch: asked for by one person, approved by another, neither of them the one moved."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role_before = models.CharField(max_length=20, choices=Role)
    role = models.CharField(max_length=20, choices=Role)
    branch_before = models.ForeignKey(Branch, null=True, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(asked_by=F("approved_by")), name="administration_role_change_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(user=F("asked_by")) & ~Q(user=F("approved_by")),
                name="administration_role_change_not_oneself",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.role_before} to {self.role}"


class PasswordDemand(models.Model):
    """Somebody was made to choose another password."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    demanded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.user} chooses another password"
