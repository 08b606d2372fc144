from __future__ import annotations

from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "portal.signin"

    def ready(self) -> None:
        from portal.signin.trail import listen

        listen()
