"""`manage.py export_journal`: the books for hledger, beancount or a spreadsheet."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.base.clock import now
from portal.base.errors import Refused
from portal.institution.models import Branch
from portal.reports.formats import FORMATS
from portal.reports.queries import latest_day
from portal.reports.services import export_journal


class Command(BaseCommand):
    help = "Write the journal in the words of another program, with the balances at its end asserted."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--format", choices=FORMATS, default="hledger")
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="first day (default: the first)"
        )
        parser.add_argument(
            "--until", type=date.fromisoformat, metavar="YYYY-MM-DD", help="last day (default: the open one)"
        )
        parser.add_argument("--branch", metavar="CODE", help="one branch by its code (default: all)")
        parser.add_argument("--output", type=Path, metavar="FILE", help="where to write (default: the screen)")

    def handle(self, *args: Any, **options: Any) -> None:
        branch = self._branch(options["branch"])
        until = options["until"] or latest_day(branch)
        if until is None:
            raise CommandError("There is no branch yet, so there are no books to export.")
        try:
            pieces = export_journal(
                form=options["format"], since=options["since"], until=until, branch=branch, by=None, at=now()
            )
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        if options["output"] is None:
            self._show(pieces)
        else:
            self._write(options["output"], pieces)

    def _branch(self, code: str | None) -> Branch | None:
        if not code:
            return None
        branch = Branch.objects.filter(code=code).first()
        if branch is None:
            known = ", ".join(Branch.objects.values_list("code", flat=True))
            raise CommandError(f"There is no branch {code}. There are: {known}.")
        return branch

    def _show(self, pieces: Iterable[str]) -> None:
        try:
            for piece in pieces:
                self.stdout.write(piece, ending="")
        except BrokenPipeError:
            # Whoever read us has seen enough (`| head`); what is still in the buffer has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _write(self, path: Path, pieces: Iterable[str]) -> None:
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(pieces)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stderr.write(f"Wrote {path}")
