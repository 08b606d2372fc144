"""The portal as a WSGI application, for servers that speak only that; live pages then ask by themselves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
application = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402 - needs the applications loaded

from portal.base.garbage import keep_what_is_loaded  # noqa: E402 - the same
from portal.ledger.startup import refuse_to_serve_if_unsafe  # noqa: E402 - the same

refuse_to_serve_if_unsafe()
# Every page is loaded before the first is asked for.
get_resolver().url_patterns  # noqa: B018 - reading loads
keep_what_is_loaded()
