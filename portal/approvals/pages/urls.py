"""Addresses of approvals."""

from __future__ import annotations

from django.urls import path

from portal.approvals.pages import spot, views

urlpatterns = [
    path("approvals/", views.approvals, name="approvals"),
    path("approvals/asked/", views.approvals_asked, name="approvals_asked"),
    path("approvals/decided/", views.approvals_decided, name="approvals_decided"),
    path("approvals/waiting/", views.approvals_badge, name="approvals_badge"),
    *spot.urlpatterns,
    path("approvals/<uuid:request_id>/", views.approval, name="approval"),
    path("approvals/<uuid:request_id>/decision/", views.approval_decide, name="approval_decide"),
    path("approvals/<uuid:request_id>/withdrawal/", views.approval_withdraw, name="approval_withdraw"),
]
