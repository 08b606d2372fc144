"""Prove the books, or name the first row that contradicts them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.ledger.proof import Proof, heads, prove


class Command(BaseCommand):
    help = "Re-prove the ledger: sums, running balances, trial balance, keys, holds, snapshots and the hash chain."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = [proof for proof in prove(say=self._say) if not proof.holds]
        for branch_id, (number, digest) in heads().items():
            self.stdout.write(f"Chain head of branch {branch_id}: {number} {digest}")
        if failed:
            raise CommandError(
                f"{len(failed)} of the statements do not hold. Keep the database as it is and call for help."
            )
        self.stdout.write("The books are proved.")

    def _say(self, proof: Proof) -> None:
        mark = "holds " if proof.holds else "BROKEN"
        self.stdout.write(f"{mark}  {proof.statement}" + ("" if proof.holds else f": {proof.bad_row}"))
