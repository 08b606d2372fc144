"""`manage.py train_fraud`: train the model now, or score a period the gate did not see."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.base.clock import now
from portal.base.errors import Refused
from tasks.analysis import analyse, raise_past
from tasks.fraud import USUAL_ALERTS, train

LINE_EVERY = 500
"""Accounts between two lines of progress."""


class Command(BaseCommand):
    _said = ""
    help = "Train the fraud model on the last ninety days (or score a period: --since, --until)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--alerts", type=int, default=USUAL_ALERTS, help=f"alerts a day to aim at ({USUAL_ALERTS})")
        parser.add_argument("--since", type=date.fromisoformat, help="score from this day on instead of training")
        parser.add_argument("--alert", action="store_true", help="raise alerts of what stands out in that period")
        parser.add_argument("--until", type=date.fromisoformat, help="up to and with this day (today)")

    def handle(self, *args: Any, **options: Any) -> None:
        at = now()
        try:
            if options["since"]:
                self._analyse(options["since"], options["until"] or at.date(), with_alerts=options["alert"])
            else:
                version = train(alerts_a_day=options["alerts"], by=None, at=at, report=self._say)
                self.stdout.write(f"{version}: learned from {version.movements:,} movements.")
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal

    def _analyse(self, first: date, last: date, *, with_alerts: bool) -> None:
        since = datetime.combine(first, time(), UTC)
        until = datetime.combine(last + timedelta(days=1), time(), UTC)
        counts, standing = analyse(since=since, until=until, report=self._say)
        if not sum(counts.values()):
            self.stdout.write("There was no movement in this period.")
            return
        for level, count in counts.items():
            self.stdout.write(f"{level}: {count:,}")
        if with_alerts:
            self.stdout.write(f"alerts: {raise_past(standing, until=until):,}")

    def _say(self, done: int, total: int, text: str) -> None:
        line = f"{text}: {done:,} of {total:,}"
        if line != self._said and (done % LINE_EVERY == 0 or done == total):
            self.stdout.write(line)
            self.stdout.flush()
            self._said = line
