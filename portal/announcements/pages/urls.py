"""Addresses of announcements."""

from __future__ import annotations

from django.urls import path

from portal.announcements.pages import views

_ONE = "announcements/<uuid:announcement_id>/"

urlpatterns = [
    path("announcements/", views.announcement_list, name="announcement_list"),
    path("announcements/public/", views.announcement_public, name="announcement_public"),
    path("announcements/must-read/", views.announcement_duties, name="announcement_duties"),
    path("announcements/written/", views.announcement_written, name="announcement_written"),
    path("announcements/new/", views.announcement_new, name="announcement_new"),
    path(_ONE, views.announcement_detail, name="announcement_detail"),
    path(f"{_ONE}read/", views.announcement_read, name="announcement_read"),
    path(f"{_ONE}edit/", views.announcement_edit, name="announcement_edit"),
    path(f"{_ONE}publish/", views.announcement_publish, name="announcement_publish"),
    path(f"{_ONE}withdraw/", views.announcement_withdraw, name="announcement_withdraw"),
]
