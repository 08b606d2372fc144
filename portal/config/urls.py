"""Every address of the portal. A room's addresses stand in its own `pages/urls.py`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    # Those that are asked for most come first: Django tries one after the other.
    path("", include("portal.deposits.pages.urls")),
    path("", include("portal.counter.pages.urls")),
    path("", include("portal.live.pages.urls")),
    path("", include("portal.home.pages.urls")),
    path("", include("portal.notifications.pages.urls")),
    path("", include("portal.signin.pages.urls")),
    path("", include("portal.config.health_urls")),
    path("", include("portal.reports.pages.urls")),
    path("", include("portal.administration.pages.urls")),
    path("", include("portal.bookkeeping.pages.urls")),
    path("", include("portal.approvals.pages.urls")),
    path("", include("portal.statements.pages.urls")),
    path("", include("portal.support.pages.urls")),
    path("", include("portal.announcements.pages.urls")),
    path("", include("portal.loans.pages.urls")),
    path("", include("portal.drawers.pages.urls")),
    path("", include("portal.fraud.pages.urls")),
    path("", include("portal.people.pages.urls")),
    path("", include("portal.filters.pages.urls")),
    path("", include("portal.institution.pages.urls")),
    path("", include("portal.documents.pages.urls")),
    path("", include("portal.audit.pages.urls")),
    path("", include("portal.outbox.pages.urls")),
]
