"""Entries by hand and their templates; closing a period and, by two people, opening it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.formats import date_format

from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.bookkeeping.models import EntryTemplate, TemplateLine
from portal.bookkeeping.queries import manual_accounts
from portal.institution.models import Branch
from portal.ledger import services as ledger
from portal.ledger.models import Account, EntryKind, Period, PeriodReopening, Side

ENTRY, REOPENING = "manual_entry", "period_reopening"
KINDS = (EntryKind.MANUAL, EntryKind.OPENING)


@dataclass(frozen=True, slots=True)
class ByHand:
    """One line typed by a person: so much on one side of the account with this code."""

    code: str
    side: Side
    amount: Money


@transactional
def ask_for_entry(
    *,
    branch: Branch,
    kind: EntryKind,
    lines: Sequence[ByHand],
    memo: str,
    value_date: date | None,
    key: str,
    by: Any,
    at: datetime,
) -> Request:
    """Ask for an entry by hand. Nothing posts until a second person approves; then it posts once, on the open day.

    Refused: fewer than two lines, sides that differ, an account that takes no entries by hand, a value date after the
    open day or in closed books.
    """
    payload = {
        "branch": branch.code,
        "kind": str(kind),
        "lines": [[line.code, str(line.side), line.amount.minor] for line in lines],
        "currency": lines[0].amount.currency if lines else "",
        "memo": memo.strip(),
        "value_date": value_date.isoformat() if value_date else None,
        "key": key,
    }
    total = Money(sum(line.amount.minor for line in lines if line.side == Side.DEBIT), str(payload["currency"]))
    return ask(act=ENTRY, payload=payload, subject=branch.code, reason=memo, branch=branch, amount=total, by=by, at=at)


def check_entry(payload: Mapping[str, Any]) -> ledger.NewEntry:
    """The entry that was asked for, as the books would take it now. Refuses what `ask_for_entry` refuses."""
    branch = Branch.objects.get(code=payload["branch"])
    accounts = {account.code: account for account in manual_accounts(branch)}
    lines = [
        _line(accounts, branch, code, side, Money(minor, payload["currency"])) for code, side, minor in payload["lines"]
    ]
    _refuse_unbalanced(lines)
    if not payload["memo"]:
        raise Refused("Say what this entry is for: whoever reads the books will ask.", code="memo", field="memo")
    value_date = date.fromisoformat(payload["value_date"]) if payload["value_date"] else None
    _refuse_value_date(branch, value_date)
    return ledger.NewEntry(
        kind=EntryKind(payload["kind"]),
        branch=branch,
        lines=lines,
        key=payload["key"],
        memo=payload["memo"],
        value_date=value_date,
    )


def _line(accounts: Mapping[str, Account], branch: Branch, code: str, side: str, amount: Money) -> ledger.Line:
    account = accounts.get(code)
    if account is None:
        raise Refused(f"{code} takes no entries by hand at {branch}.", code="not_by_hand")
    make = ledger.debit if side == Side.DEBIT else ledger.credit
    return make(account, amount)


def _refuse_unbalanced(lines: Sequence[ledger.Line]) -> None:
    if len(lines) < 2:
        raise Refused("An entry has two lines or more: what one account gives, another takes.", code="lines")
    zero = Money.zero(lines[0].amount.currency)
    debit = sum((line.amount for line in lines if line.side == Side.DEBIT), zero)
    credit = sum((line.amount for line in lines if line.side == Side.CREDIT), zero)
    if debit != credit:
        raise Refused(f"Debits are {debit}, credits {credit}: they differ by {abs(debit - credit)}.", code="unbalanced")


def _refuse_value_date(branch: Branch, day: date | None) -> None:
    if day is None:
        return
    if day > branch.business_date:
        raise Refused("The value date has not come yet.", code="value_date", field="value_date")
    period = Period.objects.filter(branch=branch).first()
    if period is not None and day <= period.closed_through:
        raise Refused(
            f"The books are closed through {said(period.closed_through)}: the entry would count in closed days.",
            code="closed",
            field="value_date",
        )


@transactional
def make_template(*, name: str, memo: str, lines: Sequence[ByHand], by: Any, at: datetime) -> EntryTemplate:
    """Keep an entry for the next time. Refused: a name that another template in use has, and fewer than two lines."""
    if len(lines) < 2:
        raise Refused("A template has two lines or more.", code="lines")
    try:
        with transaction.atomic():
            template = EntryTemplate.objects.create(name=name.strip(), memo=memo.strip(), made_at=at, made_by=by)
    except IntegrityError:
        raise Refused("Another template has this name. Choose another.", code="name", field="name") from None
    TemplateLine.objects.bulk_create(
        TemplateLine(template=template, number=number, code=line.code, side=line.side, amount_minor=line.amount.minor)
        for number, line in enumerate(lines, start=1)
    )
    record(verb="entry template made", subject=template.name, by=by, at=at)
    return template


@transactional
def retire_template(*, template: EntryTemplate, by: Any, at: datetime) -> EntryTemplate:
    """Take a template out of use. Entries made from it stay as they are. Once more changes nothing."""
    locked = EntryTemplate.objects.select_for_update().get(pk=template.pk)
    if locked.retired_at is None:
        locked.retired_at, locked.retired_by = at, by
        locked.save(update_fields=["retired_at", "retired_by"])
        record(verb="entry template retired", subject=locked.name, by=by, at=at)
    return locked


@transactional
def close_books(*, branch: Branch, through: date, by: Any, at: datetime) -> Period:
    """Close a branch's books up to and including a day. Refuses what `ledger.close_period` refuses."""
    period = ledger.close_period(branch=branch, through=through, by=by, at=at)
    record(verb="books closed", subject=branch.code, detail={"through": through.isoformat()}, by=by, at=at)
    return period


