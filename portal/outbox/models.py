"""Work that waits, runs, is done or has failed: one row each, so that a lost queue or a killed worker loses nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.base.keys import new_key

OVER = Q(state__in=["done", "failed"])


class Job(models.Model):
    """One piece of work. `kind` and `key` together name it: asked for twice, it is done once.

    While it runs, a worker holds it by a lease that it must renew, and by a token that fences off the worker that held
    it before: whoever shows an old token changes nothing.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=160)
    payload = models.JSONField()
    state = models.CharField(max_length=8, choices=State, db_default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(db_default=0)
    max_attempts = models.PositiveSmallIntegerField(db_default=5)
    run_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    progress_done = models.PositiveIntegerField(db_default=0)
    progress_total = models.PositiveIntegerField(db_default=0)
    progress_text = models.CharField(max_length=120, db_default="")
    result = models.JSONField(null=True)
    error = models.TextField(db_default="")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(fields=["kind", "key"], name="outbox_job_once"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed"]), name="outbox_job_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease_token__isnull=False, lease_until__isnull=False)
                | (~Q(state="running") & Q(lease_token=None, lease_until=None)),
                name="outbox_job_running_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(OVER, finished_at__isnull=False) | (~OVER & Q(finished_at=None)),
                name="outbox_job_finished_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(attempts__lte=models.F("max_attempts")), name="outbox_job_attempts_bounded"
            ),
        )
        indexes = (
            models.Index("run_after", "id", name="outbox_job_waiting", condition=Q(state="waiting")),
            models.Index("lease_until", name="outbox_job_running", condition=Q(state="running")),
            models.Index(fields=["created_by", "-created_at"], name="outbox_job_asker"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def is_over(self) -> bool:
        """Done or failed: nothing more will happen."""
        return self.state in {self.State.DONE, self.State.FAILED}

    @property
    def link(self) -> dict[str, Any] | None:
        """Where the result lies: `{"url": …, "label": …}`, if the work left one."""
        return self.result if isinstance(self.result, dict) and self.result.get("url") else None
