"""How long ago somebody proved who they are, and what was interrupted to ask them again.

Signing in is a proof, whichever way somebody signs in: nobody has a session before the second factor is passed. What is
delicate asks for one not older than five minutes of staff, ten of customers. The request that was interrupted waits in
the session, encrypted, until the proof is there; it is handed out once.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from portal.access.roles import STAFF
from portal.base.crypto import Unreadable, decrypt, encrypt
from portal.base.keys import new_key

PROVED = "proved_at"
"""The session's key for the moment of the last proof, in seconds since 1970."""
SECOND_STEP = "second_step"
"""The session's key for the kind of second factor that was shown in it."""
DEMONSTRATION = "demonstration"
FRESH_SECONDS_STAFF = 5 * 60
FRESH_SECONDS_CUSTOMER = 10 * 60

INTERRUPTED = "interrupted"
MOST_WAITING = 4
LARGEST_BYTES = 60_000
_TOKEN_FIELD = "csrfmiddlewaretoken"  # noqa: S105  # the name of a field


class ProofNeeded(Exception):
    """Raised in a view that finds, with what was sent, that it needs a fresh proof. The gate leads to it."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A request that waits for a proof: what `resume` sends again."""

    method: str
    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def is_form(self) -> bool:
        return self.method == "POST"


def listen() -> None:
    """Signing in counts as a proof."""
    user_logged_in.connect(_signed_in, dispatch_uid="access.proved_by_signing_in")


def _signed_in(sender: object, request: HttpRequest, **kwargs: Any) -> None:
    note(request)


def note(request: HttpRequest) -> None:
    """The person has just proved who they are."""
    request.session[PROVED] = int(time.time())


def is_demonstration(request: HttpRequest) -> bool:
    """Whether this is somebody made up who came in by one click: such a person has nothing to prove anything with."""
    return settings.DEMONSTRATION and request.session.get(SECOND_STEP) == DEMONSTRATION


def is_fresh(request: HttpRequest) -> bool:
    """Whether the last proof is young enough for something delicate. In the demonstration one click is proof enough."""
    if is_demonstration(request):
        return True
    allowed = FRESH_SECONDS_STAFF if getattr(request.user, "role", "") in STAFF else FRESH_SECONDS_CUSTOMER
    proved: float = request.session.get(PROVED, 0)
    return 0 <= time.time() - proved < allowed


def demand(request: HttpRequest) -> None:
    """Go on only with a fresh proof: for a view that knows late whether it needs one. Raises `ProofNeeded`."""
    if not is_fresh(request):
        raise ProofNeeded


def set_aside(request: HttpRequest) -> str:
    """Keep the request in the session until the proof is there; returns the word that fetches it.

    Files are not kept, and neither is a form larger than 60 kB: then only its page is opened again.
    """
    is_form = request.method == "POST"
    fields = [(name, text) for name, texts in request.POST.lists() for text in texts if name != _TOKEN_FIELD]
    body = json.dumps(fields)
    if is_form and len(body) > LARGEST_BYTES:
        is_form, body = False, "[]"
    token = new_key()
    waiting: dict[str, Any] = request.session.get(INTERRUPTED, {})
    waiting[token] = {"method": "POST" if is_form else "GET", "path": request.get_full_path(), "body": encrypt(body)}
    request.session[INTERRUPTED] = dict(sorted(waiting.items())[-MOST_WAITING:])
    return token


def waiting(session: Any, token: str) -> Interrupted | None:
    """What waits under this word, still waiting afterwards."""
    return _opened(session.get(INTERRUPTED, {}).get(plain_token(token)))


def take(session: Any, token: str) -> Interrupted | None:
    """What waits under this word, which waits no longer. The caller holds the session's row, so that nobody takes it too."""
    everything: dict[str, Any] = session.get(INTERRUPTED, {})
    kept = everything.pop(plain_token(token), None)
    if kept is not None:
        session[INTERRUPTED] = everything
    return _opened(kept)


def _opened(kept: dict[str, Any] | None) -> Interrupted | None:
    if kept is None:
        return None
    try:
        fields = json.loads(decrypt(kept["body"]))
    except Unreadable:
        return None
    return Interrupted(kept["method"], kept["path"], tuple((name, text) for name, text in fields))


def plain_token(token: str) -> str:
    """The word as it was handed out; nothing for anything else."""
    try:
        return str(UUID(token))
    except ValueError:
        return ""
