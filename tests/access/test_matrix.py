"""Every address, every method, every role: what is answered is what was reviewed."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from portal.access.gate import allows
from tests.access.reviewed import ACTORS, LEAVE_A_TRACE, LINES, Line
from tests.access.world import World, build
from tests.answers import without_tokens
from tests.architecture.house import Address, addresses
from tests.cast import Cast

REFUSED_METHODS = ("get", "post", "put", "patch", "delete")
WRITTEN = ("ledger_entry", "ledger_posting", "ledger_idempotencykey", "ledger_hold", "audit_change", "outbox_job")
TRAIL = "audit_event"
_BUT_REFUSALS = {TRAIL: " WHERE verb <> 'permission refused'"}


class Visitors:
    """One browser for each actor. A visit leaves neither the database nor the browser changed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clients = {actor: Client(raise_request_exception=False) for actor in (*ACTORS, "suspended")}
        for actor in ACTORS[1:]:
            self.clients[actor].force_login(world.cast.of_role(actor))
        self.clients["suspended"].force_login(world.suspended)

    def visit(self, actor: str, address: Address, method: str, place: str) -> Any:
        url = reverse(str(address.name), kwargs=getattr(self.world, place).of(address))
        client = self.clients[actor]
        cookies, before = copy(client.cookies), transaction.savepoint()
        response = getattr(client, method)(url)
        if response.streaming:
            list(response.streaming_content)
        transaction.savepoint_rollback(before)
        client.cookies = cookies
        return response


@pytest.fixture
def visitors(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Visitors:
    # Whether this machine can draw PDF is none of the matrix' business.
    monkeypatch.setattr("portal.documents.services.pdf_available", lambda: True)
    # Nor how long it takes: a walk of more than five minutes would be asked to prove once more who it is.
    monkeypatch.setattr("portal.access.proof.is_fresh", lambda request: True)
    return Visitors(build(cast))


ADDRESSES = {str(address.name): address for address in addresses()}


def answer(response: Any) -> str:
    to_sign_in = response.status_code == 302 and response.headers["Location"].startswith("/sign-in/?next=")
    return "in" if to_sign_in else str(response.status_code)


def test_every_address_was_reviewed_and_no_line_is_left_over() -> None:
    assert {line.name for line in LINES} == set(ADDRESSES)


def test_every_answer_is_the_reviewed_one(visitors: Visitors) -> None:
    wrong = []
    for line in LINES:
        for actor, wanted in line.answers.items():
            found = answer(visitors.visit(actor, ADDRESSES[line.name], line.method, line.place))
            if found != wanted:
                wrong.append(f"{line.name} {line.method} {line.place}: {actor} gets {found}, not {wanted}")
    assert wrong == []


def test_whoever_is_suspended_is_a_stranger(visitors: Visitors) -> None:
    wrong = [
        f"{line.name} {line.method} {line.place}"
        for line in LINES
        if answer(visitors.visit("suspended", ADDRESSES[line.name], line.method, line.place)) != line.answers["anyone"]
    ]
    assert wrong == []


def _unlisted() -> Iterator[tuple[Address, str]]:
    listed = {(line.name, line.method) for line in LINES}
    for name, address in ADDRESSES.items():
        yield from ((address, method) for method in REFUSED_METHODS if (name, method) not in listed)


def test_a_method_that_is_not_listed_does_nothing(visitors: Visitors) -> None:
    wrong = []
    for address, method in _unlisted():
        for actor in ACTORS:
            found = answer(visitors.visit(actor, address, method, "own"))
            wanted = _refusal(visitors, address, actor)
            if found != wanted:
                wrong.append(f"{address.name} {method}: {actor} gets {found}, not {wanted}")
    assert wrong == []


def _refusal(visitors: Visitors, address: Address, actor: str) -> str:
    capability = getattr(address.view, "capability", None)
    if capability is None:
        return "405"
    if actor == "anyone":
        return "in"
    return "405" if allows(visitors.world.cast.of_role(actor), capability) else "403"


def test_what_is_anothers_and_what_does_not_exist_answer_alike(visitors: Visitors) -> None:
    hidden = [(line, actor) for line in LINES for actor, status in line.answers.items() if _is_hidden(line, status)]
    assert len(hidden) > 30
    wrong = []
    for line, actor in hidden:
        address = ADDRESSES[line.name]
        other, missing = (visitors.visit(actor, address, line.method, place) for place in ("other", "missing"))
        if (other.status_code, without_tokens(other)) != (missing.status_code, without_tokens(missing)):
            wrong.append(f"{line.name} {line.method}: {actor} can tell the two apart")
    assert wrong == []


def _is_hidden(line: Line, status: str) -> bool:
    return line.place == "other" and status == "404"


def _counts(tables: tuple[str, ...]) -> dict[str, int]:
    with connection.cursor() as cursor:
        # A refusal is itself an event: whoever may not open a page leaves one, and nothing else.
        counts = [f"SELECT '{table}', count(*) FROM {table}{_BUT_REFUSALS.get(table, '')}" for table in tables]  # noqa: S608
        cursor.execute(" UNION ALL ".join(counts))
        return dict(cursor.fetchall())


def test_reading_writes_nothing(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "savepoint_rollback", transaction.savepoint_commit)
    wrong = []
    for line in LINES:
        if line.method != "get":
            continue
        tables = WRITTEN if line.name in LEAVE_A_TRACE else (*WRITTEN, TRAIL)
        before = _counts(tables)
        for actor in ACTORS:
            visitors.visit(actor, ADDRESSES[line.name], "get", line.place)
        if _counts(tables) != before:
            wrong.append(f"{line.name} {line.place}")
    assert wrong == []


def test_no_form_is_taken_without_its_token(visitors: Visitors) -> None:
    wrong = []
    for name, address in ADDRESSES.items():
        url = reverse(name, kwargs=visitors.world.own.of(address))
        for actor in ("anyone", "customer", "cashier", "operations_manager"):
            client = Client(enforce_csrf_checks=True)
            client.cookies = visitors.clients[actor].cookies
            wrong += [
                f"{name} {method}: {actor}"
                for method in ("post", "put", "patch", "delete")
                if getattr(client, method)(url).status_code not in {403, 405}
            ]
    assert wrong == []


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "SEARCH"])
def test_methods_nobody_needs_are_refused_everywhere(client: Client, method: str) -> None:
    assert client.generic(method, "/sign-in/").status_code == 405
