"""The room as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class DrawersConfig(AppConfig):
    name = "portal.drawers"

    def ready(self) -> None:
        """Open pages may be told that cash moved in the branches whose vault their reader may see."""
        from portal.drawers.queries import may_listen
        from portal.live.services import register

        register("drawers", may_listen)
