"""The first run of a real institution: the institution, its first branch with its books, its first administrator."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.access.roles import Role
from portal.administration.services.branches import BranchFacts, open_branch
from portal.administration.services.first_address import forget_token
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.institution.currencies import CURRENCIES
from portal.institution.models import Branch, Denomination, Institution
from portal.people.models import User

SET_UP = "institution set up"
OLDEST_DAY = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class FirstInstitution:
    """What the institution is called, counts in and goes by."""

    name: str
    short_name: str
    currency: str
    time_zone: str
    locale: str


@dataclass(frozen=True, slots=True)
class FirstBranch:
    """The branch it begins with, and the business day that is open there first."""

    code: str
    name: str
    business_date: date
    address: str = ""
    phone: str = ""
    opening_hours: str = ""


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """Who invites everybody else."""

    full_name: str
    email: str
    password: str = field(repr=False)


def set_up(
    *, institution: FirstInstitution, branch: FirstBranch, administrator: FirstAdministrator, at: datetime
) -> Institution:
    """Make the institution with its notes and coins, its first branch with the default chart, and its administrator.

    All or nothing, and once: the one-time address is void afterwards. Nobody is signed in, so the administrator who is made
    is named as the one who did it. Refused: an institution that exists, a password that the rules refuse, an address
    somebody has, a currency without known notes and coins, a business day to come or older than a year.
    """
    made = _made(institution=institution, branch=branch, administrator=administrator, at=at)
    forget_token()
    return made


@transactional
def _made(
    *, institution: FirstInstitution, branch: FirstBranch, administrator: FirstAdministrator, at: datetime
) -> Institution:
    _check_day(branch.business_date, institution.time_zone, at)
    user = _user(administrator)
    _check_password(administrator.password, user, institution, branch)
    house = _institution(institution, branch)
    _denominations(institution.currency)
    user.save(force_insert=True)
    facts = BranchFacts(branch.name, branch.address, branch.phone, branch.opening_hours)
    day = branch.business_date
    opened = open_branch(code=branch.code, facts=facts, currency=house.currency, business_date=day, by=user, at=at)
    detail = {"branch": str(opened), "currency": house.currency, "administrator": user.email}
    record(verb=SET_UP, subject=house.name, detail=detail, by=user, at=at)
    return house


def _institution(wanted: FirstInstitution, branch: FirstBranch) -> Institution:
    """The one row there can be. Whoever comes second waits here for the first, and is refused."""
    house = Institution(pk=1, **asdict(wanted), address=branch.address, phone=branch.phone)
    try:
        with transaction.atomic():
            house.save(force_insert=True)
    except IntegrityError as error:
        raise Refused("Somebody else has just set this institution up.", code="set_up_already") from error
    return house


def _denominations(currency: str) -> None:
    cash = CURRENCIES.get(currency)
    if cash is None:
        raise Refused("Choose one of the currencies.", code="currency", field="currency")
    Denomination.objects.bulk_create(
        Denomination(currency=currency, value_minor=value, is_coin=value in cash.coins)
        for value in (*cash.notes, *cash.coins)
    )


def _user(wanted: FirstAdministrator) -> User:
    """The administrator, not saved yet."""
    email = wanted.email.strip().lower()
    user = User(email=email, full_name=" ".join(wanted.full_name.split()), role=Role.ADMINISTRATOR)
    if User.objects.filter(email__iexact=email).exists():
        raise Refused("Somebody here has this address already.", code="email_taken", field="email")
    user.set_password(wanted.password)
    return user


def _check_password(password: str, user: User, institution: FirstInstitution, branch: FirstBranch) -> None:
    """The house's rules. They know the names of an institution that exists; this one's are shown to them as a person's."""
    house = User(full_name=f"{institution.name} {institution.short_name}", branch=Branch(name=branch.name))
    try:
        for known in (user, house):
            validate_password(password, known)
    except ValidationError as error:
        raise Refused(" ".join(error.messages), code="password", field="password") from error


def _check_day(day: date, time_zone: str, at: datetime) -> None:
    today = at.astimezone(ZoneInfo(time_zone)).date()
    if day > today:
        message = "The first business day cannot lie in the future: in this time zone today is "
        raise Refused(f"{message}{today:%-d %B %Y}.", code="day_to_come", field="business_date")
    if day < today - OLDEST_DAY:
        raise Refused("The first business day is at most a year ago.", code="day_too_old", field="business_date")
