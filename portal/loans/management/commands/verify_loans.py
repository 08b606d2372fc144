"""`manage.py verify_loans`: prove every loan against the books."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.loans.proof import prove_loans


class Command(BaseCommand):
    help = "Prove that loans and books agree. Reads only."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say each statement as it is proved; fail when one does not hold."""
        failed = 0
        for proof in prove_loans():
            failed += not proof.holds
            self.stdout.write(f"{'holds' if proof.holds else 'FAILS'}  {proof.statement}")
            if not proof.holds:
                self.stdout.write(f"       {proof.bad_row}")
        if failed:
            raise CommandError(f"{failed} statements do not hold.")
