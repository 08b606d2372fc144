"""Addresses of drawers."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.drawers.pages import views

urlpatterns: list[URLPattern] = [
    path("drawers/", views.drawer_list, name="drawer_list"),
    path("drawers/<int:session_id>/", views.drawer_report, name="drawer_report"),
]