@transactional
def ask_to_reopen(*, branch: Branch, through: date, reason: str, by: Any, at: datetime) -> Request:
    """Ask that a branch's books stay closed only through an earlier day. A second person decides; refused as at the decision."""
    payload = {"branch": branch.code, "through": through.isoformat(), "reason": reason.strip()}
    return ask(act=REOPENING, payload=payload, subject=branch.code, reason=reason, branch=branch, by=by, at=at)


def check_reopening(payload: Mapping[str, Any]) -> tuple[Period, date]:
    """What would be opened again now: the period and the day up to which it would stay closed.

    Refused: books that are not closed, a day that is not before the closed one, and no reason.
    """
    period = Period.objects.select_related("branch").filter(branch__code=payload["branch"]).first()
    if period is None:
        raise Refused("These books are not closed.", code="not_closed")
    through = date.fromisoformat(payload["through"])
    if through >= period.closed_through:
        raise Refused(
            f"They are closed through {said(period.closed_through)}. Name a day before it.",
            code="through",
            field="through",
        )
    if not payload["reason"]:
        raise Refused("Say why the books must be open again.", code="reason", field="reason")
    return period, through


@transactional
def reopen_books(*, payload: Mapping[str, Any], by: Any, approved_by: Any, at: datetime) -> PeriodReopening:
    """Open closed books again, as asked by one and approved by another: the database wants both names in a row first."""
    period, through = check_reopening(payload)
    reopening = ledger.reopen_period(
        period=period, through=through, reason=payload["reason"], by=by, approved_by=approved_by, at=at
    )
    detail = {"through": through.isoformat(), "reason": payload["reason"]}
    record(verb="books opened again", subject=period.branch.code, detail=detail, by=by, at=at)
    return reopening


def said(day: date) -> str:
    """A day as people of the house read it."""
    return date_format(day, "j M Y")


def last_month_end(day: date) -> date:
    """The last day of the month before a day's: what is usually closed next."""
    return day.replace(day=1) - timedelta(days=1)
