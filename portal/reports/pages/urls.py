"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from portal.reports.pages import views


class CodeConverter(StringConverter):
    """A code of the chart of accounts, or the reference of an entry."""

    regex = r"[0-9A-Za-z.-]{1,24}"


register_converter(CodeConverter, "code")

urlpatterns = [
    path("reports/trial-balance/", views.trial_balance, name="trial_balance"),
    path("reports/trial-balance.csv", views.trial_balance_csv, name="trial_balance_csv"),
    path("reports/trial-balance/<code:code>/", views.trial_balance_lines, name="trial_balance_lines"),
    path("reports/accounts/<int:account_id>/", views.ledger_account, name="ledger_account"),
    path("reports/entries/<code:reference>/", views.ledger_entry, name="ledger_entry"),
    path("reports/journal-export/", views.journal_export, name="journal_export"),
    path("reports/permissions/", views.permissions, name="permissions"),
]
