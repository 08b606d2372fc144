"""Probes for whoever runs the portal: is the process alive, may it be sent requests."""

from __future__ import annotations

from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.access.gate import public


@public("A probe: says that the process answers, and nothing else")
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """200 while this process answers at all. Asks nothing of the database."""
    return HttpResponse("ok", content_type="text/plain")


@public("A probe: says whether requests may be sent here, not why not")
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and has every migration of this version; else 503."""
    try:
        missing = expected_migrations() - set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return HttpResponse("no database", status=503, content_type="text/plain")
    if missing:
        return HttpResponse("migrations missing", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@cache
def expected_migrations() -> frozenset[tuple[str, str]]:
    """(app, name) of every migration this version brings; read from disk once."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
