"""Addresses of notices."""

from __future__ import annotations

from django.urls import path

from portal.notifications.pages import keeping, views

urlpatterns = [
    path("notices/", views.notice_list, name="notice_list"),
    path("notices/unread/", views.notice_badge, name="notice_badge"),
    path("notices/read/", views.notices_read, name="notices_read"),
    path("notices/choices/", views.notice_choices, name="notice_choices"),
    path("notices/<uuid:notice_id>/", views.notice_open, name="notice_open"),
    path("notices/<uuid:notice_id>/later/", views.notice_later, name="notice_later"),
    path("notices/<uuid:notice_id>/mute/", views.notice_mute, name="notice_mute"),
    path("wordings/", keeping.wording_list, name="wording_list"),
    path("wordings/<slug:way>/<str:notice_kind>/", keeping.wording_edit, name="wording_edit"),
    path("deliveries/", keeping.delivery_list, name="delivery_list"),
    path("deliveries/test/", keeping.delivery_test, name="delivery_test"),
]
