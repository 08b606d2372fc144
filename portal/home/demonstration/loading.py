"""Living the made-up history through: all of it or nothing, in one transaction, so that a killed run leaves no trace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import islice

from django.conf import settings
from django.db import connection, transaction

from portal.audit.context import acting
from portal.base.errors import Refused
from portal.deposits.models import DepositAccount, Terms
from portal.deposits.services import Opening, change_state, open_accounts, post_interest
from portal.home.demonstration import calendar
from portal.home.demonstration.agreements import agree, set_charges
from portal.home.demonstration.cash import lay_out
from portal.home.demonstration.chance import chance
from portal.home.demonstration.cheques import pay_in_cheques
from portal.home.demonstration.desk import open_desk
from portal.home.demonstration.history import Books, Purse
from portal.home.demonstration.house import LABEL, House, build_house, keep_holidays
from portal.home.demonstration.lives import Wish, frauds, wishes_of
from portal.home.demonstration.loans import LENDING_MONTHS, lenders, offer_loans
from portal.home.demonstration.members import AMA, KOFI, Member, make_members
from portal.home.demonstration.plans import ROUNDS, offer_plans, order_for_ama, planners, set_rules
from portal.home.demonstration.records import Clerks, clerks_of, let_wait, write_down
from portal.home.demonstration.staff import address_of, employ, enrol
from portal.home.demonstration.standing import let_stand
from portal.institution.queries import institution
from portal.ledger.models import EntryKind, Posting
from portal.ledger.services import NewEntry, close_history, open_day, open_history, post_many, seal, take_snapshots
from portal.outbox.services import enqueue
from portal.people.services import NewCustomer, register_customers

BATCH = 10_000
"""About a month: each batch leaves a dead version of every balance it moves, until the one transaction ends."""
_LOCK = 7031
_DORMANT_AFTER_DAYS = 365
_PEERS = 4

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large the made-up institution is. The same size, seed and last day give the same institution."""

    seed: int = 1
    customers: int = 2000
    years: int = 2


def ensure(*, size: Size, today: date, at: datetime, say: Say) -> bool:
    """Have the made-up institution in the database; False when it was there already.

    Refused: the demonstration is not switched on, it has no password, the database belongs to a real institution, or a
    size that makes no sense. `today` is the open business day afterwards; the history ends the day before.
    """
    _refuse_if_unfit(size)
    with transaction.atomic(), acting(actor_id=None), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        known = institution()
        if known is not None and known.environment_label != LABEL:
            raise Refused(f"This database belongs to {known.name}. The demonstration wants one of its own.")
        if known is not None:
            return False
        _live(size, today, at, say)
        return True


def _refuse_if_unfit(size: Size) -> None:
    if not settings.DEMONSTRATION:
        raise Refused("The demonstration is off here. Set PORTAL_DEMO=1 where nothing real is kept.")
    if not settings.DEMO_PASSWORD:
        raise Refused("The demonstration needs its password in PORTAL_DEMO_PASSWORD.")
    if not (2 < size.customers <= 100_000 and 0 < size.years <= 20):
        raise Refused("The demonstration takes 3 to 100,000 customers and 1 to 20 years.")


def _live(size: Size, today: date, at: datetime, say: Say) -> None:
    """Everything, from the empty database to the open day."""
    start = date(today.year - size.years, today.month, 1)
    house = build_house(start)
    keep_holidays(start, today, at)
    clerks = clerks_of(employ(house.branches))
    members = make_members(size.seed, size.customers, start, today)
    purses = _take_up(members, house, clerks, size.seed, today, at)
    waiting = let_wait(house.branches, clerks, today=today)
    say(f"{len(members):,} members with {DepositAccount.objects.count():,} accounts in {len(house.branches)} branches")
    name = f"demonstration:{size.seed}"
    books = Books(name, purses, house.branches, list(Terms.objects.all()))
    wishes = _wishes(members, size.seed, start, today)
    months = list(calendar.months(start, today))
    savers = planners(offer_plans(), members, books, size.seed, today)
    borrowers = lenders(offer_loans(start, at), members, books, size.seed, start)
    lending = months[-LENDING_MONTHS:]
    for month in months:
        if month == months[-ROUNDS]:
            savers.deposit_for_ama(at)
        first = books.openings(start, _savings_so_far(members, size.seed, start)) if month == start else iter(())
        _live_month(month, today, first, wishes, books, at)
        if month in months[-ROUNDS:]:
            savers.round(months[-ROUNDS:].index(month), at)
        if month == months[-2]:
            savers.mature(at)
        if month in lending:
            borrowers.month(lending.index(month), at)
        say(f"{month:%B %Y}: {books.made:,} entries")
    borrowers.end(at)
    set_rules(today, at)
    set_charges(today, at)
    order_for_ama(books, today, at)
    pay_in_cheques(house.branches, today, at)
    say(f"{_sleep(today, at):,} accounts are dormant")
    agree(books, members, today, at)
    lay_out(house.branches.values(), at)
    open_desk(at)
    let_stand(house.branches, waiting, today=today, at=at)
    say(f"{_seal(at):,} entries sealed")
    # The worker learns from this history once it runs, looks back for what stands out, and has it judged.
    made_of = {"seed": size.seed, "customers": size.customers, "start": start.isoformat(), "today": today.isoformat()}
    enqueue(kind="demonstration.fraud", key=name, payload=made_of, by=None, at=at)


