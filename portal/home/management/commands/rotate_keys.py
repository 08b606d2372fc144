"""`manage.py rotate_keys`: move everything encrypted under the newest key."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.base.crypto import Unreadable
from portal.home.services.rotating import rotate_keys, unused_recovery_codes


class Command(BaseCommand):
    help = "Encrypt identity numbers, authenticator apps and files anew under the first key. Run again after a stop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count what would be moved, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = rotate_keys(dry_run=options["dry_run"], say=self._say)
        except Unreadable as error:
            raise CommandError(
                "No key of the ring opens one of the values. Put its key back into FIELD_KEYS or SECRET_KEY_FALLBACKS "
                "and run this again; what was moved stays moved."
            ) from error
        word = "to move" if options["dry_run"] else "moved"
        for each in found:
            self.stdout.write(f"{each.what}: {each.moved} {word} of {each.of}.")
        codes = unused_recovery_codes()
        if codes:
            self.stdout.write(
                f"Recovery codes: {codes} unused ones are kept as hashes. Those made before the newest key stop working "
                "when the key they were made with goes: have their owners make new ones first."
            )

    def _say(self, what: str, seen: int, total: int) -> None:
        self.stdout.write(f"  {what}: {seen} of {total}")
        self.stdout.flush()
