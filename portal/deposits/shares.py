"""Reading shares: prices, holdings, the register, and what a dividend comes to for each account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from portal.base.money import Money
from portal.deposits.models import (
    DepositAccount,
    Dividend,
    DividendShare,
    Product,
    ShareDealing,
    ShareTerms,
)


def share_terms(product: Product, day: date) -> ShareTerms | None:
    """The price and the bounds that hold on a day: the newest of the product's terms that say so."""
    known = ShareTerms.objects.filter(terms__product=product, terms__effective_from__lte=day)
    return known.order_by("-terms__effective_from").first()


def price_on(product: Product, day: date) -> Money | None:
    """What a share costs on a day."""
    terms = share_terms(product, day)
    return Money(terms.price_minor, product.currency) if terms else None


def held_by(account: DepositAccount, day: date | None = None) -> int:
    """How many shares an account holds, now or at the end of a day."""
    dealings = ShareDealing.objects.filter(account=account)
    if day is not None:
        dealings = dealings.filter(dealt_on__lte=day)
    return int(dealings.aggregate(held=Sum("shares"))["held"] or 0)


def dealings_of(account: DepositAccount, *, most: int = 100) -> QuerySet[ShareDealing]:
    """What was bought and redeemed, newest first."""
    return ShareDealing.objects.filter(account=account).select_related("entry").order_by("-at", "-pk")[:most]


def register(accounts: QuerySet[DepositAccount], product: Product, day: date) -> QuerySet[DepositAccount]:
    """Who held how many shares at the end of a day, largest first: accounts with `held`. Those with none are left out."""
    held = Sum("share_dealings__shares", filter=Q(share_dealings__dealt_on__lte=day))
    return accounts.filter(product=product).annotate(held=held).filter(held__gt=0).order_by("-held", "number")


def held_in_all(register: QuerySet[DepositAccount]) -> int:
    """How many shares a `register` holds together."""
    found = register.order_by().aggregate(total=Sum("held"))["total"]
    return int(found or 0)


def share_products() -> QuerySet[Product]:
    return Product.objects.filter(kind=Product.Kind.SHARES).select_related("share_class")


@dataclass(frozen=True, slots=True)
class Part:
    """What an account would get: by how many share-days, how much."""

    account_id: int
    share_days: int
    amount_minor: int


def share_days(product: Product, start: date, end: date) -> dict[int, int]:
    """For each account the sum over the days from `start` to `end` of the shares it held when the day ended."""
    found: dict[int, int] = {}
    rows = ShareDealing.objects.filter(account__product=product, dealt_on__lte=end)
    for account, shares, dealt_on in rows.values_list("account", "shares", "dealt_on"):
        found[account] = found.get(account, 0) + shares * ((end - max(dealt_on, start)).days + 1)
    return {account: days for account, days in found.items() if days > 0}


def split(total_minor: int, days: dict[int, int]) -> list[Part]:
    """Divide a total by share-days, to the minor unit: each part rounded down, then the largest remainders get one more.

    Equal remainders are served in the order of the accounts' ids, so that the same register gives the same parts.
    """
    whole = sum(days.values())
    floors = {account: divmod(total_minor * count, whole) for account, count in days.items()}
    left = total_minor - sum(floor for floor, _ in floors.values())
    served = sorted(floors, key=lambda account: (-floors[account][1], account))[:left]
    extra = set(served)
    return [Part(account, days[account], floors[account][0] + (account in extra)) for account in sorted(days)]


@dataclass(frozen=True, slots=True)
class DividendSoFar:
    """A dividend and how far it is paid."""

    dividend: Dividend
    total: Money
    accounts: int
    paid_accounts: int
    paid: Money

    @property
    def is_paid(self) -> bool:
        return self.accounts == self.paid_accounts


def dividends() -> list[DividendSoFar]:
    """Every dividend, newest first, with what of it has been paid."""
    payable = Q(shares__amount_minor__gt=0)
    paid = payable & Q(shares__payment__isnull=False)
    rows = Dividend.objects.select_related("product", "declared_by", "approved_by").annotate(
        accounts=Count("shares", filter=payable),
        paid_accounts=Count("shares", filter=paid),
        paid_minor=Sum("shares__amount_minor", filter=paid),
    )
    return [_so_far(row) for row in rows.order_by("-period_end", "-pk")]


def _so_far(row: Any) -> DividendSoFar:
    currency = row.product.currency
    total, paid = Money(row.total_minor, currency), Money(row.paid_minor or 0, currency)
    return DividendSoFar(row, total, row.accounts, row.paid_accounts, paid)


def dividends_of(account: DepositAccount) -> QuerySet[DividendShare]:
    """What an account got, newest first."""
    found = DividendShare.objects.filter(account=account).select_related("dividend", "payment__paid_to__product")
    return found.order_by("-dividend__period_end")


def unpaid(dividend: Dividend, *, after: int, most: int) -> Sequence[DividendShare]:
    """The next parts that wait to be paid, by account."""
    found = DividendShare.objects.filter(dividend=dividend, amount_minor__gt=0, payment=None, account__gt=after)
    return list(found.select_related("account__branch", "account__product").order_by("account")[:most])


def overlapping(product: Product, start: date, end: date) -> Dividend | None:
    """A dividend of the same product that shares a day with this period."""
    return Dividend.objects.filter(product=product, period_start__lte=end, period_end__gte=start).first()


def next_period(product: Product, day: date) -> tuple[date, date]:
    """The period a dividend would be declared for: from the end of the last one, else from last year's first day, to the
    end of that year.
    """
    last = Dividend.objects.filter(product=product).order_by("-period_end").first()
    start = last.period_end + timedelta(days=1) if last else date(day.year - 1, 1, 1)
    return start, date(start.year, 12, 31)
