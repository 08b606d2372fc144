"""Filters that people keep."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from portal.audit.operations import watch


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [("audit", "0002_trail"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations: ClassVar = [
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=40)),
                ("query", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": (
                    models.UniqueConstraint(fields=("user", "place", "name"), name="filters_name_once"),
                    models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="filters_say_something"),
                ),
            },
        ),
        watch("filters_savedfilter"),
    ]
