"""The monthly statements of all accounts, and packs for an auditor: one account after another, each in a transaction of
its own, so that a killed worker loses nothing but the document it was at."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from portal.base.clock import now
from portal.base.errors import Refused
from portal.deposits.models import DepositAccount
from portal.documents.models import Document
from portal.documents.services import store
from portal.institution.queries import institution
from portal.outbox.models import Job
from portal.statements import queries, services
from portal.statements.formats import FORMATS, bytes_of
from portal.statements.models import PackAccount, StatementPack, StatementRun
from portal.statements.periods import Period
from portal.statements.services.packs import KEPT, PDF
from tasks.documents import Press
from tasks.runner import Progress

logger = logging.getLogger(__name__)

MOST_A_JOB = 1000
"""Accounts in one job; the next job goes on from there, so that none outlives its lease."""
BATCH = 50


def run_month(job: Job, *, at: datetime, progress: Progress) -> Callable[[], Mapping[str, Any]]:
    """Issue the next statements of a month. Whatever fails is written down with the account, and the others go on."""
    run = StatementRun.objects.get(pk=job.payload["run"])
    after, done = int(job.payload["after"]), 0
    so_far = queries.progress_of_run(run)
    with Press() as press:
        while done < MOST_A_JOB and (
            batch := services.issue_next(run=run, after=after, most=min(BATCH, MOST_A_JOB - done))
        ):
            for account in batch:
                progress(so_far.done + done, max(so_far.total, so_far.done + done), f"Statements of {run}")
                _issue(press, run, account, job.payload["origin"])
                after, done = account.pk, done + 1
    return lambda: services.finish_run(run=run, last=job, after=after, at=now())


def run_pack(job: Job, *, at: datetime, progress: Progress) -> Callable[[], Mapping[str, Any]]:
    """Make the next files of a pack. What is refused for one account ends the pack: a partial one is never offered."""
    pack = StatementPack.objects.select_related("asked_by").get(pk=job.payload["pack"])
    done = 0
    with Press() as press:
        while done < MOST_A_JOB and (batch := services.accounts_waiting(pack=pack, most=min(BATCH, MOST_A_JOB - done))):
            for member in batch:
                so_far = queries.progress_of_pack(pack, at=now())
                progress(so_far.done, so_far.total, "Accounts")
                _pack(press, pack, member, job.payload["origin"])
                done += 1
    return lambda: services.finish_pack(pack=pack, job=job, at=now())


def ask_for_what_is_due(*, at: datetime) -> None:
    """Each minute: in the first days of a month, the last one's statements."""
    services.ask_for_due_run(at=at)


def _issue(press: Press, run: StatementRun, account: DepositAccount, origin: str) -> None:
    period = Period(run.period_start, run.period_end)

    def keep() -> list[Document]:
        at = now()
        found = queries.statement(account, period.start, period.end)
        plans = services.statement_plans(found, period, at=at)
        return [press.make(plan, origin=origin, at=at).keep(by=None, at=at) for plan in plans]

    try:
        services.issued(run=run, account=account, keep=keep, origin=origin, at=now())
    except Refused as refusal:
        services.note_trouble(run=run, account=account, trouble=refusal.message, at=now())
    except Exception:
        # One account's trouble must not keep the others from their statements; the log has the whole story.
        incident = uuid4().hex[:8].upper()
        logger.exception("Incident %s with the statement of %s", incident, account)
        trouble = f"Something went wrong. Reference {incident}."
        services.note_trouble(run=run, account=account, trouble=trouble, at=now())


def _pack(press: Press, pack: StatementPack, member: PackAccount, origin: str) -> None:
    period = Period(pack.period_start, pack.period_end)
    found = queries.statement(member.account, period.start, period.end)
    make = partial(_files, press, pack, member, found, period, origin)
    services.keep_files(member=member, found=found, make=make, at=now())


def _files(
    press: Press, pack: StatementPack, member: PackAccount, found: queries.Statement, period: Period, origin: str
) -> list[Document]:
    at, made = now(), []
    for name in pack.formats:
        if name == PDF:
            plans = services.statement_plans(found, period, at=at, keep=KEPT * 2)
            made += [press.make(plan, origin=origin, at=at).keep(by=None, at=at) for plan in plans]
            continue
        form = FORMATS[name]
        made.append(
            store(
                kind="statement",
                title=f"Statement of account, {period.label}",
                filename=services.statement_name(member.account, period, form.ending),
                media_type=form.media_type,
                body=bytes_of(found, name, ours=institution(), at=at),
                by=None,
                at=at,
                subject=member.account.number,
                expires_at=at + KEPT * 2,
            )
        )
    return made
