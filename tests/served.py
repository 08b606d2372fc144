"""The portal as the server loads it, with what tests have different: a forgetful database, which a real start would
refuse, and static files that nobody collected."""

from __future__ import annotations

import os

from django.conf import settings

import portal.ledger.startup

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.WHITENOISE_USE_FINDERS = True
portal.ledger.startup.unsafe_reasons = list

from portal.config.asgi import application  # noqa: E402

__all__ = ["application"]
