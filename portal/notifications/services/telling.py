"""One service tells people whatever there is to tell: the notice, and what leaves by mail and text message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.institution.queries import profile
from portal.live.services import announce
from portal.notifications import queries
from portal.notifications.kinds import Channel, Kind, kind_named
from portal.notifications.models import Delivery, Notice
from portal.notifications.wording import filled, filled_line
from portal.outbox.models import Job
from portal.outbox.services import MAIL, SMS, enqueue

NO_ADDRESS = {Channel.EMAIL: "No e-mail address is known.", Channel.SMS: "No telephone number is known."}
LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom something is told: a name, the ways to reach them, and the user in whose list it stands, if there is one."""

    name: str
    email: str
    phone: str
    user: Any = None

    def address(self, channel: Channel) -> str:
        return self.email if channel is Channel.EMAIL else self.phone


def recipient_of(person: Any) -> Recipient | None:
    """How somebody is reached: a user, or a customer, who need not have a user. None for whoever may no longer sign in."""
    is_user = hasattr(person, "role")
    user = person if is_user else getattr(person, "user", None)
    customer = person.customer if is_user else person
    if user is not None and not user.is_active:
        return None
    email = user.email if user is not None else customer.email
    return Recipient(person.full_name, email, customer.phone if customer is not None else "", user)


@transactional
def notify(
    *, kind: str, person: Any, context: Mapping[str, str], key: str, by: Any, at: datetime, url: str = ""
) -> Notice | None:
    """Tell a user or a customer something, by the channels they want; the same `kind` and `key` for a person once.

    `context` fills every variable of the kind and nothing else: plain text, amounts and days as people read them. `url`
    is where the notice leads, a path of this site; whoever muted that is told nothing. Mail and text messages wait out quiet hours, security notices do not.
    Returns the notice, also when it was told before; None for somebody who may no longer sign in.
    """
    known, recipient = kind_named(kind), recipient_of(person)
    if set(context) != set(known.variables):
        raise ValueError(f"{kind} is told with {sorted(known.variables)}, not {sorted(context)}")
    if recipient is None:
        return None
    values = {**context, "name": recipient.name, "institution": _institution()}
    muted = queries.is_muted(recipient.user, known, url)
    shown = False if muted else None
    notice, is_new = _written(known, recipient, values, _key(person, key), url, by, at, is_shown=shown)
    if is_new and not muted:
        _deliver(notice, known, recipient, values, by, at)
        if notice.is_shown and recipient.user is not None:
            announce(f"user:{recipient.user.pk}", ["notices"])
    return notice


@transactional
def send_test(*, channel: str, address: str, key: str, by: Any, at: datetime) -> Job:
    """Send one test to an address by the real channel. The job says what the other side answered. Refuses a wrong address."""
    known, way = kind_named("test"), Channel(channel)
    _refuse_address(way, address)
    recipient = Recipient(by.full_name, address, address, by)
    values = {"name": recipient.name, "institution": _institution()}
    notice, is_new = _written(known, recipient, values, _key(by, key), "", by, at, is_shown=False)
    if is_new:
        _send(notice, known, way, address, values, by, at, at)
    job: Job = notice.deliveries.select_related("job").get(channel=way).job  # type: ignore[assignment]  # a test has an address
    return job


def _refuse_address(way: Channel, address: str) -> None:
    if way is Channel.SMS:
        if not (address.startswith("+") and address[1:].isdecimal() and 8 <= len(address) <= 16):
            raise Refused("Enter the number with its country, such as +233241234567.", code="phone", field="address")
        return
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused("This is not an e-mail address.", code="email", field="address") from error


def _key(person: Any, key: str) -> str:
    return f"{'u' if hasattr(person, 'role') else 'c'}{person.pk}:{key}"[:120]


def _institution() -> str:
    ours = profile()
    return ours.name if ours else "Quayside"


def _written(
    kind: Kind,
    recipient: Recipient,
    values: Mapping[str, str],
    key: str,
    url: str,
    by: Any,
    at: datetime,
    *,
    is_shown: bool | None = None,
) -> tuple[Notice, bool]:
    """The notice, and whether it is new."""
    words = queries.words_of(kind, Channel.APP)
    if is_shown is None:
        chosen = queries.wanted_of(recipient.user) if recipient.user is not None else {}
        is_shown = recipient.user is not None and queries.is_wanted(kind, Channel.APP, chosen)
    facts = {
        "user": recipient.user,
        "told": recipient.name,
        "subject": filled_line(words.subject, values)[:LONGEST_SUBJECT],
        "text": filled(words.text, values),
        "url": url,
        "is_shown": is_shown,
        "created_at": at,
        "created_by": by,
    }
    with transaction.atomic():
        return Notice.objects.get_or_create(kind=kind.code, key=key, defaults=facts)


def _deliver(
    notice: Notice, kind: Kind, recipient: Recipient, values: Mapping[str, str], by: Any, at: datetime
) -> None:
    chosen = queries.wanted_of(recipient.user) if recipient.user is not None else {}
    quiet = queries.quiet_of(recipient.user) if recipient.user is not None and not kind.security else None
    leaves_at = queries.after_quiet(quiet, at)
    for way in (Channel.EMAIL, Channel.SMS):
        if queries.is_wanted(kind, way, chosen):
            _send(notice, kind, way, recipient.address(way), values, by, at, leaves_at)


def _send(
    notice: Notice,
    kind: Kind,
    way: Channel,
    address: str,
    values: Mapping[str, str],
    by: Any,
    at: datetime,
    leaves_at: datetime,
) -> None:
    """One job for the worker, or the reason why there is none."""
    if not address:
        Delivery.objects.create(notice=notice, channel=way, trouble=NO_ADDRESS[way])
        return
    words = queries.words_of(kind, way)
    payload = {"to": address, "text": filled(words.text, values)}
    if way is Channel.EMAIL:
        payload["subject"] = filled_line(words.subject, values)[:LONGEST_SUBJECT]
    job_kind = MAIL if way is Channel.EMAIL else SMS
    job = enqueue(kind=job_kind, key=f"notice:{notice.pk}", payload=payload, by=by, at=at, run_after=leaves_at)
    Delivery.objects.create(notice=notice, channel=way, address=address, version=words.version, job=job)
