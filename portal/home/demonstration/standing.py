"""People whom something happened to: a registration begun, one given back, papers that ran out; staff invited, suspended,
about to move, and one whom strangers locked out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.conf import settings

from portal.access.roles import Role
from portal.administration.services import ask_for_role, invite, suspend
from portal.home.demonstration.staff import address_of
from portal.institution.models import Branch
from portal.people.models import Customer, IdentityDocument, User
from portal.people.services import expire_identities, register_customers, reject
from portal.people.services.registering import NewCustomer
from portal.signin.models import SignInAttempt, SignInSession, TryCount
from portal.signin.services.attempts import write
from portal.signin.visit import Visit

BEGUN = "Akosua Nyarko"
INVITED, SUSPENDED, MOVING, LOCKED = "Maame Boateng", "Kojo Tetteh", "Hawa Iddrisu", "Nii Quaye"
_STRANGER = Visit(source="203.0.113.9", agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
_TRIES = 50
_DAY = timedelta(days=1)


def let_stand(branches: Mapping[str, Branch], waiting: Sequence[Customer], *, today: date, at: datetime) -> None:
    """Somebody in every state, so that each page has something to show and to do."""
    _registrations(branches["01"], waiting, today, at)
    staff = {user.full_name: user for user in User.objects.exclude(role=Role.CUSTOMER)}
    by = next(user for user in staff.values() if user.role == Role.ADMINISTRATOR)
    invite(
        email=address_of(INVITED),
        full_name=INVITED,
        role=Role.CASHIER,
        branch=branches["01"],
        address=f"{settings.PUBLIC_URL}/invitation/",
        by=by,
        at=at,
    )
    suspend(user=staff[SUSPENDED], reason="On leave until the new year", by=by, at=at)
    ask_for_role(
        user=staff[MOVING],
        role=Role.MOBILE_BANKER,
        branch=branches["03"],
        reason="Takes the harbour round from next month",
        by=by,
        at=at,
    )
    _lock_out(staff[LOCKED], at)
    _have_worked([staff[name] for name in sorted(staff) if name not in {SUSPENDED, LOCKED}], at)


def _registrations(branch: Branch, waiting: Sequence[Customer], today: date, at: datetime) -> None:
    """One begun, one given back, one whose identity document has run out."""
    number = str(max(int(each.number) for each in waiting) + 1)
    begun = NewCustomer(
        number=number, full_name=BEGUN, branch=branch, joined_on=today, birth_date=None, state=Customer.State.DRAFT
    )
    register_customers(customers=[begun], by=None, at=at)
    given_back = waiting[-1]
    manager = User.objects.filter(role=Role.MANAGER, branch=given_back.branch).earliest("pk")
    reject(
        customer=given_back, reason="The card is cut off at the edge. Please take the picture again.", by=manager, at=at
    )
    verified = Customer.objects.filter(state=Customer.State.VERIFIED, email="", branch=branch).order_by("-number")
    papers = IdentityDocument.objects.filter(customer__in=verified[:1], is_current=True)
    papers.update(issued_on=None, expires_on=today - _DAY)
    expire_identities(at=at)


def _have_worked(staff: Sequence[User], at: datetime) -> None:
    """The sessions of the last three days: from the morning on, most of them signed out of, some left to end by themselves."""
    rows = []
    for back in (3, 2, 1):
        for number, user in enumerate(staff):
            begun = (at - back * _DAY).replace(hour=7, minute=30) + timedelta(minutes=(7 * number + back) % 45)
            ended = begun + timedelta(hours=8, minutes=(11 * number + 5 * back) % 50)
            is_idle = (number + back) % 6 == 0
            rows.append(
                SignInSession(
                    key=f"demonstration-{user.pk}-{back}",
                    user=user,
                    source=f"192.0.2.{10 + number}",
                    words="Firefox on Windows" if number % 3 else "Chrome on Windows",
                    started_at=begun,
                    seen_at=ended - timedelta(minutes=15) if is_idle else ended,
                    ended_at=ended,
                    ended_because=SignInSession.Ended.IDLE if is_idle else SignInSession.Ended.SIGNED_OUT,
                    ended_by=None if is_idle else user,
                )
            )
    SignInSession.objects.bulk_create(rows)
    User.objects.filter(pk__in=[user.pk for user in staff]).update(last_login=at.replace(hour=7, minute=30) - _DAY)


def _lock_out(user: User, at: datetime) -> None:
    """What fifty wrong passwords of a stranger leave: a lock for a day, and lines in the log."""
    TryCount.objects.create(kind=TryCount.Kind.ACCOUNT, who=user.email, failures=_TRIES, until=at + _DAY, locked_at=at)
    for minutes in (9, 6, 3):
        moment = at - timedelta(minutes=minutes)
        write(who=user.email, outcome=SignInAttempt.Outcome.PASSWORD, visit=_STRANGER, known=False, at=moment)
    write(who=user.email, outcome=SignInAttempt.Outcome.LOCKED, visit=_STRANGER, known=False, at=at)
