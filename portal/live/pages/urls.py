"""The address of the event stream."""

from __future__ import annotations

from django.urls import path

from portal.live.pages import views

urlpatterns = [path("events/", views.events, name="events")]
