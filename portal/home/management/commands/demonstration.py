"""`manage.py demonstration`: the made-up institution and the people who sign in to it."""

from __future__ import annotations

from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.base.clock import now
from portal.base.errors import Refused
from portal.home.demonstration.loading import Size, ensure
from portal.people.queries import demonstration_sign_ins


class Command(BaseCommand):
    help = "Load the made-up institution (--ensure), or list one sign-in for each role (--sign-ins)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        help_text = "load it unless it is there; a killed run leaves nothing"
        parser.add_argument("--ensure", action="store_true", help=help_text)
        parser.add_argument("--sign-ins", action="store_true", help="print role, e-mail and name, separated by tabs")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same institution (1)")
        parser.add_argument("--customers", type=int, default=2000, help="how many members (2000)")
        parser.add_argument("--years", type=int, default=2, help="years of history (2)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["ensure"] and not options["sign_ins"]:
            raise CommandError("Say --ensure, --sign-ins or both.")
        if options["ensure"]:
            self._ensure(options)
        if options["sign_ins"]:
            for user in demonstration_sign_ins():
                self.stdout.write(f"{user.get_role_display()}\t{user.email}\t{user.full_name}")

    def _ensure(self, options: dict[str, Any]) -> None:
        size = Size(seed=options["seed"], customers=options["customers"], years=options["years"])
        begun, at = monotonic(), now()
        try:
            loaded = ensure(size=size, today=at.date(), at=at, say=self._say(begun))
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write("The demonstration is loaded." if loaded else "The demonstration is there already.")

    def _say(self, begun: float) -> Any:
        def say(line: str) -> None:
            self.stdout.write(f"{monotonic() - begun:6.1f} s  {line}")
            self.stdout.flush()

        return say
