"""Addresses of accounts, transfers, interest and receipts."""

from __future__ import annotations

from django.urls import path

from portal.deposits.pages import (
    applying,
    charges,
    cheque_rules,
    cheque_slips,
    cheques,
    dormancy,
    interest,
    keeping,
    limits,
    notes,
    payees,
    pictures,
    plans,
    products,
    receipts,
    shares,
    standing,
    transfers,
    views,
    waiting,
)

urlpatterns = [
    path("accounts/", views.account_list, name="account_list"),
    # Before those with a number, which would take these words for one.
    *applying.urlpatterns,
    *waiting.urlpatterns,
    *keeping.urlpatterns,
    *products.urlpatterns,
    *charges.urlpatterns,
    *dormancy.urlpatterns,
    path("accounts/<str:number>/", views.account_detail, name="account_detail"),
    path("accounts/<str:number>/name/", views.account_rename, name="account_rename"),
    path("accounts/<str:number>/movements/<str:reference>/", views.movement_detail, name="movement_detail"),
    path("transfers/new/", transfers.transfer_start, name="transfer_start"),
    path("transfers/new/amount/", transfers.transfer_amount, name="transfer_amount"),
    path("transfers/new/check/", transfers.transfer_check, name="transfer_check"),
    path("transfers/new/send/", transfers.transfer_done, name="transfer_done"),
    path("transfers/outcome/<uuid:key>/", transfers.transfer_outcome, name="transfer_outcome"),
    path("interest/", interest.interest_runs, name="interest_runs"),
    *notes.urlpatterns,
    *receipts.urlpatterns,
    *plans.urlpatterns,
    *payees.urlpatterns,
    *standing.urlpatterns,
    *limits.urlpatterns,
    *shares.urlpatterns,
    *pictures.urlpatterns,
    *cheque_rules.urlpatterns,
    *cheque_slips.urlpatterns,
    *cheques.urlpatterns,
]
