from __future__ import annotations

from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "portal.signin"

    def ready(self) -> None:
        from portal.access import policy
        from portal.signin.queries import policy_in_force
        from portal.signin.trail import listen

        listen()
        policy.read_with(policy_in_force)
