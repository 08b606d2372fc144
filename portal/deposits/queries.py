"""Reading accounts, their terms and their movements, each within what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import Http404
from django.shortcuts import get_object_or_404

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.money import Money
from portal.base.prepared import prepared_cursor, prepared_query
from portal.base.remembered import remembered
from portal.deposits import interest
from portal.deposits.models import AccountHolder, DepositAccount, InterestPosting, PostingFrequency, Product, Terms
from portal.institution.models import Branch
from portal.ledger import queries as books
from portal.people.models import Customer


@dataclass(frozen=True, slots=True)
class PendingInterest:
    """How many accounts would be paid, and how much together."""

    accounts: int
    total: Money


@dataclass(frozen=True, slots=True)
class PostedInterest:
    """A month's interest in one currency: accounts looked at, accounts paid, how much, and when last."""

    start: date
    end: date
    accounts: int
    paid: int
    total: Money
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class Turnover:
    """What an account has now, and what came in and went out since a day, by business and value date; minor units."""

    balance_minor: int
    days: list[tuple[date, date, int, int]]


_RELATED = ("customer", "product", "branch", "ledger_account__balance")
# What moving money reads of an account; the rest is read when somebody asks for it.
_MOVED = ("product", "branch", "ledger_account")


def accounts_visible_to(user: Any, capability: Capability = Capability.ACCOUNT_VIEW) -> QuerySet[DepositAccount]:
    """The accounts this user's capability reaches; none for whoever may see none.

    A mobile banker's round is not kept yet, so the scope `round` reaches no account.
    """
    reach = reach_of(user, capability)
    return DepositAccount.objects.none() if reach is None else accounts_within(*reach.values(), names=tuple(reach))


def accounts_within(*reach: int, names: tuple[str, ...]) -> QuerySet[DepositAccount]:
    """Accounts with all that belongs to them, within a reach as `reach_of` tells it, names apart from values.

    So a prepared query can be given its values.
    """
    accounts, found = DepositAccount.objects.select_related(*_RELATED), dict(zip(names, reach, strict=True))
    return (
        accounts.filter(pk__in=_held_by(found["customer_id"])) if "customer_id" in found else accounts.filter(**found)
    )


def _held_by(customer_id: int) -> QuerySet[Any, Any]:
    """The ids of a customer's accounts: the own ones, and those held together with others until today."""
    own = DepositAccount.objects.order_by().filter(customer=customer_id).values("pk")
    return own.union(AccountHolder.objects.order_by().filter(customer=customer_id, until=None).values("account"))


def reach_of(user: Any, capability: Capability = Capability.ACCOUNT_VIEW) -> dict[str, int] | None:
    """What an account within this user's reach has; None where no account is."""
    scope = scope_of(user, capability)
    if scope is Scope.ALL:
        return {}
    if scope is Scope.BRANCH and user.branch_id is not None:
        return {"branch_id": user.branch_id}
    if scope is Scope.OWN and user.customer_id is not None:
        return {"customer_id": user.customer_id}
    return None


def account_for(user: Any, number: str, capability: Capability = Capability.ACCOUNT_VIEW) -> DepositAccount:
    """One account within the user's reach; 404 for every other, whether it exists or not."""
    return get_object_or_404(accounts_visible_to(user, capability), number=number)


def may_listen(user: Any, number: str) -> bool:
    """Whether an open page of this user may be told that the account moved."""
    return accounts_visible_to(user).filter(number=number).exists()


def accounts_of_customer(customer: Customer) -> QuerySet[DepositAccount]:
    """A customer's accounts, those held together with others and closed ones included."""
    return DepositAccount.objects.select_related(*_RELATED).filter(pk__in=_held_by(customer.pk))


def account_by_number(number: str) -> DepositAccount | None:
    """Any account by its number, whoever asks: for the name check before money is sent to it."""
    return DepositAccount.objects.select_related(*_RELATED).filter(number=number).first()


def account_and_payee(
    user: Any, number: str, payee_number: str, capability: Capability, *, to_send: bool
) -> tuple[DepositAccount, DepositAccount | None]:
    """`account_for` and the payee's `account_by_number` in one query; `to_send` reads only what moving money needs.

    Reading accounts with all that belongs to them is the larger part of a transfer's cost.
    """
    accounts = _pair(number, payee_number, related=_MOVED if to_send else _RELATED)
    found = {account.number: account for account in accounts}
    account, reach = found.get(number), reach_of(user, capability)
    if account is None or reach is None or not (_lies_within(account, reach) or _is_held_jointly(account, reach)):
        raise Http404("no such account within reach")
    return account, found.get(payee_number)


