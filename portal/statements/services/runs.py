"""The monthly statements of all accounts: asked for once a month, made one account at a time, each its own row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse

from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.deposits.models import DepositAccount
from portal.documents.models import Document
from portal.institution.models import Branch
from portal.institution.queries import branches
from portal.notifications.services import notify
from portal.outbox.models import Job
from portal.outbox.services import enqueue
from portal.people.models import User
from portal.statements.models import IssuedPart, IssuedStatement, StatementRun
from portal.statements.periods import A_DAY, Period, month_of
from portal.statements.queries.issued import accounts_to_issue, open_branches

MONTH = "statements.month"
FIRST_DAYS = 7
"""How far into a month the last one's run begins by itself; later an operations manager asks for it."""


@transactional
def ask_for_run(*, month: date, origin: str, key: str, by: Any, at: datetime) -> StatementRun:
    """Have the worker issue a month's statements for all accounts; asked for again, what is missing or failed.

    `month` is any day of it, `origin` the site's address for the printed codes. The same `key` asks once. Refuses a
    month that a branch has still open, and one before anybody had an account.
    """
    period = month_of(month)
    late = [branch.name for branch in open_branches(period.end)]
    if late:
        raise Refused(f"{period.label} is not over yet at {', '.join(late)}.", code="open", field="month")
    wanted = accounts_to_issue(period.start, period.end).count()
    if not wanted:
        raise Refused(f"There was no account in {period.label}.", code="empty", field="month")
    facts = {"period_end": period.end, "accounts": wanted, "asked_at": at, "asked_by": by}
    run, made = StatementRun.objects.get_or_create(period_start=period.start, defaults=facts)
    if not made:
        run.accounts, run.finished_at = wanted, None
        run.save(update_fields=["accounts", "finished_at"])
    record(verb="monthly statements asked for", subject=period.label, detail={"accounts": wanted}, by=by, at=at)
    _enqueue(run, f"{run.pk}:{key}", origin, by=by, at=at)
    return run


def ask_for_due_run(*, at: datetime) -> StatementRun | None:
    """In the first days of a month, once every branch has entered it: the last one's statements, asked for once."""
    days = [branch.business_date for branch in branches()]
    if not days or min(days).day > FIRST_DAYS:
        return None
    month = month_of(min(days).replace(day=1) - A_DAY)
    known = StatementRun.objects.filter(period_start=month.start).exists()
    if known or not accounts_to_issue(month.start, month.end).exists():
        return None
    return ask_for_run(month=month.start, origin=settings.PUBLIC_URL, key="due", by=None, at=at)


def issue_next(*, run: StatementRun, after: int, most: int) -> list[DepositAccount]:
    """The next accounts that have no statement of this run, in the order of their keys."""
    done = IssuedStatement.objects.filter(run=run, account=OuterRef("pk"), document__isnull=False)
    waiting = accounts_to_issue(run.period_start, run.period_end).filter(~Exists(done), pk__gt=after)
    return list(waiting.select_related("product", "customer", "branch", "ledger_account")[:most])


@transactional
def issued(
    *, run: StatementRun, account: DepositAccount, keep: Callable[[], Sequence[Document]], origin: str, at: datetime
) -> Document | None:
    """Issue one account's statement and tell its owner. `keep` makes and keeps the document in this transaction; of a month
    with very many movements there are several, one after the other.

    None where another worker has it in hand or was faster: a statement is issued once.
    """
    IssuedStatement.objects.bulk_create([IssuedStatement(run=run, account=account, at=at)], ignore_conflicts=True)
    rows = IssuedStatement.objects.select_for_update(skip_locked=True, of=("self",))
    row = rows.filter(run=run, account=account, document=None).first()
    if row is None:
        return None
    document, *others = keep()
    row.document, row.trouble, row.at = document, "", at
    row.save(update_fields=["document", "trouble", "at"])
    IssuedPart.objects.bulk_create(
        IssuedPart(statement=row, number=number, document=each) for number, each in enumerate(others, start=2)
    )
    _tell_owner(run, account, origin, at)
    return document


@transactional
def note_trouble(*, run: StatementRun, account: DepositAccount, trouble: str, at: datetime) -> None:
    """Write down why an account has no statement yet; what was issued meanwhile stays."""
    IssuedStatement.objects.bulk_create([IssuedStatement(run=run, account=account, at=at)], ignore_conflicts=True)
    waiting = IssuedStatement.objects.filter(run=run, account=account, document=None)
    waiting.update(trouble=trouble[:200], at=at)


@transactional
def finish_run(*, run: StatementRun, last: Job, after: int, at: datetime) -> Mapping[str, Any]:
    """End one stretch of a run: ask for the next from `after` on, or mark the run finished where no account is left.

    Returns the job's result: its link to the run's page.
    """
    if issue_next(run=run, after=after, most=1):
        _enqueue(run, f"{run.pk}:after {last.pk}", last.payload["origin"], by=last.created_by, at=at, after=after)
    else:
        StatementRun.objects.filter(pk=run.pk, finished_at=None).update(finished_at=at)
    return {
        "url": reverse("statement_run", args=[run.pk]),
        "label": f"Statements of {month_of(run.period_start).label}",
    }


def _enqueue(run: StatementRun, key: str, origin: str, *, by: Any, at: datetime, after: int = 0) -> Job:
    payload = {"run": run.pk, "origin": origin, "after": after}
    return enqueue(kind=MONTH, key=key, payload=payload, by=by, at=at)


def _tell_owner(run: StatementRun, account: DepositAccount, origin: str, at: datetime) -> None:
    """One mail a customer and run, however many accounts; without amounts, for mail is read by others."""
    user = User.objects.filter(customer=account.customer_id, is_active=True).first()
    if user is None:
        return
    link = reverse("statement_choose")
    context = {"period": Period(run.period_start, run.period_end).label, "link": f"{origin}{link}"}
    notify(kind="statement.ready", person=user, context=context, key=f"{run.pk}", by=None, at=at, url=link)


def months_to_choose(today: date, most: int = 24) -> list[Period]:
    """The months a run may be asked for, newest first: those every branch has left behind."""
    months = [month_of(today).before()]
    while len(months) < most:
        months.append(months[-1].before())
    return months


def earliest_open_day() -> date | None:
    """The day of the branch that is furthest behind; None before there are branches."""
    return min((branch.business_date for branch in Branch.objects.all()), default=None)
