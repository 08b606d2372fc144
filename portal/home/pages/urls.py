"""Addresses of the roof: the first page, the colours, and the record of a customer over all rooms."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_POST

from portal.access.gate import public
from portal.base.render import theme_set

_ANYBODY = public("Colours are chosen before signing in too; nothing but a cookie changes")

urlpatterns = [
    path("theme/", _ANYBODY(require_POST(theme_set)), name="theme_set"),
]
