"""Devices somebody signed in with, and the sessions on them: when each began, when it was last used, why it ended."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Device(models.Model):
    """A browser that one person signed in with. It carries a signed cookie with its number; several people may share one."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    browser = models.UUIDField()
    words = models.CharField(max_length=80)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "browser"], name="signin_device_once"),)

    def __str__(self) -> str:
        return self.words


class SignInSession(models.Model):
    """One session from sign-in to its end. `key` is the session's in Django's table, dead once `ended_at` is there."""

    class Ended(models.TextChoices):
        SIGNED_OUT = "signed_out", "Signed out"
        IDLE = "idle", "Nothing was done for too long"
        LONG = "long", "It had lasted its time"
        NEWER = "newer", "A newer sign-in took its place"
        ELSEWHERE = "elsewhere", "Ended from another device"
        ADMINISTRATOR = "administrator", "Ended by an administrator"
        SUSPENDED = "suspended", "The profile was suspended"
        ROLE = "role", "Another role"
        BRANCH = "branch", "Another branch"
        PASSWORD = "password", "The password was changed"
        DEMANDED = "demanded", "Another password was demanded"
        FACTOR = "factor", "The second factor was changed"

    key = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=45, blank=True, default="")
    words = models.CharField(max_length=80)
    is_shared = models.BooleanField(default=False)
    """The demonstration's one-click sign-in: many people are the same made-up person, and none ends another's session."""
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=60, blank=True, default="")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-seen_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_because="") | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="signin_session_end_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("started_at")), name="signin_session_ends_later"
            ),
        )
        indexes = (
            models.Index(fields=["user"], name="signin_session_open", condition=Q(ended_at=None)),
            models.Index(fields=["user", "-started_at"], name="signin_session_user"),
            models.Index(fields=["seen_at"], name="signin_session_idle", condition=Q(ended_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.words}"

    @property
    def ended_in_words(self) -> str:
        """Why it ended: our word for it, or the reason that was given."""
        return dict(self.Ended.choices).get(self.ended_because, self.ended_because)
