"""The room as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class LoansConfig(AppConfig):
    name = "portal.loans"

    def ready(self) -> None:
        """Open pages may be told about the loans their reader may see."""
        from portal.live.services import register
        from portal.loans.queries import may_listen

        register("loan", may_listen)
