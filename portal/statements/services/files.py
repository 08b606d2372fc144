"""Handing statements out as files: what is written into them, and a line in the trail for each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import IO, Any

from django.db import transaction

from portal.audit.models import Event
from portal.audit.services import record
from portal.base.errors import Refused
from portal.base.exports import file_name
from portal.deposits.models import ChargeKind, DepositAccount
from portal.documents.services import ask_for_document, hand_over
from portal.institution.queries import institution
from portal.outbox.models import Job
from portal.people.services import note_view
from portal.statements.formats import FORMATS, bytes_of, text_of
from portal.statements.models import IssuedStatement
from portal.statements.periods import Period
from portal.statements.queries.issued import DOWNLOADED
from portal.statements.queries.lines import Statement, statement
from portal.statements.services.charging import charge_paper

MOST_A_MINUTE = 60
PDF = "statements.statement_pdf"


class TooMany(Refused):
    """More files within a minute than a person reads."""

    code = "too_many"


def file_of(*, account: DepositAccount, period: Period, form: str, by: Any, at: datetime) -> Iterator[str] | IO[bytes]:
    """The statement in one of `FORMATS`, in pieces or open at its beginning, and a line in the trail.

    Refuses the sixty-first file within a minute.
    """
    found = _taken(account, period, form, by=by, at=at)
    if FORMATS[form].write is not None:
        return text_of(found, form, ours=institution(), at=at)
    return BytesIO(bytes_of(found, form, ours=institution(), at=at))


@transaction.atomic
def ask_for_pdf(
    *,
    account: DepositAccount,
    period: Period,
    origin: str,
    key: str,
    is_charged: bool = False,
    by: Any,
    at: datetime,
) -> Job:
    """Have the worker make the PDF; the same `key` gives back the same job.

    `is_charged`: the account pays what a statement on request costs. Refuses as `file_of` does, and too little money.
    """
    _count(by, at)
    record(verb=DOWNLOADED, subject=account.number, detail=_detail(period, "pdf"), by=by, at=at)
    args = {"number": account.number, "start": period.start.isoformat(), "end": period.end.isoformat()}
    job = ask_for_document(builder=PDF, args=args, origin=origin, key=key, by=by, at=at, typst=True)
    if is_charged:
        charge_paper(job=job, account=account, kind=ChargeKind.STATEMENT, by=by, at=at)
    return job


@transaction.atomic
def take_issued(*, issued: IssuedStatement, part: int = 1, by: Any, at: datetime) -> bytes:
    """The signed PDF of a monthly statement, and a line in the trail. A long month's has several parts.

    Refuses as `file_of` does, a part there is none of, and a damaged file.
    """
    others = {each.number: each.document for each in issued.parts.select_related("document")}
    document = issued.document if part == 1 else others.get(part)
    if document is None:
        raise Refused("This statement is not made yet. Look again in a minute.", code="not_made")
    _count(by, at)
    period = Period(issued.run.period_start, issued.run.period_end)
    record(verb=DOWNLOADED, subject=issued.account.number, detail=_detail(period, "pdf"), by=by, at=at)
    note_reading(account=issued.account, period=period, by=by, at=at)
    return hand_over(document=document, by=by, at=at)


def note_reading(*, account: DepositAccount, period: Period, by: Any, at: datetime) -> None:
    """Write down that a member of staff read a customer's statement; customers reading their own leave no line."""
    note_view(customer=account.customer, viewer=by, reason=f"Statement {account.number}, {period.label}"[:120], at=at)


def statement_name(account: DepositAccount, period: Period, ending: str) -> str:
    """`statement-010100000142-2026-11-01-2026-11-30.csv`"""
    return file_name("statement", account.number, _iso(period.start), _iso(period.end)) + f".{ending}"


@transaction.atomic
def _taken(account: DepositAccount, period: Period, form: str, *, by: Any, at: datetime) -> Statement:
    _count(by, at)
    found = statement(account, period.start, period.end)
    detail = {**_detail(period, form), "movements": len(found.lines)}
    record(verb=DOWNLOADED, subject=account.number, detail=detail, by=by, at=at)
    return found


def _count(by: Any, at: datetime) -> None:
    minute = Event.objects.filter(actor=by.pk, verb=DOWNLOADED, at__gt=at - timedelta(minutes=1))
    if minute.count() >= MOST_A_MINUTE:
        raise TooMany("These are many statements within a minute. Wait a moment and go on.")


def _detail(period: Period, form: str) -> dict[str, str]:
    return {"format": form, "start": _iso(period.start), "end": _iso(period.end)}


def _iso(day: date) -> str:
    return day.isoformat()
