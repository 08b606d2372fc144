"""The room as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class DepositsConfig(AppConfig):
    name = "portal.deposits"

    def ready(self) -> None:
        """Open pages may be told about the accounts their reader may see."""
        from portal.deposits.queries import may_listen
        from portal.live.services import register

        register("account", may_listen)
