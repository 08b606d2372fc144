"""Addresses of the reports."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from portal.reports.pages import chart, financials, general_ledger, oversight, views


class CodeConverter(StringConverter):
    """A code of the chart of accounts, or the reference of an entry."""

    regex = r"[0-9A-Za-z.-]{1,24}"


register_converter(CodeConverter, "code")

urlpatterns = [
    path("reports/trial-balance/", views.trial_balance, name="trial_balance"),
    path("reports/trial-balance.csv", views.trial_balance_csv, name="trial_balance_csv"),
    path("reports/trial-balance/<code:code>/", views.trial_balance_lines, name="trial_balance_lines"),
    path("reports/balance-sheet/", financials.balance_sheet, name="balance_sheet"),
    path("reports/balance-sheet.csv", financials.balance_sheet_csv, name="balance_sheet_csv"),
    path("reports/income-statement/", financials.income_statement, name="income_statement"),
    path("reports/income-statement.csv", financials.income_statement_csv, name="income_statement_csv"),
    path("reports/general-ledger/", general_ledger.general_ledger, name="general_ledger"),
    path("reports/general-ledger.csv", general_ledger.general_ledger_csv, name="general_ledger_csv"),
    path("reports/chart/", chart.chart_of_accounts, name="chart_of_accounts"),
    path("reports/chart/new/", chart.chart_account_add, name="chart_account_add"),
    path("reports/chart/<int:account_id>/", chart.chart_account, name="chart_account"),
    path("reports/chart/<int:account_id>/close/", chart.chart_account_close, name="chart_account_close"),
    path("reports/chart/<int:account_id>/reopen/", chart.chart_account_reopen, name="chart_account_reopen"),
    path("reports/accounts/<int:account_id>/", views.ledger_account, name="ledger_account"),
    path("reports/entries/<code:reference>/", views.ledger_entry, name="ledger_entry"),
    path("reports/journal-export/", views.journal_export, name="journal_export"),
    path("reports/permissions/", views.permissions, name="permissions"),
    *oversight.urlpatterns,
]
