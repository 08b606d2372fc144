"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import path

from portal.institution.pages import views

urlpatterns = [
    path("holidays/", views.holiday_list, name="holiday_list"),
    path("holidays/add/", views.holiday_add, name="holiday_add"),
    path("holidays/<int:holiday_id>/withdraw/", views.holiday_withdraw, name="holiday_withdraw"),
]
