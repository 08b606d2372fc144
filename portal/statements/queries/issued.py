"""What was issued, taken away and asked for, each within what the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import allows
from portal.access.roles import Role
from portal.audit.models import Event
from portal.deposits.models import DepositAccount
from portal.deposits.queries import accounts_visible_to
from portal.institution.models import Branch
from portal.ledger.models import Posting
from portal.outbox.models import Job
from portal.statements.models import IssuedStatement, StatementPack, StatementRun
from portal.statements.periods import Period

DOWNLOADED = "statement downloaded"
"""The verb under which the trail keeps each file that was taken away."""
PACK_JOB = "statements.pack"
REMEMBERED = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Taken:
    """A file of an account's statement that somebody took away."""

    at: datetime
    by: str
    period: Period
    form: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long work is. `seconds_left` is None while nobody can tell."""

    done: int
    total: int
    seconds_left: int | None = None

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100

    @property
    def minutes_left(self) -> int:
        """Rounded up: nobody minds being early."""
        return -(-(self.seconds_left or 0) // 60)


def taken_away(account: DepositAccount, user: Any, *, at: datetime, most: int = 10) -> list[Taken]:
    """The files of this account's statements taken in the last ninety days, newest first: to customers their own, to
    staff with the name of who took each."""
    lately = Event.objects.filter(verb=DOWNLOADED, subject=account.number, at__gt=at - REMEMBERED)
    events = lately.select_related("actor").order_by("-at")
    if user.role == Role.CUSTOMER:
        events = events.filter(actor=user.pk)
    return [_taken(event) for event in events[:most]]


def _taken(event: Event) -> Taken:
    detail: Mapping[str, Any] = event.detail
    period = Period(date.fromisoformat(detail["start"]), date.fromisoformat(detail["end"]))
    return Taken(event.at, str(event.actor) if event.actor else "", period, str(detail["format"]).upper())


def issued_of(account: DepositAccount) -> QuerySet[IssuedStatement]:
    """An account's monthly statements, newest first."""
    done = IssuedStatement.objects.filter(account=account, document__isnull=False)
    return done.select_related("run", "document").prefetch_related("parts").order_by("-run__period_start")


def issued_visible_to(user: Any) -> QuerySet[IssuedStatement]:
    """The monthly statements of the accounts whose statements this user may download."""
    within = accounts_visible_to(user, Capability.STATEMENT_DOWNLOAD).order_by()
    done = IssuedStatement.objects.filter(document__isnull=False, account__in=within.values("pk"))
    return done.select_related("account__customer", "account__branch", "document", "run")


def packs_visible_to(user: Any) -> QuerySet[StatementPack]:
    """The packs this user asked for, newest first; none for whoever may ask for none any more."""
    if not allows(user, Capability.STATEMENT_EXPORT):
        return StatementPack.objects.none()
    return StatementPack.objects.filter(asked_by=user.pk)


def trouble_of_pack(pack: StatementPack) -> str:
    """Why a pack will not be finished, in words for its asker; empty while it may be."""
    failed = Job.objects.filter(kind=PACK_JOB, payload__pack=str(pack.pk), state=Job.State.FAILED).first()
    return failed.error if failed is not None and pack.finished_at is None else ""


def open_branches(day: date) -> list[Branch]:
    """The branches that have not left this day behind yet."""
    return list(Branch.objects.filter(business_date__lte=day))


def accounts_to_issue(start: date, end: date) -> QuerySet[DepositAccount]:
    """The accounts a monthly run is for: opened by then, and not closed unless something still moved in the month."""
    moved = Posting.objects.filter(account=OuterRef("ledger_account"), business_date__range=(start, end))
    open_or_moved = ~Q(state=DepositAccount.State.CLOSED) | Exists(moved)
    return DepositAccount.objects.filter(open_or_moved, opened_on__lte=end).order_by("pk")


def progress_of_run(run: StatementRun) -> Progress:
    """How many of a run's statements are issued."""
    return Progress(run.statements.filter(document__isnull=False).count(), run.accounts)


def progress_of_pack(pack: StatementPack, *, at: datetime) -> Progress:
    """How many of a pack's accounts are done, and how long the others may take at the pace so far."""
    counted = pack.accounts.aggregate(total=Count("pk"), done=Count("made_at"))
    done, total = counted["done"], counted["total"]
    first = pack.accounts.filter(made_at__isnull=False).order_by("made_at").first()
    if first is None or first.made_at is None or done in {0, total}:
        return Progress(done, total)
    spent: timedelta = at - first.made_at
    return Progress(done, total, int(spent.total_seconds() * (total - done) / done))
