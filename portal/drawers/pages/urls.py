"""Addresses of drawers and of the vault."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.drawers.pages import keeping, limits, slips, vault, views

urlpatterns: list[URLPattern] = [
    path("drawers/", views.drawer_list, name="drawer_list"),
    path("drawers/<int:session_id>/", views.drawer_report, name="drawer_report"),
    path("drawers/day/", views.drawer_day, name="drawer_day"),
    path("drawers/vault/", vault.drawer_vault, name="drawer_vault"),
    path("drawers/vault/<int:transfer_id>/confirm/", vault.drawer_confirm, name="drawer_confirm"),
    path("drawers/vault/<int:transfer_id>/refuse/", vault.drawer_refuse, name="drawer_refuse"),
    path("drawers/vault/<int:transfer_id>/withdraw/", vault.drawer_withdraw, name="drawer_withdraw"),
    path("drawers/exchange/", vault.drawer_exchange, name="drawer_exchange"),
    path("drawers/branch/<int:branch_id>/", keeping.drawer_keeping, name="drawer_keeping"),
    path("drawers/branch/<int:branch_id>/new/", keeping.drawer_add, name="drawer_add"),
    path("drawers/till/<int:drawer_id>/", keeping.drawer_rename, name="drawer_rename"),
    path("drawers/till/<int:drawer_id>/retire/", keeping.drawer_retire, name="drawer_retire"),
    path("drawers/till/<int:drawer_id>/return/", keeping.drawer_return, name="drawer_return"),
    *limits.urlpatterns,
    *slips.urlpatterns,
    path("vault/", vault.vault, name="vault"),
    path("vault/hand-out/", vault.vault_hand_out, name="vault_hand_out"),
    path("vault/count/", vault.vault_count, name="vault_count"),
    path("vault/<int:transfer_id>/confirm/", vault.vault_confirm, name="vault_confirm"),
    path("vault/<int:transfer_id>/refuse/", vault.vault_refuse, name="vault_refuse"),
    path("vault/<int:transfer_id>/withdraw/", vault.vault_withdraw, name="vault_withdraw"),
]
