"""The room as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class FraudConfig(AppConfig):
    name = "portal.fraud"

    def ready(self) -> None:
        """Read each room's `fraud_doors.py`; open pages may be told that the queue has changed."""
        from portal.fraud.queries.cases import may_listen
        from portal.live.services import register

        autodiscover_modules("fraud_doors")
        register("fraud", may_listen)
