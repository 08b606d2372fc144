"""`manage.py import_history`: another bank's customers, accounts and movements, through the one door."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.money import Money
from portal.home.importing.comparison import Comparison, compare, planned_ends, posted_ends
from portal.home.importing.loading import load_books
from portal.home.importing.mapping import Mapping, read_mapping
from portal.home.importing.reading import Books, Reject, read_books

SHOWN = 20


class Command(BaseCommand):
    help = "Load another bank's customers, accounts and movements from CSV files, and compare with the balances it recorded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--mapping", required=True, help="a mapping file (TOML), or berka, which comes with Quayside"
        )
        parser.add_argument("--source", required=True, type=Path, help="the folder of the CSV files")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument("--report", type=Path, help="write a line for each rejected row to this CSV file")
        parser.add_argument(
            "--accept-rejects", action="store_true", help="load the good rows although others are rejected"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.begun = monotonic()
        try:
            mapping = read_mapping(options["mapping"])
            books = read_books(mapping, options["source"])
            self._tell_what_was_read(mapping, books)
            self._report(books.rejects, options["report"])
            self._refuse_rejects(books, accepted=options["accept_rejects"])
            if options["dry_run"]:
                self._say("Dry run: nothing is written. The files' own figures:")
                comparison = compare(mapping, books, planned_ends(books))
            else:
                self._load(mapping, books)
                comparison = compare(mapping, books, posted_ends(mapping, books))
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self._tell_comparison(mapping, comparison)

    def _load(self, mapping: Mapping, books: Books) -> None:
        loaded = load_books(mapping, books, at=now(), say=self._say)
        pace = len(books.movements) / max(loaded.seconds, 0.001)
        self._say(
            f"Loaded {loaded.customers:,} customers, {loaded.accounts:,} accounts, {loaded.movements:,} movements "
            f"({loaded.movements_before:,} were there before) at {pace:,.0f} movements a second"
        )

    def _tell_what_was_read(self, mapping: Mapping, books: Books) -> None:
        self._say(
            f"{mapping.name}: {len(books.customers):,} customers, {len(books.accounts):,} accounts, "
            f"{len(books.movements):,} movements up to {mapping.last_day:%d %B %Y}"
        )
        for what, count in books.left_out.items():
            if count:
                self._say(f"Left out: {count:,} {what}")

    def _report(self, rejects: Sequence[Reject], path: Path | None) -> None:
        """One line a rejected row: to the file all of them, to the screen the first ones and how many there are."""
        if path is not None:
            with path.open("w", encoding="utf-8", newline="") as text:
                writer = csv.writer(text)
                writer.writerow(Reject._fields)
                writer.writerows(rejects)
        for reject in rejects[:SHOWN]:
            self._say(f"Rejected: {reject.file} line {reject.line}, {reject.key or 'no number'}: {reject.reason}")
        if len(rejects) > SHOWN:
            files = Counter(reject.file for reject in rejects)
            counts = ", ".join(f"{count:,} in {file}" for file, count in files.items())
            where = f"all of them in {path}" if path else "--report FILE lists them all"
            self._say(f"Rejected: {counts}; {where}")

    def _refuse_rejects(self, books: Books, *, accepted: bool) -> None:
        if books.rejects and not accepted:
            raise CommandError(
                f"{len(books.rejects):,} rows are rejected, so nothing was loaded. "
                "Mend them, or load the others with --accept-rejects."
            )

    def _tell_comparison(self, mapping: Mapping, comparison: Comparison) -> None:
        worst = f"; the widest is {comparison.worst}"
        if comparison.worst:
            worst += f", account {comparison.worst_number} on {comparison.worst_day}"
        within = Money(mapping.tolerance_minor, mapping.currency)
        self._say(
            f"End-of-day balances: {comparison.agreeing:,} of {comparison.days:,} account-days are within {within} "
            f"of a balance that the bank recorded that day{worst}"
        )
        if not comparison.holds:
            raise CommandError("The books do not agree with what the bank recorded.")

    def _say(self, line: str) -> None:
        self.stdout.write(f"{monotonic() - self.begun:6.1f} s  {line}")
        self.stdout.flush()
