"""Addresses of entries by hand, their templates and closed books."""

from __future__ import annotations

from django.urls import path

from portal.bookkeeping.pages import entries, periods

urlpatterns = [
    path("books/entries/new/", entries.entry_new, name="entry_new"),
    path("books/templates/", entries.template_list, name="template_list"),
    path("books/templates/new/", entries.template_new, name="template_new"),
    path("books/templates/<int:template_id>/retire/", entries.template_retire, name="template_retire"),
    path("books/periods/", periods.period_list, name="period_list"),
    path("books/periods/<int:branch_id>/close/", periods.period_close, name="period_close"),
    path("books/periods/<int:branch_id>/reopen/", periods.period_reopen, name="period_reopen"),
]