def _take_up(
    members: Sequence[Member], house: House, clerks: Mapping[str, Clerks], seed: int, today: date, at: datetime
) -> dict[str, Purse]:
    """The members as customers with their records, their accounts and, for two of them, a sign-in."""
    customers = register_customers(customers=[_customer(member, house) for member in members], by=None, at=at)
    write_down(members, customers, clerks, seed=seed, today=today)
    enrol([customer for customer in customers if customer.number in {AMA, KOFI}])
    openings, kinds = [], []
    for member, customer in zip(members, customers, strict=True):
        wanted = [house.current] * member.has_current + [house.savings] * member.has_savings
        openings += [Opening(customer, product, customer.branch, member.joined_on) for product in wanted]
        kinds.append(len(wanted))
    accounts = iter(open_accounts(openings=openings, by=None, at=at))
    purses = {}
    for member, count in zip(members, kinds, strict=True):
        own = list(islice(accounts, count))
        purses[member.number] = Purse(own[0], own[1] if count > 1 else None)
    return purses


def _customer(member: Member, house: House) -> NewCustomer:
    return NewCustomer(
        number=member.number,
        full_name=member.full_name,
        branch=house.branches[member.branch_code],
        joined_on=member.joined_on,
        birth_date=member.birth_date,
        phone=member.phone,
        email=address_of(member.full_name) if member.number in {AMA, KOFI} else "",
        address=member.address,
        occupation=member.occupation,
    )


def _savings_so_far(members: Iterable[Member], seed: int, start: date) -> dict[str, int]:
    """What those who were members before the history starts have by then, in minor units: up to four months' income."""
    held = {}
    for member in members:
        if member.joined_on < start:
            percent = chance(seed, member.number, "opening").choice((5, 10, 20, 35, 50, 80, 120, 200, 400))
            held[member.number] = max(member.income_minor * percent // 10_000 * 100, 2_000)
    return held


def _wishes(members: list[Member], seed: int, start: date, today: date) -> list[Wish]:
    """Everything all members want to do before today, last first: taken from the end, it comes in order."""
    last = today - calendar.DAY
    rng = chance(seed, "peers")
    numbers = [member.number for member in members]
    found = [wish for wish in frauds(members, seed, last) if wish.day <= last]
    for member in members:
        peers = [number for number in rng.sample(numbers, min(_PEERS, len(numbers))) if number != member.number]
        leading = {AMA: [KOFI], KOFI: [AMA]}.get(member.number, [])
        found += wishes_of(member, seed, leading + peers, start, last)
    return sorted(found, key=lambda wish: wish.turn, reverse=True)


def _live_month(
    month: date, today: date, first: Iterator[NewEntry], wishes: list[Wish], books: Books, at: datetime
) -> None:
    """One month of every branch: its days are open while it is lived, then comes the next month's first day.

    A month's interest is posted on the first day after it by the institution's own run; the last month's is left to be
    posted, so that there is something to do.
    """
    last, following = min(calendar.month_end(month), today), calendar.next_month(month)
    branches = list(books.branches.values())
    for branch in branches:
        if last > branch.business_date:
            open_day(branch=branch, day=last, by=None, at=at)
        open_history(branch=branch, since=month, by=None, at=at)
    _post(first, at)
    _post(books.entries(_until(wishes, last)), at)
    if last < today:
        _post(books.monthly_fees(last), at)
    for branch in branches:
        close_history(branch=branch, by=None, at=at)
        if last < today:
            open_day(branch=branch, day=following, by=None, at=at)
            take_snapshots(branch=branch, day=last)
    if following < today.replace(day=1):
        night = datetime.combine(following, time(1), UTC)
        post_interest(period_start=month, period_end=last, by=None, at=night)
        books.take_up_interest(last)


def _until(wishes: list[Wish], day: date) -> Iterator[Wish]:
    while wishes and wishes[-1].day <= day:
        yield wishes.pop()


def _post(entries: Iterator[NewEntry], at: datetime) -> None:
    while batch := list(islice(entries, BATCH)):
        post_many(batch, by=None, at=at)


def _sleep(today: date, at: datetime) -> int:
    """Accounts whose owner has not moved anything for a year become dormant; returns how many."""
    moved = Posting.objects.exclude(entry__kind__in=(EntryKind.INTEREST_CREDIT, EntryKind.FEE))
    awake = moved.filter(business_date__gt=today - calendar.DAY * _DORMANT_AFTER_DAYS).values("account")
    young = today - calendar.DAY * _DORMANT_AFTER_DAYS
    asleep = DepositAccount.objects.filter(opened_on__lte=young).exclude(ledger_account__in=awake)
    for account in asleep:
        reason = "Nothing moved for twelve months"
        change_state(account=account, state=DepositAccount.State.DORMANT, reason=reason, by=None, at=at)
    return len(asleep)


def _seal(at: datetime) -> int:
    sealed = 0
    while count := seal(at=at):
        sealed += count
    return sealed