@prepared_query
def _pair(number: str, other: str, *, related: tuple[str, ...]) -> QuerySet[DepositAccount]:
    return DepositAccount.objects.select_related(*related).filter(number__in=(number, other)).order_by()


def _lies_within(account: DepositAccount, reach: dict[str, int]) -> bool:
    return all(getattr(account, name) == value for name, value in reach.items())


def _is_held_jointly(account: DepositAccount, reach: dict[str, int]) -> bool:
    """Whether the account's further holders count among them whose reach it is."""
    customer = reach.get("customer_id")
    return customer is not None and account.holders.filter(customer=customer, until=None).exists()


def funds_of(account: DepositAccount) -> books.Funds:
    """What the account has now, what of it is held, and what may leave it. Read afresh."""
    return books.funds(account.ledger_account)


def funds_as_loaded(account: DepositAccount) -> books.Funds:
    """The same from the balance that came with the account, for lists: no further query."""
    return books.funds_of(account.ledger_account, account.ledger_account.balance)


def terms_on(product: Product, day: date) -> Terms | None:
    """The terms that hold on a day; None before the product's first."""
    return Terms.objects.filter(product=product, effective_from__lte=day).order_by("-effective_from").first()


def withdrawal_fee(account: DepositAccount, day: date) -> Money:
    """What a withdrawal from this account costs on a day."""
    terms = terms_on(account.product, day)
    return Money(terms.withdrawal_fee_minor if terms else 0, account.currency)


def turnover(account: DepositAccount, since: date, last_month: date | None = None) -> Turnover:
    """What moved since a day, or up to the end of a month. One query: balance and movements are of one moment."""
    until = month_of(last_month)[1] if last_month else None
    with prepared_cursor() as cursor:
        cursor.execute(sql("turnover"), {"account": account.ledger_account_id, "since": since, "until": until})
        rows = cursor.fetchall()
    return Turnover(rows[0][0], [row[1:] for row in rows if row[1] is not None])


def pending_interest(account: DepositAccount, day: date, moved: Turnover | None = None) -> Money:
    """What the account has earned by the end of `day` since its interest was last posted.

    `moved` is the account's turnover since the first of that month or earlier, where the caller has read it already.
    """
    start = _earning_since(account, day)
    moved = turnover(account, start) if moved is None or start < day.replace(day=1) else moved
    rates = [rate_of_terms(terms) for terms in _holding(_terms_shown(account.product_id), start, day)]
    moves = [(valued, into - out) for booked, valued, into, out in moved.days if booked >= start and valued >= start]
    opening = moved.balance_minor - sum(signed for _, signed in moves)
    ends = interest.balances(opening, moves, start, day)
    return Money(interest.to_money(interest.credit_interest(ends, rates)), account.currency)


