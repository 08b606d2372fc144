"""What the teller screen shows: who was found, their accounts and loans, what was done last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from portal.base.money import Money
from portal.base.prepared import prepared_query
from portal.counter.commands import Command
from portal.counter.models import SLOTS, CounterReversal, CounterTransfer, TicketCall, Visit
from portal.deposits.models import DepositAccount, Product
from portal.deposits.movements import Movement, movements
from portal.deposits.numbers import is_account_number
from portal.deposits.queries import accounts_within, funds_as_loaded, reach_of
from portal.deposits.services import BY_OWN_RULES
from portal.drawers.models import CashMovement, DrawerSession
from portal.drawers.queries import LAST
from portal.institution.models import Branch
from portal.ledger.models import Entry, Side
from portal.ledger.queries import Funds
from portal.loans.models import LIVE, Disbursement, Loan, Payment, PaymentReversal
from portal.loans.queries import Owing, left_to_pay_out, loans_visible_to, owing, payable_at_counter
from portal.people.models import Customer
from portal.people.queries import find_customers

MOST_CHOICES = 8
_LAST_KINDS = BY_OWN_RULES | {Product.Kind.CONTRIBUTION}
"""What a member comes for less often: shown after the accounts for every day."""


@dataclass(frozen=True, slots=True)
class Served:
    """One account on the member's card, with its money."""

    account: DepositAccount
    funds: Funds

    @property
    def moves(self) -> bool:
        return self.account.state not in {DepositAccount.State.FROZEN, DepositAccount.State.CLOSED}


@dataclass(frozen=True)
class Lent:
    """One loan on the member's card."""

    loan: Loan

    @cached_property
    def owing(self) -> Owing | None:
        """What is due and what ends it, while it runs."""
        return owing(self.loan, self.loan.branch.business_date) if self.loan.state in LIVE else None

    @cached_property
    def handed(self) -> Money:
        """What the member is handed when it is paid out: less its fee and what it settles."""
        return left_to_pay_out(self.loan)


@dataclass(frozen=True)
class Business:
    """Whom the counter serves, with what they have here: the accounts that are open, and loans read when they are asked for."""

    user: Any
    customer: Customer
    served: list[Served]

    @cached_property
    def lent(self) -> list[Lent]:
        """The loans that run, were written off, or wait to be paid out."""
        return [Lent(loan) for loan in payable_at_counter(self.user, self.customer)]


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a command means: one member, or several to choose from, or nobody."""

    business: Business | None = None
    choices: list[Customer] = field(default_factory=list)


def find(user: Any, command: Command) -> Found:
    """One member by the number of an account, of a loan or of the member; else those whose name or phone fits."""
    business = _by_number(user, command.who) if command.who.isdecimal() else None
    if business is not None:
        return Found(business)
    people = search(user, command)
    if people and (len(people) == 1 or people[0].number == command.who):
        return Found(business_of(user, people[0]))
    return Found(choices=people)


def business_of(user: Any, customer: Customer) -> Business:
    """What a member has here."""
    return Business(user, customer, accounts_by_number(user, customer.number))


def business_by_number(user: Any, number: str) -> Business:
    """The same by the member's number; 404 for everybody out of reach."""
    served = accounts_by_number(user, number)
    customer = served[0].account.customer if served else get_object_or_404(find_customers(user, number), number=number)
    return Business(user, customer, served)


def _by_number(user: Any, number: str) -> Business | None:
    """The member whose number this is, or the number of whose account or loan; none without an open account for the first."""
    if not is_account_number(number):
        served = accounts_by_number(user, number)
    elif not (served := accounts_by_account(user, number)):
        loan = loans_visible_to(user).select_related("customer__branch").filter(number=number).first()
        return business_of(user, loan.customer) if loan is not None else None
    return Business(user, served[0].account.customer, served) if served else None


def search(user: Any, command: Command) -> list[Customer]:
    """The first few members that the words could mean, an exact number before all."""
    return list(find_customers(user, command.who)[:MOST_CHOICES])


def accounts_by_number(user: Any, number: str) -> list[Served]:
    """A member's accounts that are not closed, those that move first; none for a number out of reach."""
    return _served(user, number, whose="customer__number")


def accounts_by_account(user: Any, number: str) -> list[Served]:
    """The same by the number of one of the accounts."""
    return _served(user, number, whose="customer__deposit_accounts__number")


def _served(user: Any, number: str, *, whose: str) -> list[Served]:
    reach = reach_of(user)
    live = [] if reach is None else _live(number, *reach.values(), names=tuple(reach), whose=whose)
    served = [Served(account, funds_as_loaded(account)) for account in live]
    return sorted(served, key=lambda each: (not each.moves, each.account.product.kind in _LAST_KINDS))


@prepared_query
def _live(number: str, *reach: int, names: tuple[str, ...], whose: str) -> QuerySet[DepositAccount]:
    accounts = accounts_within(*reach, names=names).select_related("customer__branch").filter(**{whose: number})
    return accounts.exclude(state=DepositAccount.State.CLOSED).order_by("product__code", "number")


def last_served(session: DrawerSession) -> list[CashMovement | CounterTransfer]:
    """What was done last in a session, newest first: cash and transfers, each with the account's `number`, the member's
    `holder`, and whether it `was_reversed`. Two queries.
    """
    return _by_time(row for rows in _told(session) for row in rows.order_by("-id")[:LAST])[:LAST]


def all_served(session: DrawerSession) -> list[CashMovement | CounterTransfer]:
    """The same of everything that was done in a session, the first on top."""
    return _by_time(row for rows in _told(session) for row in rows)[::-1]


