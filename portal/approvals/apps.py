"""The room as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ApprovalsConfig(AppConfig):
    name = "portal.approvals"

    def ready(self) -> None:
        """Read each room's `acts.py`; open pages may be told that something waits."""
        from portal.approvals.queries import may_listen
        from portal.live.services import register

        autodiscover_modules("acts")
        register("approvals", may_listen)
