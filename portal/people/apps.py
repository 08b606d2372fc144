from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "portal.people"

    def ready(self) -> None:
        from portal.people.trail import listen

        listen()
