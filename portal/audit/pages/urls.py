"""Addresses of the trail."""

from __future__ import annotations

from django.urls import path

from portal.audit.pages import views

urlpatterns = [
    path("audit/", views.audit_trail, name="audit_trail"),
    path("audit/trail.csv", views.audit_trail_csv, name="audit_trail_csv"),
    path("audit/trail.xlsx", views.audit_trail_xlsx, name="audit_trail_xlsx"),
]
