"""Addresses of kept filters."""

from __future__ import annotations

from django.urls import path

from portal.filters.pages import views

urlpatterns = [
    path("filters/keep/", views.filter_keep, name="filter_keep"),
    path("filters/<int:filter_id>/forget/", views.filter_forget, name="filter_forget"),
]
