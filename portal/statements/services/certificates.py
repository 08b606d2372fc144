"""A balance certificate: what an account held at the end of a day, for an embassy, a landlord or a court."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.dateformat import format as date_format

from portal.access.capabilities import Capability
from portal.audit.services import record
from portal.base.errors import Refused
from portal.base.exports import file_name
from portal.base.templatetags.portal import grouped
from portal.base.words import in_words
from portal.deposits.models import ChargeKind, DepositAccount
from portal.deposits.queries import account_for
from portal.documents.plan import DocumentPlan
from portal.documents.services import ask_for_document
from portal.ledger.queries import balance_at
from portal.outbox.models import Job
from portal.statements.services.charging import charge_paper

BUILDER = "statements.certificate_pdf"
KEPT = timedelta(hours=24)


@transaction.atomic
def ask_for_certificate(
    *,
    account: DepositAccount,
    day: date,
    origin: str,
    key: str,
    is_charged: bool = False,
    by: Any,
    at: datetime,
) -> Job:
    """Have the worker certify the balance at the end of a day; the same `key` gives back the same job.

    `is_charged`: the account pays what a certificate costs. Refuses a day that is not over at the account's branch, one
    before the account was opened, and too little money.
    """
    _check(account, day)
    detail = {"day": day.isoformat()}
    record(verb="balance certificate asked for", subject=account.number, detail=detail, by=by, at=at)
    args = {"number": account.number, "day": day.isoformat()}
    job = ask_for_document(builder=BUILDER, args=args, origin=origin, key=key, by=by, at=at, typst=True)
    if is_charged:
        charge_paper(job=job, account=account, kind=ChargeKind.CERTIFICATE, by=by, at=at)
    return job


def certificate_pdf(*, by: Any, at: datetime, number: str, day: str) -> DocumentPlan:
    """The certificate for an account that `by` may see. Refuses as `ask_for_certificate` does."""
    account, on = account_for(by, number, Capability.STATEMENT_DOWNLOAD), date.fromisoformat(day)
    _check(account, on)
    balance = balance_at(account.ledger_account, on)
    facts = (
        ("Account", grouped(account.number)),
        ("Product", account.product.name),
        ("Holder", account.customer.full_name),
        ("Member number", account.customer.number),
        ("Branch", account.branch.name),
        ("Opened", date_format(account.opened_on, "j M Y")),
    )
    return DocumentPlan(
        kind="balance_certificate",
        title="Certificate of balance",
        filename=file_name("balance", account.number, day) + ".pdf",
        template="statements/certificate.typ",
        context={
            "facts": facts,
            "holder": account.customer.full_name,
            "day": date_format(on, "j F Y"),
            "balance": str(balance),
            "words": in_words(abs(balance)),
            "overdrawn": balance.minor < 0,
        },
        subject=account.number,
        keep=KEPT,
    )


def _check(account: DepositAccount, day: date) -> None:
    if day >= account.branch.business_date:
        raise Refused(
            "This day is not over yet: more may still be booked. Choose an earlier one.", code="open", field="day"
        )
    if day < account.opened_on:
        raise Refused("The account was not open on this day.", code="before", field="day")
