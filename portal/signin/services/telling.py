"""The mail about each sign-in, where the policy asks for one."""

from __future__ import annotations

from datetime import datetime

from portal.base.crypto import keyed_hash
from portal.outbox.services import send_mail
from portal.people.models import User
from portal.signin.visit import Visit


def tell_of_sign_in(user: User, visit: Visit, key: str, at: datetime) -> None:
    """Tell somebody that they signed in, once a session."""
    text = (
        f"Hello {user.full_name},\n\nyou signed in: {visit.words}, from {visit.source or 'an unknown address'}, "
        f"{at:%d %b %Y, %H:%M} UTC.\n\nWas it not you? Choose a new password now with “Forgot your password?” on the "
        "sign-in page; that ends every session. Then tell your branch.\n"
    )
    mark = keyed_hash(key)[:16]
    send_mail(key=f"sign-in {user.pk} {mark}", to=user.email, subject="You signed in", text=text, by=None, at=at)
