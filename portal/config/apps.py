"""Wires what siblings may not know of each other."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "portal.config"

    def ready(self) -> None:
        from portal.access import proof, sessions
        from portal.live.services import register
        from portal.outbox.queries import may_follow

        register("job", may_follow)
        sessions.listen()
        proof.listen()
