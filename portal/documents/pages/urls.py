"""Addresses of documents."""

from __future__ import annotations

from django.urls import path

from portal.documents.pages import views

urlpatterns = [
    path("documents/", views.document_list, name="document_list"),
    path("documents/<uuid:document_id>/", views.document_download, name="document_download"),
    path("verify/", views.document_check, name="document_check"),
    path("verify/<str:code>/", views.document_verify, name="document_verify"),
]
