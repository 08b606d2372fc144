"""Text messages through a provider: a real HTTP server on this machine that answers well, badly or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from portal.base.clock import now
from portal.outbox.models import Job
from portal.outbox.services import SMS, enqueue
from tasks import runner, sms
from tasks.tasks import HANDLERS

pytestmark = pytest.mark.django_db
Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def provider(answer: Answer) -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    """A provider that notes what it was asked."""
    asked: list[tuple[str, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.path, dict(self.headers), body))
            answer(self)

        def do_GET(self) -> None:
            asked.append((self.path, {}, b"GET"))
            answer(self)

        def log_message(self, *args: Any) -> None:
            """Nothing on the console."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/send?from=bank", asked
    finally:
        server.shutdown()
        server.server_close()


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def sent(settings: Any, url: str, text: str = "Your code is 987650") -> Job:
    settings.SMS_URL, settings.SMS_HOSTS = url, ["127.0.0.1"]
    job = enqueue(kind=SMS, key="1", payload={"to": "+233241234567", "text": text}, by=None, at=now())
    runner.drain(HANDLERS)
    job.refresh_from_db()
    return job


def test_the_provider_gets_number_text_and_id_and_its_answer_is_kept(settings: Any) -> None:
    settings.SMS_HEADERS = {"Authorization": "Bearer k", "Idempotency-Key": "{id}"}
    with provider(says(202, b'{"status":"queued"}')) as (url, asked):
        job = sent(settings, url)
    [(path, headers, body)] = asked
    assert path == "/send?from=bank"
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer k", str(job.pk))
    assert json.loads(body) == {"to": "+233241234567", "message": "Your code is 987650", "id": str(job.pk)}
    assert (job.state, job.result["answer"]) == ("done", '202 {"status":"queued"}')  # type: ignore[index]
    assert "987650" not in json.dumps(job.payload) + json.dumps(job.result)


def test_a_text_cannot_add_a_field(settings: Any) -> None:
    hostile = '", "to": "+233500000000", "x": "{to}&to=1\r\n'
    with provider(says(200)) as (url, asked):
        sent(settings, url, hostile)
    assert json.loads(asked[0][2])["to"] == "+233241234567"
    assert json.loads(asked[0][2])["message"] == hostile


def test_a_form_when_the_provider_wants_one(settings: Any) -> None:
    settings.SMS_FORM = True
    with provider(says(200)) as (url, asked):
        sent(settings, url, "a&to=1")
    assert asked[0][2].startswith(b"to=%2B233241234567&message=a%26to%3D1&id=")


@pytest.mark.parametrize(("status", "state"), [(500, "waiting"), (503, "waiting"), (429, "waiting"), (400, "failed")])
def test_what_the_provider_cannot_do_now_is_tried_again(settings: Any, status: int, state: str) -> None:
    with provider(says(status, b"no credit\r\n\x00left")) as (url, _):
        job = sent(settings, url)
    assert (job.state, job.attempts) == (state, 1)
    assert job.error == f"The provider answered {status} no credit left"


def test_a_redirect_is_not_followed(settings: Any) -> None:
    with provider(says(302, Location="/elsewhere")) as (url, asked):
        job = sent(settings, url)
    assert (job.state, len(asked)) == ("failed", 1)


def test_a_provider_that_does_not_answer_is_given_up_for_now(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms, "TIMEOUT_SECONDS", 0.3)
    over = threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        over.wait(5)

    with provider(silent) as (url, _):
        job = sent(settings, url)
        over.set()
    assert (job.state, "could not be reached" in job.error) == ("waiting", True)


def test_garbage_is_no_answer(settings: Any) -> None:
    def garbage(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"\x00\xff\x00 not http\r\n\r\n")

    with provider(garbage) as (url, _):
        assert sent(settings, url).state == "waiting"


def test_an_answer_without_the_expected_words_does_not_count(settings: Any) -> None:
    settings.SMS_ACCEPTED = '"status":"ok"'
    with provider(says(200, b"<html>maintenance</html>")) as (url, _):
        job = sent(settings, url)
    assert (job.state, "something unknown: 200 <html>" in job.error) == ("waiting", True)


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://localhost/", "file:///etc/passwd", "http://127.0.0.1@evil/"]
)
def test_no_other_host_is_asked(settings: Any, url: str) -> None:
    job = sent(settings, url)
    assert (job.state, "SMS_HOSTS does not allow" in job.error) == ("failed", True)


def test_without_a_provider_it_is_refused_in_words(settings: Any) -> None:
    settings.DEMONSTRATION = False
    assert sent(settings, "").error == "No provider of text messages is set up: see SMS_URL."
