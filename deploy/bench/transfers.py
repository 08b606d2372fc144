"""Transfers as members make them: over HTTP, signed in, through the real server and its two processes."""

from __future__ import annotations

import http.client
import os
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from deploy.bench.costs import database_seconds, group_seconds
from deploy.bench.ground import Ground
from deploy.bench.table import Figure
from deploy.services import HOST, Service, wait_until_answering, web_command

CLIENTS = 8
MOST_MS, MOST_STATEMENTS = 8, 12
COUNTED = 20
RECEIPT = "/receipts/"
RUSH, WITHDRAWN_MINOR, IN_HAND_MINOR, FITTING = 60, 700, 10_000, 14
SEND = "/transfers/new/send/"


@dataclass(frozen=True, slots=True)
class Request:
    """A form that sends one transfer, ready for the wire."""

    headers: dict[str, str]
    body: bytes


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    members, transfers = (40, 80) if quick else (1_000, 4_000)
    ground.collect_static()
    with ground.fresh("transfers") as database:
        from deploy.bench.bank import make_bank, make_users

        bank = make_bank(members)
        desk = _Desk(bank, make_users(bank, members))
        statements = _statements(ground, database, desk)
        with server(ground) as (group, port):
            _rush(port, desk.some(CLIENTS * 5))
            cost, all_sent = _cost(ground, group, port, desk.some(transfers))
            rush = _withdrawals(port, desk)
        return [cost, all_sent, statements, rush, books()]


class _Desk:
    """Makes requests: each a transfer of 1.00 between two members, by the one who pays."""

    def __init__(self, bank: Any, users: Sequence[Any]) -> None:
        from deploy.bench.browser import Browser

        self.accounts = bank.accounts
        self.users = users
        self.browsers = [Browser(user) for user in users]
        self._chance = random.Random(3)  # noqa: S311 - who pays whom, not a secret

    def some(self, number: int) -> list[Request]:
        return [self.one(*self._chance.sample(range(len(self.users)), 2), minor=100) for _ in range(number)]

    def one(self, payer: int, payee: int, *, minor: int) -> Request:
        body = urlencode(self.fields(payer, payee, minor=minor)).encode()
        return Request(self.browsers[payer].headers(body), body)

    def fields(self, payer: int, payee: int, *, minor: int) -> dict[str, str]:
        from portal.base.keys import new_key
        from portal.base.money import Money
        from portal.deposits.pages.drafts import Draft

        source, target = self.accounts[payer], self.accounts[payee]
        draft = Draft(source, target, Money(minor, source.currency), "Bench")
        return {"draft": draft.sealed(self.users[payer]), "key": new_key()}

    def empty_to(self, payer: int, minor: int) -> None:
        """Leave exactly so much in a member's account. By the ledger alone: a member's own transfer of a whole balance
        would wait for a review."""
        from portal.base.clock import now
        from portal.base.keys import new_key
        from portal.deposits.queries import funds_of
        from portal.ledger.models import EntryKind
        from portal.ledger.services import NewEntry, credit, debit, post

        source, target = self.accounts[payer], self.accounts[payer + 1]
        rest = funds_of(source).booked
        amount = rest - type(rest)(minor, rest.currency)
        lines = [debit(source.ledger_account, amount), credit(target.ledger_account, amount)]
        entry = NewEntry(kind=EntryKind.TRANSFER, branch=source.branch, lines=lines, key=new_key(), channel="branch")
        post(entry, by=self.users[payer], at=now())


