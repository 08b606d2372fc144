"""Addresses of background work."""

from __future__ import annotations

from django.urls import path

from portal.outbox.pages import views

urlpatterns = [
    path("jobs/<uuid:job_id>/", views.job_detail, name="job_detail"),
    path("demo/mail/", views.demo_mail, name="demo_mail"),
]
