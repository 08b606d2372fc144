"""Sixteen cashiers at their counters at once: over HTTP, signed in, each with a drawer of their own, for a minute."""

from __future__ import annotations

import http.client
import random
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from deploy.bench.ground import Ground
from deploy.bench.table import Figure
from deploy.bench.transfers import books, server
from deploy.services import HOST

CASHIERS, SECONDS, QUICK_SECONDS = 16, 60.0, 3.0
MEMBERS, QUICK_MEMBERS = 400, 40
DONE = "/counter/?done="
_SIZE_MINOR = (100, 40_000)


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    seconds = QUICK_SECONDS if quick else SECONDS
    ground.collect_static()
    with ground.fresh("counter"):
        from deploy.bench.bank import make_bank

        bank = make_bank(QUICK_MEMBERS if quick else MEMBERS)
        counters = [_Counter(bank, number) for number in range(1, CASHIERS + 1)]
        with server(ground) as (_, port):
            threads = [threading.Thread(target=counter.work, args=(port, seconds)) for counter in counters]
            begun = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            took = time.perf_counter() - begun
        return [*_told(counters, took), *_agree(counters), books()]


@dataclass(slots=True)
class _Tally:
    """What one cashier did: how many were served, how many refused, and how long each took."""

    served: int = 0
    refused: int = 0
    odd: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    moved_minor: int = 0


class _Counter:
    """One cashier with an open drawer and a browser that keeps its connection."""

    def __init__(self, bank: Any, number: int) -> None:
        from deploy.bench.bank import NOW, UNUSABLE
        from deploy.bench.browser import Browser
        from portal.access.roles import Role
        from portal.base.keys import new_key
        from portal.drawers.services import open_session
        from portal.drawers.services.keeping import add_drawer
        from portal.people.models import User

        self.drawer = add_drawer(
            branch=bank.branch, limit_minor=10**12, at_once_minor=10**9, tolerance_minor=0, by=None, at=NOW
        )
        self.cashier = User.objects.create(
            email=f"cashier.{number}@example.org",
            full_name=f"Bench Cashier {number}",
            role=Role.CASHIER,
            branch=bank.branch,
            password=UNUSABLE,
        )
        self.session = open_session(drawer=self.drawer, counts={}, key=new_key(), by=self.cashier, at=NOW)
        self.browser = Browser(self.cashier)
        self.accounts = bank.accounts
        self.tally = _Tally()
        self._chance = random.Random(number)  # noqa: S311 - whom a made-up cashier serves is no secret

    def work(self, port: int, seconds: float) -> None:
        """Serve members drawn at random, paying in and out, until the time is up."""
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._serve(connection)
        connection.close()

    def _serve(self, connection: http.client.HTTPConnection) -> None:
        from portal.base.keys import new_key

        account, minor = self._chance.choice(self.accounts), self._chance.randint(*_SIZE_MINOR)
        paying = self._chance.random() < 0.45
        fields = {
            "customer": account.customer.number,
            "account": account.number,
            "amount": f"{minor // 100}.{minor % 100:02d}",
            "key": new_key(),
        }
        body = urlencode(fields | ({"identity": "on"} if paying else {})).encode()
        way = "withdrawal" if paying else "deposit"
        begun = time.perf_counter()
        connection.request("POST", f"/counter/{way}/", body, self.browser.headers(body))
        answer = connection.getresponse()
        answer.read()
        self.tally.seconds.append(time.perf_counter() - begun)
        if answer.headers.get("Location", "").startswith(DONE):
            self.tally.served += 1
            self.tally.moved_minor += -minor if paying else minor
        elif answer.status == 422:  # too little cash in the drawer yet
            self.tally.refused += 1
        else:
            self.tally.odd.append(f"{answer.status} {answer.headers.get('Location', '')}")


def _told(counters: Sequence[_Counter], seconds: float) -> list[Figure]:
    served = sum(counter.tally.served for counter in counters)
    refused = sum(counter.tally.refused for counter in counters)
    odd = [each for counter in counters for each in counter.tally.odd]
    times = sorted(each for counter in counters for each in counter.tally.seconds)
    p95 = statistics.quantiles(times, n=20)[-1] * 1000 if len(times) > 1 else 0.0
    return [
        Figure(
            f"{CASHIERS} cashiers for {seconds:.0f} s: {served:,} served, {refused:,} refused for too little cash",
            f"{served / seconds:,.0f} a second",
            f"p95 {p95:,.0f} ms",
        ),
        Figure("– other answers", odd[0] if odd else "none", target="none", met=not odd and served > 0, exact=True),
    ]


def _agree(counters: Sequence[_Counter]) -> list[Figure]:
    """Every drawer: what its cashier moved, what its session says, and its account of the books are one figure."""
    from portal.drawers.queries import held_in, report

    wrong = []
    for counter in counters:
        figures = {counter.tally.moved_minor, report(counter.session).expected.minor, held_in(counter.drawer).minor}
        if len(figures) != 1:
            wrong.append(f"{counter.drawer.name}: {sorted(figures)}")
    right = f"{len(counters) - len(wrong)} of {len(counters)}"
    return [
        Figure("every drawer equals its account", wrong[0] if wrong else right, target="all", met=not wrong, exact=True)
    ]
