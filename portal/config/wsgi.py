"""The portal as a WSGI application, for servers that speak only that; live pages then ask by themselves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
application = get_wsgi_application()

from portal.ledger.startup import refuse_to_serve_if_unsafe  # noqa: E402 - needs the applications loaded

refuse_to_serve_if_unsafe()
