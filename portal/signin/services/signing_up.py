"""Becoming a member from home: first the e-mail address is shown to be one's own, then there is somebody."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import F

from portal.access.roles import Role
from portal.audit.services import record
from portal.base.crypto import keyed_hash, keyed_hashes
from portal.base.db import in_service, transactional
from portal.base.errors import Refused
from portal.institution.models import Branch
from portal.outbox.services import send_mail
from portal.people.models import Customer, User
from portal.people.services import NewCustomer, register_customer
from portal.signin.models import SignUp
from portal.signin.services.counting import Kind, Locked, count
from portal.signin.visit import Visit

CODE_DIGITS = 8
CODE_LASTS = timedelta(minutes=15)
MOST_TRIES, MOST_MAILS, MOST_AN_HOUR = 5, 3, 3
SIGNED_UP = "signed up"
OVER = "This code is too old, or was tried too often. Begin again and get another."


@transactional
def begin_sign_up(*, email: str, full_name: str, branch: Branch, password: str, visit: Visit, at: datetime) -> SignUp:
    """Keep what was typed and mail a code. For an address that has a profile the mail says so, the page does not.

    Refused: more than ten an hour from one place, more than three an hour for one address.
    """
    try:
        count([(Kind.SIGN_UP, "", visit.network)], at)
    except Locked as locked:
        raise Refused("Too many profiles were begun from here. Try again in an hour.", code="too_many") from locked
    address = email.strip().lower()
    if SignUp.objects.filter(email=address, made_at__gt=at - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise Refused("Too many codes were sent to this address. Try again in an hour.", code="too_many", field="email")
    made = SignUp(
        email=address,
        full_name=" ".join(full_name.split()),
        branch=branch,
        password=make_password(password),
        made_at=at,
        expires_at=at + CODE_LASTS,
    )
    code = _new_code(made)
    made.save(force_insert=True)
    _mail(made, code, at)
    return made


@transactional
def mail_again(*, sign_up: SignUp, at: datetime) -> SignUp:
    """Another code for the same; the one before is void. Refused: after three mails, or too late."""
    row = SignUp.objects.select_for_update().get(pk=sign_up.pk)
    if row.mails >= MOST_MAILS or row.user_id is not None or row.expires_at <= at:
        raise Refused("No more codes can be sent for this. Begin again.", code="over")
    code = _new_code(row)
    row.mails += 1
    row.expires_at = at + CODE_LASTS
    row.save(update_fields=["code_hash", "mails", "expires_at"])
    _mail(row, code, at)
    return row


def confirm_sign_up(*, sign_up_id: UUID, code: str, at: datetime) -> User:
    """The code from the mail: makes the user, with a draft of a member. Five tries in all, counted before they are checked.

    Refused: wrong, used, too old, tried too often; a branch's counter is the way on. Call it outside of any service.
    """
    if in_service():
        raise RuntimeError("A wrong code that is counted within a service is forgotten when that service is refused.")
    counted = SignUp.objects.filter(pk=sign_up_id, user=None, expires_at__gt=at, tries__lt=MOST_TRIES)
    if not counted.update(tries=F("tries") + 1):
        raise Refused(OVER, code="over", field="code")
    row = SignUp.objects.get(pk=sign_up_id)
    typed = "".join(sign for sign in code if sign.isdigit())
    if not any(hmac.compare_digest(row.code_hash, found) for found in keyed_hashes(_salted(row, typed))):
        left = MOST_TRIES - row.tries
        raise Refused(f"This is not the code from the mail. {left} more tries.", code="wrong_code", field="code")
    return _make_user(sign_up_id=sign_up_id, at=at)


@transactional
def _make_user(*, sign_up_id: UUID, at: datetime) -> User:
    row = SignUp.objects.select_for_update().select_related("branch").get(pk=sign_up_id)
    if row.user_id is not None:
        raise Refused(OVER, code="over", field="code")
    known = NewCustomer(
        full_name=row.full_name,
        branch=row.branch,
        joined_on=row.branch.business_date,
        email=row.email,
        state=Customer.State.DRAFT,
    )
    member = register_customer(customer=known, by=None, at=at)
    try:
        with transaction.atomic():
            user = User.objects.create(
                email=row.email, full_name=row.full_name, role=Role.CUSTOMER, customer=member, password=row.password
            )
    except IntegrityError as error:
        raise Refused(OVER, code="over", field="code") from error
    row.user, row.password = user, ""
    row.save(update_fields=["user", "password"])
    record(verb=SIGNED_UP, subject=member.number, by=user, at=at)
    return user


@transactional
def sweep_sign_ups(*, at: datetime) -> int:
    """Forget what nobody confirmed within a day; returns how many."""
    return SignUp.objects.filter(user=None, expires_at__lt=at - timedelta(days=1)).delete()[0]


def _new_code(row: SignUp) -> str:
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    row.code_hash = keyed_hash(_salted(row, code))
    return code


def _salted(row: SignUp, code: str) -> str:
    return f"sign-up {row.pk} {code}"


def _mail(row: SignUp, code: str, at: datetime) -> None:
    """The same work for both: one look whether there is somebody, one mail. Whoever has a profile gets no code."""
    if User.objects.filter(email=row.email).exists():
        row.code_hash = keyed_hash(secrets.token_hex())
        SignUp.objects.filter(pk=row.pk).update(code_hash=row.code_hash)
        subject = "You have a profile here already"
        text = (
            "Hello,\n\nsomebody, probably you, wanted to open a profile with this address. It has one already: sign in, "
            "or choose a new password with “Forgot your password?” on the sign-in page.\n\nWas it not you? You need do "
            "nothing.\n"
        )
    else:
        SignUp.objects.filter(pk=row.pk).update(code_hash=row.code_hash)
        subject = "Your code to open a profile"
        text = (
            f"Hello {row.full_name},\n\nyour code is {code[:4]} {code[4:]}. It is good for 15 minutes and once.\n\n"
            "Nobody from us ever asks you for it. Was it not you who asked? You need do nothing.\n"
        )
    send_mail(key=f"sign-up {row.pk} {row.mails}", to=row.email, subject=subject, text=text, by=None, at=at)