def _earning_since(account: DepositAccount, day: date) -> date:
    """The day after the account's last posted period, or the first of the calendar's period that `day` lies in."""
    paid = _last_interest(account.pk, day)
    held = _holding(_terms_shown(account.product_id), day, day)
    months = MONTHS_OF[held[-1].posting_frequency] if held else 1
    return paid[0].period_end + timedelta(days=1) if paid else date(day.year, (day.month - 1) // months * months + 1, 1)


@prepared_query
def _last_interest(account: int, day: date) -> QuerySet[InterestPosting]:
    return InterestPosting.objects.filter(account=account, period_end__lt=day).order_by("-period_end")[:1]


MONTHS_OF: dict[str, int] = {
    PostingFrequency.MONTHLY: 1,
    PostingFrequency.QUARTERLY: 3,
    PostingFrequency.HALF_YEARLY: 6,
    PostingFrequency.YEARLY: 12,
}


def rate_of_terms(terms: Terms) -> interest.Rate:
    """What a product's terms mean for its interest."""
    return interest.Rate(
        since=terms.effective_from,
        rate=Fraction(terms.rate_bps, 10_000),
        day_count=terms.day_count,
        floor_minor=terms.interest_floor_minor,
        overdraft_rate=Fraction(terms.overdraft_rate_bps, 10_000),
        compounding=terms.compounding,
        steps=tuple((tier.from_minor, Fraction(tier.rate_bps, 10_000)) for tier in terms.tiers.all()),
        tier_method=terms.tier_method,
    )


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's calendar month."""
    return next(interest.periods(day.replace(day=1), day + timedelta(days=31), interest.Frequency.MONTHLY))


def branches_past(day: date) -> QuerySet[Branch]:
    """The branches whose open day lies after this one."""
    return Branch.objects.filter(business_date__gt=day)


def last_month_over() -> tuple[date, date] | None:
    """The latest month that some branch has left behind; None before there are branches."""
    latest = Branch.objects.aggregate(day=Max("business_date"))["day"]
    return month_of(latest.replace(day=1) - timedelta(days=1)) if latest else None


def accounts_waiting(period_start: date, period_end: date) -> int:
    """About how many accounts still wait for the interest of a period that ends with this month: for showing progress."""
    accounts = DepositAccount.objects.filter(
        product__in=products_posting(period_end),
        opened_on__lte=period_end,
        branch__business_date__gt=period_end,
        ledger_account__is_active=True,
    )
    posted = InterestPosting.objects.filter(account=OuterRef("pk"), period_end__gte=period_end)
    return accounts.filter(~Exists(posted)).count()


def products_posting(month_end: date) -> list[int]:
    """The products that pay interest and whose posting period ends with this month."""
    latest: dict[int, Terms] = {}
    paying: set[int] = set()
    for terms in (
        Terms.objects.filter(effective_from__lte=month_end).order_by("effective_from").prefetch_related("tiers")
    ):
        latest[terms.product_id] = terms
        if terms.rate_bps or any(tier.rate_bps for tier in terms.tiers.all()):
            paying.add(terms.product_id)
    return [pk for pk in paying if month_end.month % MONTHS_OF[latest[pk].posting_frequency] == 0]


def months_to_post(month_end: date) -> list[tuple[date, date]]:
    """The months up to this one that no account has had its interest of yet, oldest first; this one in any case."""
    last = InterestPosting.objects.filter(period_end__lt=month_end).aggregate(day=Max("period_end"))["day"]
    if last is None:
        return [month_of(month_end)]
    start = month_of(last + timedelta(days=1))[0]
    return list(interest.periods(start, month_end, interest.Frequency.MONTHLY))


def interest_due(period_start: date, period_end: date) -> list[PendingInterest]:
    """What a run would post now, by currency. Works out every account: for the page that asks for it."""
    values: dict[str, Any] = {"end": period_end, "after": 0, "most": None, "branch": None, "early": False}
    with connection.cursor() as cursor:
        cursor.execute(sql("interest_due") + sql("interest_total"), values)
        return [PendingInterest(count, Money(int(total), code)) for code, count, total in cursor.fetchall()]


def interest_posted(months: int) -> list[PostedInterest]:
    """The months posted last, newest first, by currency."""
    rows = (
        InterestPosting.objects.annotate(month=TruncMonth("period_end"))
        .values("month", "account__product__currency")
        .annotate(accounts=Count("pk"), paid=Count("entry"), total=Sum("amount_minor"), posted_at=Max("posted_at"))
        .order_by("-month", "account__product__currency")
    )
    return [
        PostedInterest(
            start=row["month"],
            end=month_of(row["month"])[1],
            accounts=row["accounts"],
            paid=row["paid"],
            total=Money(row["total"], row["account__product__currency"]),
            posted_at=row["posted_at"],
        )
        for row in rows[:months]
    ]


@cache
def sql(name: str) -> str:
    """One of the statements kept in `sql/`, where they are long enough to deserve a file."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def terms_between(product: Product, start: date, end: date) -> Sequence[Terms]:
    """The terms that hold on any day from `start` to `end`, oldest first."""
    return _holding(Terms.objects.filter(product=product).order_by("effective_from"), start, end)


@remembered
def _terms_shown(product_id: int) -> list[Terms]:
    """A product's terms, at most some seconds old: for what a page shows."""
    return list(Terms.objects.filter(product_id=product_id).order_by("effective_from").prefetch_related("tiers"))


def _holding(terms: Iterable[Terms], start: date, end: date) -> list[Terms]:
    known = [each for each in terms if each.effective_from <= end]
    before = [each for each in known if each.effective_from <= start]
    return [*before[-1:], *known[len(before) :]]
