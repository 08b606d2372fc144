"""The journal of a drawer session: everything it served, line by line, on the screen and as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.base.money import Money
from portal.counter.models import CounterTransfer
from portal.counter.queries import all_served
from portal.documents.plan import DocumentPlan
from portal.drawers.models import CashMovement, DrawerSession
from portal.drawers.queries import sessions_visible_to


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One movement. `received` and `paid` are cash; what moved between accounts without cash is `moved`."""

    at: datetime
    holder: str
    number: str
    title: str
    reference: str
    received: Money | None
    paid: Money | None
    moved: Money | None
    was_reversed: bool


@dataclass(frozen=True, slots=True)
class Journal:
    """The lines of a session and what they come to in cash."""

    session: DrawerSession
    lines: Sequence[JournalLine]
    received: Money
    paid: Money


def is_hidden(user: Any, session: DrawerSession) -> bool:
    """Whether a session's journal would tell its own cashier what the drawer should hold before it is counted."""
    return bool(session.cashier_id == user.pk) and session.state != DrawerSession.State.CLOSED


def journal_of(session: DrawerSession) -> Journal:
    """Everything a session served, the first on top. Two queries."""
    currency = session.drawer.currency
    lines = [_line(row, currency) for row in all_served(session)]
    zero = Money.zero(currency)
    return Journal(
        session,
        lines,
        sum((line.received for line in lines if line.received), zero),
        sum((line.paid for line in lines if line.paid), zero),
    )


def journal_pdf(*, by: Any, at: datetime, session: int) -> DocumentPlan:
    """What the worker makes a journal's PDF from. Raises `DoesNotExist` where `by` may not see it, or not yet."""
    found = sessions_visible_to(by).get(pk=session)
    if is_hidden(by, found):
        raise DrawerSession.DoesNotExist
    return DocumentPlan(
        kind="journal",
        title=f"Journal of {found.drawer.name}, {found.business_date:%d %B %Y}",
        filename=f"journal-{found.business_date:%Y-%m-%d}-{found.pk}.pdf",
        template="counter/journal_pdf.html",
        context={"journal": journal_of(found)},
        subject=str(found.pk),
    )


def _line(row: Any, currency: str) -> JournalLine:
    way = "" if isinstance(row, CounterTransfer) else row.way
    amount, title = Money(row.amount_minor, currency), row.entry.get_kind_display()
    return JournalLine(
        at=row.entry.occurred_at,
        holder=row.holder or title,
        number=row.number or "",
        title=title,
        reference=row.entry.reference,
        received=amount if way == CashMovement.Way.IN else None,
        paid=amount if way == CashMovement.Way.OUT else None,
        moved=amount if not way else None,
        was_reversed=row.was_reversed,
    )
