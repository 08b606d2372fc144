"""The event stream of the real server, and the pages beside it on the same port."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from portal.access.roles import Role
from portal.live.hub import MOST_OF_A_USER
from portal.live.services import announce
from portal.people.models import User
from tests.cast import make_user
from tests.processes import server, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def address() -> Iterator[str]:
    with server(PORTAL_HTTPS="0") as url:
        yield url


@pytest.fixture
def esi() -> User:
    return make_user(Role.AUDITOR, "Esi Auditor")


class Stream:
    """One open page's stream."""

    def __init__(self, address: str, cookie: str, channels: str) -> None:
        self._line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
        self._line.request("GET", f"/events/?channels={channels}", headers={"Cookie": cookie})
        self.answer = self._line.getresponse()
        if self.answer.status == 200:
            # The first line comes once the page is being told of changes.
            assert next(self.lines()).startswith("retry: ")

    def lines(self) -> Iterator[str]:
        while line := self.answer.readline():
            if text := line.decode().strip():
                yield text

    def message(self) -> dict[str, Any]:
        """The next message, past comments."""
        for line in self.lines():
            if line.startswith("data: "):
                found: dict[str, Any] = json.loads(line[6:])
                return found
        raise AssertionError("the stream ended")

    def ids(self) -> list[str]:
        """Those of the next message that has some; one without says to look at everything."""
        return next(message["ids"] for message in iter(self.message, None) if message["ids"])

    def close(self) -> None:
        self.answer.close()
        self._line.close()


Listen = Callable[..., Stream]


@pytest.fixture
def listen(address: str, client_for: Any) -> Iterator[Listen]:
    """Opens streams, `listen(user, "user:7")`, and closes them in the end."""
    opened: list[Stream] = []

    def listening(user: User | None, channels: str) -> Stream:
        cookies = client_for(user).cookies.items() if user else ()
        cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies)
        opened.append(Stream(address, cookie, channels))
        return opened[-1]

    yield listening
    for stream in opened:
        stream.close()


@pytest.fixture
def line(address: str) -> Iterator[http.client.HTTPConnection]:
    """A plain connection to the server."""
    host = urlsplit(address)
    with closing(http.client.HTTPConnection(host.netloc, timeout=20)) as opened:
        yield opened


LIVE = "FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()"
OWN_AND_HEALTH = 1
"""Connections beside the listener: the test's own. The probe that waited for the server needs none."""


def connections(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {LIVE}", [name])
        return int(cursor.fetchone()[0])


def test_a_page_hears_of_its_channel_and_of_no_other(listen: Listen, esi: User) -> None:
    stream = listen(esi, f"user:{esi.pk}")
    assert stream.answer.headers["Content-Type"] == "text/event-stream"
    assert stream.message() == {"channel": f"user:{esi.pk}", "ids": []}
    announce("user:0", ["1"])
    announce(f"user:{esi.pk}", ["7"])
    assert stream.message() == {"channel": f"user:{esi.pk}", "ids": ["7"]}


def test_another_persons_channel_is_not_found(listen: Listen, esi: User) -> None:
    stranger = make_user(Role.OPERATIONS_MANAGER, "Abla Operations")
    assert listen(stranger, f"user:{esi.pk}").answer.status == 404
    assert listen(None, f"user:{esi.pk}").answer.status == 302


def test_many_streams_share_one_listening_connection_and_keep_no_other(listen: Listen, esi: User) -> None:
    streams = [listen(esi, f"user:{esi.pk}") for _ in range(MOST_OF_A_USER)]
    streams[0].message()
    before = connections("quayside")
    announce(f"user:{esi.pk}", ["7"])
    assert [stream.ids() for stream in streams] == [["7"]] * MOST_OF_A_USER
    assert (connections("quayside-live"), before) == (1, OWN_AND_HEALTH)
    for stream in streams:
        stream.close()
    until(lambda: connections("quayside-live") == 0)


def test_the_stream_comes_back_after_the_database_did(listen: Listen, esi: User) -> None:
    stream = listen(esi, f"user:{esi.pk}")
    stream.message()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) {LIVE}", ["quayside-live"])
    assert stream.message() == {"channel": f"user:{esi.pk}", "ids": []}


def test_the_stream_ends_with_the_session(listen: Listen, esi: User) -> None:
    stream = listen(esi, f"user:{esi.pk}")
    stream.message()
    Session.objects.all().delete()
    assert set(stream.lines()) == {":"}


def test_a_body_that_breaks_off_reaches_no_page(address: str) -> None:
    """Read short, a form could lose the last digits of an amount."""
    host = urlsplit(address)
    with socket.create_connection((host.hostname or "", host.port or 0), timeout=5) as line:
        line.sendall(b"POST /verify/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\ncode=AB")
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1000).startswith(b"HTTP/1.1 400")


def test_a_body_without_a_token_is_refused(line: http.client.HTTPConnection) -> None:
    line.request("POST", "/verify/", body=b"code=AB")
    assert line.getresponse().status == 403


def test_a_huge_body_is_refused_unread(line: http.client.HTTPConnection) -> None:
    line.putrequest("POST", "/verify/")
    line.putheader("Content-Length", "10000001")
    line.endheaders()
    assert line.getresponse().status == 413


def test_a_header_with_an_underscore_cannot_pose_as_another(line: http.client.HTTPConnection) -> None:
    line.request("GET", "/health/live", headers={"Content_Length": "7"})
    assert line.getresponse().status == 200


def test_probes_answer(line: http.client.HTTPConnection) -> None:
    line.request("GET", "/health/ready")
    answer = line.getresponse()
    assert (answer.status, answer.read()) == (200, b"ok")
