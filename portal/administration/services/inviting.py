"""Inviting somebody to work here: by a link that lets them choose their own password, and nobody else."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime

from portal.access.roles import Role
from portal.administration.models import NEEDS_BRANCH, Invitation
from portal.administration.queries import hash_of, invitation_of
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.institution.models import Branch
from portal.institution.queries import institution
from portal.outbox.services import send_mail
from portal.people.models import User

VALID_FOR = timedelta(days=3)
INVITED, SENT_AGAIN, WITHDRAWN, ACCEPTED = (
    "user invited",
    "invitation sent again",
    "invitation withdrawn",
    "invitation accepted",
)


@transactional
def invite(
    *, email: str, full_name: str, role: str, branch: Branch | None, address: str, by: Any, at: datetime
) -> Invitation:
    """Invite somebody to a role. `address` is the site's address up to the token of the link, as `https://bank/i/`.

    Refused: no mail address, an address that somebody has or that is invited, a role for customers, a branch missing.
    """
    _check(email, full_name, role, branch)
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        email=email.strip().lower(),
        full_name=" ".join(full_name.split()),
        role=role,
        branch=branch if role in NEEDS_BRANCH else None,
        token_hash=hash_of(token),
        invited_by=by,
        invited_at=at,
        sent_at=at,
        expires_at=at + VALID_FOR,
    )
    _save(invitation)
    _mail(invitation, f"{address}{token}/", by=by, at=at)
    record(verb=INVITED, subject=invitation.email, detail=_detail(invitation), by=by, at=at)
    return invitation


@transactional
def send_again(*, invitation: Invitation, address: str, by: Any, at: datetime) -> Invitation:
    """Mail another link, good for three days from now; the one before is void. Refused once it was accepted or withdrawn."""
    locked = _locked(invitation)
    token = secrets.token_urlsafe(32)
    locked.token_hash, locked.sent_at, locked.expires_at = hash_of(token), at, at + VALID_FOR
    locked.save(update_fields=["token_hash", "sent_at", "expires_at"])
    _mail(locked, f"{address}{token}/", by=by, at=at)
    record(verb=SENT_AGAIN, subject=locked.email, by=by, at=at)
    return locked


@transactional
def withdraw_invitation(*, invitation: Invitation, by: Any, at: datetime) -> Invitation:
    """Take it back: the link is void. Refused once it was accepted or withdrawn."""
    locked = _locked(invitation)
    locked.state, locked.ended_at, locked.ended_by = Invitation.State.WITHDRAWN, at, by
    locked.save(update_fields=["state", "ended_at", "ended_by"])
    record(verb=WITHDRAWN, subject=locked.email, by=by, at=at)
    return locked


@transactional
def accept_invitation(*, token: str, password: str, at: datetime) -> User:
    """Make the user, with the password that only they know. Once: the link is void afterwards.

    Refused: a link that is unknown, used, withdrawn or expired, and a password that the rules refuse.
    """
    found = invitation_of(token, at=at)
    if found is None:
        raise Refused("This link is not valid any more. Ask for another.", code="link")
    invitation = _locked(found)
    user = User(email=invitation.email, full_name=invitation.full_name, role=invitation.role, branch=invitation.branch)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="password", field="password") from error
    user.set_password(password)
    user.save(force_insert=True)
    invitation.state, invitation.ended_at, invitation.user = Invitation.State.ACCEPTED, at, user
    invitation.save(update_fields=["state", "ended_at", "user"])
    record(verb=ACCEPTED, subject=user.email, detail=_detail(invitation), by=user, at=at)
    return user


def _check(email: str, full_name: str, role: str, branch: Branch | None) -> None:
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise Refused("This is not an e-mail address.", code="email", field="email") from error
    if not full_name.strip():
        raise Refused("Enter the person's name.", code="name", field="full_name")
    if role not in Role.values or role == Role.CUSTOMER:
        raise Refused("Choose a role of staff.", code="role", field="role")
    if role in NEEDS_BRANCH and branch is None:
        raise Refused("This role works in a branch: choose one.", code="branch", field="branch")
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise Refused("Somebody here has this address already.", code="email_taken", field="email")


def _save(invitation: Invitation) -> None:
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        if "administration_invitation_open_once" not in str(error):
            raise
        raise Refused(
            "This address is invited already: send that one again.", code="invited_already", field="email"
        ) from error


def _locked(invitation: Invitation) -> Invitation:
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("branch").get(pk=invitation.pk)
    if locked.state != Invitation.State.OPEN:
        raise Refused(f"This invitation is over: {locked.get_state_display().lower()}.", code="over")
    return locked


def _mail(invitation: Invitation, url: str, *, by: Any, at: datetime) -> None:
    house = institution()
    name = house.name if house else "Quayside"
    until = date_format(localtime(invitation.expires_at), "j M Y, H:i")
    text = (
        f"Hello {invitation.full_name},\n\n"
        f"{name} invites you to work here as {invitation.get_role_display().lower()}.\n"
        f"Choose your password by this link. It works once, until {until}:\n\n{url}\n\n"
        "If you did not expect this, ignore it: nothing happens without the link.\n"
    )
    send_mail(key=new_key(), to=invitation.email, subject=f"Your invitation to {name}", text=text, by=by, at=at)


def _detail(invitation: Invitation) -> dict[str, str]:
    return {"name": invitation.full_name, "role": invitation.role, "branch": str(invitation.branch or "")}
