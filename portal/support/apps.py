"""The room as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "portal.support"

    def ready(self) -> None:
        """Open pages may be told about the tickets and chats their reader may see."""
        from portal.live.services import register
        from portal.support import queries

        register("ticket", queries.may_follow)
        register("queue", queries.may_follow_queue)
        register("chat", queries.may_follow_chat)
