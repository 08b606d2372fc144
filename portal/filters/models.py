"""Filters people have kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class SavedFilter(models.Model):
    """One person's filter of one list: `query` is what stands behind the question mark, `place` the list's name."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("user", "place", "name"), name="filters_name_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="filters_say_something"),
        )

    def __str__(self) -> str:
        return self.name
