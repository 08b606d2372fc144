"""Short ways to what administration does, for the tests."""

from __future__ import annotations

import re

from portal.access.roles import Role
from portal.administration.models import Invitation
from portal.administration.services import invite
from portal.base.clock import now
from portal.outbox.models import Job
from tests.cast import Cast


def invited(cast: Cast, name: str = "north", role: Role = Role.CASHIER) -> Invitation:
    """The administrator invites `name`@example.org."""
    branch = cast.north if role == Role.CASHIER else None
    return invite(
        email=f"{name}@example.org",
        full_name=f"New {name.title()}",
        role=role,
        branch=branch,
        address="https://bank.example/invitation/",
        by=cast.administrator,
        at=now(),
    )


def token_of(invitation: Invitation) -> str:
    """The token of the newest link that was mailed."""
    mail = Job.objects.filter(kind="mail.send", payload__to=invitation.email).latest("created_at")
    found = re.search(r"/invitation/([^/]+)/", mail.payload["text"])
    assert found is not None
    return found[1]
