"""What changed (written by trigger) and what happened (written by services). Both only ever grow."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Change(models.Model):
    """One row of one business table, before and after. Only the database's trigger writes here."""

    class Action(models.TextChoices):
        INSERT = "INSERT", "Added"
        UPDATE = "UPDATE", "Changed"
        DELETE = "DELETE", "Removed"

    at = models.DateTimeField()
    table_name = models.CharField(max_length=63)
    row_id = models.CharField(max_length=64)
    action = models.CharField(max_length=6, choices=Action)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    request_id = models.CharField(max_length=36, default="")
    address = models.CharField(max_length=45, default="")
    database_role = models.CharField(max_length=63)

    class Meta:
        indexes = (
            models.Index(fields=("table_name", "row_id"), name="audit_change_row"),
            models.Index(fields=("at",), name="audit_change_at"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.table_name} {self.row_id}"


class Event(models.Model):
    """One thing a person or the worker did, in plain words: a sign-in, an export, a refusal."""

    at = models.DateTimeField()
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=120, default="")
    detail = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    request_id = models.CharField(max_length=36, default="")
    address = models.CharField(max_length=45, default="")

    class Meta:
        indexes = (
            models.Index(fields=("verb", "at"), name="audit_event_verb"),
            models.Index(fields=("actor", "at"), name="audit_event_actor"),
            models.Index(fields=("at",), name="audit_event_at"),
        )

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
