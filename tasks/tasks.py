"""What `run_huey` finds: a nudge that drains the jobs, and a tick each minute that finds what a lost nudge left.

The web imports this module too, to nudge; so nothing heavy is imported here. Handlers are named, and loaded when needed.
"""

from __future__ import annotations

import logging
import os
import signal

from huey import crontab
from huey.contrib.djhuey import HUEY, db_periodic_task, db_task, on_startup

from portal.ledger.startup import unsafe_reasons
from tasks import books, runner

logger = logging.getLogger(__name__)

HANDLERS = {
    "mail.send": "tasks.mail.run",
    "sms.send": "tasks.sms.run",
    "signin.tell_locked": "tasks.signing_in.run",
    "document.render": "tasks.documents.run",
    "personal_data.export": "tasks.personal_data.run",
    "upload.scan": "tasks.uploads.run",
    "deposits.interest.month": "tasks.interest.run",
    "deposits.day": "tasks.accounts.run",
    "statements.month": "tasks.statements.run_month",
    "statements.pack": "tasks.statements.run_pack",
    "deposits.plans.day": "tasks.plans.run_day",
    "deposits.dividend.pay": "tasks.plans.run_dividend",
    "fraud.train": "tasks.fraud.run_training",
    "fraud.analyse": "tasks.analysis.run",
    "fraud.backtest": "tasks.fraud.run_backtest",
    "demonstration.fraud": "tasks.demonstration.run_fraud",
    "loans.day": "tasks.loans.run_day",
    "deposits.cheques.due": "tasks.cheques.run",
    "books.verify": "tasks.verify.run",
}
"""Kind of job → what does it: `run(job, *, at, progress)`, which returns the job's result."""

PERIODIC = (
    "portal.signin.services.proving.forget_used_steps",
    "portal.ledger.services.expire_holds",
    "portal.approvals.services.expire_requests",
    "portal.dayend.services.open_days_that_are_due",
    "tasks.interest.ask_for_what_is_due",
    "portal.deposits.services.daily.ask_for_the_day",
    "tasks.statements.ask_for_what_is_due",
    "tasks.plans.ask_for_what_is_due",
    "tasks.fraud.ask_for_what_is_due",
    "portal.loans.services.ask_for_loan_days",
    "tasks.cheques.ask_for_what_is_due",
    "tasks.verify.ask_each_night",
    "portal.documents.services.forget_expired",
    "portal.signin.services.end_idle_sessions",
    "portal.signin.services.sweep_counts",
    "portal.signin.services.sweep_sign_ups",
    "portal.documents.uploads.sweep",
    "portal.people.services.expire_identities",
    "portal.people.services.forget_drafts",
    "portal.deposits.services.telling.tell_movements",
    "portal.support.services.tell_deadlines",
    "portal.support.services.chatting.end_idle_chats",
    "portal.announcements.services.send_copies",
)
"""Called each minute with `at=`, before the jobs are drained; each must change nothing when called twice."""

STARTING = ("tasks.documents.have_signing_key",)
"""Called once with `at=` when a worker starts."""

AFTER_DRAIN = ("tasks.books.seal",)
"""Called with `at=` whenever jobs were drained, and each minute."""


@on_startup()  # type: ignore[untyped-decorator]  # Huey comes without types
def begin() -> None:
    """Look at once at what waits; or stop, like the web, on a database that could lose or change the books."""
    reasons = unsafe_reasons()
    if reasons:
        logger.critical("The worker does not work on this database: %s", "; ".join(reasons))
        os.kill(os.getpid(), signal.SIGTERM)
    else:
        books.keep_sealing()
        runner.call_each(STARTING)
        wake()


def wake() -> None:
    """Ask a worker to look now. When a nudge already waits nobody needs another: whoever takes it looks at everything."""
    if not HUEY.pending_count():
        drain()


@db_task(name="drain")  # type: ignore[untyped-decorator]
def drain() -> None:
    """Do what is due. A full round asks for another, so that one worker never runs unbounded."""
    if runner.drain(HANDLERS):
        wake()
    runner.call_each(AFTER_DRAIN)


@db_periodic_task(crontab(minute="*"), name="tick")  # type: ignore[untyped-decorator]
def tick() -> None:
    """The minute's tick. Two workers ticking at once do the same work once."""
    runner.call_each(PERIODIC)
    drain.call_local()