def _by_time(rows: Iterable[CashMovement | CounterTransfer]) -> list[CashMovement | CounterTransfer]:
    return sorted(rows, key=lambda row: row.entry.posted_at, reverse=True)


def _told(session: DrawerSession) -> tuple[QuerySet[CashMovement], QuerySet[CounterTransfer]]:
    moved = DepositAccount.objects.filter(ledger_account__postings__entry=OuterRef("entry")).order_by("pk")
    paying = {"ledger_account__postings__entry": OuterRef("entry"), "ledger_account__postings__side": Side.DEBIT}
    asked = DepositAccount.objects.filter(**paying).order_by("pk")
    told: dict[str, Any] = {
        "number": Coalesce(*_first("number", moved)),
        "holder": Coalesce(*_first("customer__full_name", moved)),
        "was_reversed": Exists(CounterReversal.objects.filter(entry=OuterRef("entry"))),
    }
    cash = session.movements.select_related("entry").annotate(**told)
    told |= {
        "number": Subquery(asked.values("number")[:1]),
        "holder": Subquery(asked.values("customer__full_name")[:1]),
    }
    return cash, CounterTransfer.objects.filter(session=session).select_related("entry").annotate(**told)


def _first(name: str, moved: QuerySet[DepositAccount]) -> list[Subquery]:
    """A fact of the account that an entry moved, else of the loan that it paid on, undid a payment on, or paid out."""
    entry = OuterRef("entry")
    on_loans = [
        Payment.objects.filter(entry=entry).values(f"loan__{name}"),
        PaymentReversal.objects.filter(entry=entry).values(f"payment__loan__{name}"),
        Disbursement.objects.filter(entry=entry).values(f"loan__{name}"),
    ]
    return [Subquery(found[:1]) for found in (moved.values(name), *on_loans)]


def last_entry(session: DrawerSession) -> Entry | None:
    """What was served last in a session and can still be taken back."""
    done = CounterReversal.objects.filter(session=session)
    taken_back = set(done.values_list("entry_id", flat=True)) | set(done.values_list("reversal_id", flat=True))
    served = (row.entry for row in last_served(session))
    return next((entry for entry in served if entry.pk not in taken_back), None)


def served_entry(session: DrawerSession, reference: str) -> Entry:
    """An entry of this session by its reference; 404 for every other."""
    here = Exists(CashMovement.objects.filter(session=session, entry=OuterRef("pk"))) | Exists(
        CounterTransfer.objects.filter(session=session, entry=OuterRef("pk"))
    )
    return get_object_or_404(Entry.objects.select_related("branch").filter(here), reference=reference)


def latest_of(served: Served, most: int = LAST) -> list[Movement]:
    """The newest movements of an account on the card."""
    return movements(served.account, limit=most)


def aside(session: DrawerSession) -> list[tuple[int, Visit | None]]:
    """The five places aside, each with who waits there."""
    related = ("customer", "request")
    waiting = Visit.objects.filter(session=session, slot__isnull=False).select_related(*related)
    by_slot = {visit.slot: visit for visit in waiting.prefetch_related("legs", "request__decisions")}
    return [(slot, by_slot.get(slot)) for slot in SLOTS]


def unfinished(session: DrawerSession) -> list[Visit]:
    """Who waits aside and is neither posted nor dropped: settled before the drawer is counted."""
    waiting = Visit.objects.filter(session=session, state__in=(Visit.State.OPEN, Visit.State.ASKED))
    return list(waiting.select_related("customer"))


def visit_for(user: Any, visit_id: int) -> Visit:
    """A visit at one's own drawer; 404 for every other."""
    related = ("customer__branch", "session__drawer__branch", "session__drawer__ledger_account", "request")
    own = Visit.objects.select_related(*related).filter(session__cashier_id=user.pk)
    return get_object_or_404(own.prefetch_related("legs__entry"), pk=visit_id)


def kept_over(entry_id: UUID, currency: str) -> Money | None:
    """What a payment on a loan brought beyond what settled it: kept for the member. None where there is nothing of the kind."""
    over = Payment.objects.filter(entry=entry_id, over_minor__gt=0).values_list("over_minor", flat=True).first()
    return Money(over, currency) if over else None


@dataclass(frozen=True, slots=True)
class Pace:
    """How a drawer gets on with the queue: so many numbers called, and how long each took on average."""

    session: DrawerSession
    called: int
    each: timedelta | None

    @property
    def minutes(self) -> str:
        """Minutes with a tenth; nothing before a second number was called."""
        return "" if self.each is None else f"{self.each / timedelta(minutes=1):.1f}"


def paces(branches: Iterable[Branch]) -> list[Pace]:
    """The drawers of these branches that called numbers on the open day: from one call to the next, one member is served."""
    sessions = DrawerSession.objects.filter(
        drawer__branch__in=branches, business_date=F("drawer__branch__business_date")
    )
    calls = {"first": Min("called_at"), "last": Max("called_at"), "called": Count("pk")}
    found = TicketCall.objects.filter(session__in=sessions).values_list("session").annotate(**calls).order_by()
    by_session = {session: (called, last - first) for session, first, last, called in found}
    told = (
        sessions.filter(pk__in=by_session).select_related("drawer__branch", "cashier").order_by("drawer__branch", "pk")
    )
    return [_pace(session, *by_session[session.pk]) for session in told]


def _pace(session: DrawerSession, called: int, took: timedelta) -> Pace:
    return Pace(session, called, took / (called - 1) if called > 1 else None)


def last_call(session: DrawerSession) -> TicketCall | None:
    """The number called last to this drawer."""
    return TicketCall.objects.filter(session=session).first()
