"""Probes."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.config import health

urlpatterns: list[URLPattern] = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
]