@contextmanager
def server(ground: Ground) -> Iterator[tuple[int, int]]:
    """The web server as `up` starts it, on a free port; gives its process group and the port."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
    web = Service("web server", web_command(port), dict(os.environ), ground.data / "web.log")
    web.start()
    try:
        wait_until_answering(web, port)
        yield web.group or 0, port
    finally:
        web.stop()


def _cost(ground: Ground, group: int, port: int, requests: Sequence[Request]) -> tuple[Figure, Figure]:
    before, begun = group_seconds(group) + database_seconds(ground), time.perf_counter()
    sent = _rush(port, requests)
    seconds = time.perf_counter() - begun
    cost = (group_seconds(group) + database_seconds(ground) - before) * 1000 / len(requests)
    what = f"{len(requests):,} transfers, {CLIENTS} clients: {sent / seconds:,.0f} a second"
    arrived = Figure(
        "– answered with a receipt", f"{sent:,}", target=f"= {len(requests):,}", met=sent == len(requests), exact=True
    )
    return (
        Figure(what, f"{cost:.2f} ms of processors each", target=f"≤ {MOST_MS} ms", met=cost <= MOST_MS),
        arrived,
    )


def _rush(port: int, requests: Sequence[Request], clients: int = CLIENTS) -> int:
    """Send all requests, each client on one connection that it keeps; how many came back with a receipt."""
    waiting = iter(requests)
    lock = threading.Lock()

    def client(_: int) -> int:
        connection = http.client.HTTPConnection(HOST, port, timeout=60)
        sent = 0
        while True:
            with lock:
                request = next(waiting, None)
            if request is None:
                connection.close()
                return sent
            connection.request("POST", SEND, request.body, request.headers)
            answer = connection.getresponse()
            answer.read()
            # A redirect alone proves nothing: somebody who may not send is led away by one too.
            sent += answer.headers.get("Location", "").startswith(RECEIPT)

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(client, range(clients)))


def _withdrawals(port: int, desk: _Desk) -> Figure:
    """Sixty at once from an account that covers fourteen."""
    desk.empty_to(0, IN_HAND_MINOR)
    wanted = [desk.one(0, 1, minor=WITHDRAWN_MINOR) for _ in range(RUSH)]
    done = _rush(port, wanted, clients=16)
    return Figure(
        f"{RUSH} times 7.00 at once from 100.00",
        f"{done} sent",
        target=f"= {FITTING}",
        met=done == FITTING,
        exact=True,
    )


def _statements(ground: Ground, database: str, desk: _Desk) -> Figure:
    """What the server's own log says a transfer sends, begin and commit apart; in this process, after a warm-up."""
    from django.db import connection

    name = connection.ops.quote_name(database)
    desk.browsers[0].post(SEND, desk.fields(0, 1, minor=100))
    connection.close()
    ground.owner_runs("postgres", f"ALTER DATABASE {name} SET log_statement = 'all'")
    begun = ground.cluster.log.stat().st_size
    for number in range(COUNTED):
        desk.browsers[number].post(SEND, desk.fields(number, number + 1, minor=100))
    connection.close()
    ground.owner_runs("postgres", f"ALTER DATABASE {name} RESET log_statement")
    with ground.cluster.log.open(encoding="utf-8", errors="replace") as log:
        log.seek(begun)
        told = re.findall(rf"@{database} LOG:  (?:statement|execute [^:]*): (\w+)", log.read())
    # A new connection sets its time zone and the like once.
    transactional = Counter(word for word in told if word in {"BEGIN", "COMMIT", "ROLLBACK"})
    each = (len(told) - sum(transactional.values())) / COUNTED
    frame = sum(transactional.values()) / COUNTED
    return Figure(
        "– statements of each, by the server's log",
        f"{each:.1f}",
        f"and {frame:.1f} BEGIN and COMMIT",
        target=f"≤ {MOST_STATEMENTS}",
        met=each <= MOST_STATEMENTS,
    )


def books() -> Figure:
    from portal.ledger.proof import prove

    proofs = prove()
    bad = [f"{proof.statement}: {proof.bad_row}" for proof in proofs if not proof.holds]
    return Figure(
        "the books afterwards", bad[0] if bad else f"{len(proofs)} proofs hold", target="exact", met=not bad, exact=True
    )
