"""What somebody is told about a sign-in."""

from __future__ import annotations

from datetime import datetime

from portal.base.crypto import keyed_hash
from portal.notifications.services import notify
from portal.people.models import User
from portal.signin.visit import Visit


def tell_of_sign_in(user: User, visit: Visit, key: str, at: datetime) -> None:
    """Tell somebody that they signed in, once a session; for where the policy asks for it."""
    mark = keyed_hash(key)[:16]
    notify(kind="signin.signed_in", person=user, context=said_of(visit, at), key=mark, by=None, at=at)


def said_of(visit: Visit, at: datetime) -> dict[str, str]:
    """From which device, from where, when."""
    source = visit.source or "an unknown address"
    return {"device": visit.words, "source": source, "when": f"{at:%d %b %Y, %H:%M} UTC"}
