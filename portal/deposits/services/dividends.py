"""A dividend: divided to the last minor unit when it is approved, then paid to each holder once, in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import shares as reading
from portal.deposits.models import DepositAccount, Dividend, DividendPayment, DividendShare, Product
from portal.deposits.models.products import BY_OWN_RULES
from portal.institution.models import Branch
from portal.institution.queries import branches
from portal.ledger import chart
from portal.ledger.models import EntryKind
from portal.ledger.services import NewEntry, credit, debit, post_many
from portal.outbox.services import enqueue

BATCH = 1_000
JOB = "deposits.dividend.pay"
_LOCK = 7025
Report = Callable[[int, int], None]


def check_dividend(*, product: Product, period_start: date, period_end: date, total: Money) -> None:
    """Refuse a dividend that cannot be declared: no shares, no amount, a period not over or shared with another one."""
    if product.kind != Product.Kind.SHARES or total.currency != product.currency:
        raise Refused("A dividend is paid on shares, in their currency.", code="product", field="product")
    if total.minor <= 0:
        raise Refused("The amount must be more than 0.", code="zero", field="total")
    if period_end < period_start:
        raise Refused("The period ends before it begins.", code="period", field="period_end")
    if any(branch.business_date <= period_end for branch in branches()):
        raise Refused("The period is not over in every branch yet.", code="not_over", field="period_end")
    other = reading.overlapping(product, period_start, period_end)
    if other is not None:
        message = f"Days of this period had the dividend to {other.period_end:%d %B %Y}."
        raise Refused(message, code="overlap", field="period_start")
    if not reading.share_days(product, period_start, period_end):
        raise Refused("Nobody held a share in this period.", code="nobody", field="period_start")


@transactional
def declare_dividend(
    *, product: Product, period_start: date, period_end: date, total: Money, by: Any, approved_by: Any, at: datetime
) -> Dividend:
    """Set a dividend aside: each account's part is fixed, the reserves fall, what is to be paid rises; then have it paid.

    The parts sum to the total exactly. Refused: what `check_dividend` refuses.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, product.pk])
    check_dividend(product=product, period_start=period_start, period_end=period_end, total=total)
    dividend = Dividend.objects.create(
        product=product,
        period_start=period_start,
        period_end=period_end,
        total_minor=total.minor,
        declared_by=by,
        approved_by=approved_by,
        approved_at=at,
    )
    parts = reading.split(total.minor, reading.share_days(product, period_start, period_end))
    DividendShare.objects.bulk_create(
        (
            DividendShare(
                dividend=dividend,
                account_id=part.account_id,
                share_days=part.share_days,
                amount_minor=part.amount_minor,
            )
            for part in parts
        ),
        batch_size=BATCH,
    )
    _set_aside(dividend, parts, by=by, at=at)
    enqueue(kind=JOB, key=f"dividend:{dividend.pk}", payload={"dividend": dividend.pk}, by=by, at=at)
    return dividend


def pay_dividend(*, dividend: Dividend, by: Any, at: datetime, batch: int = BATCH, report: Report | None = None) -> int:
    """Pay each holder's part to their oldest everyday account; returns how many were paid now.

    Each batch is a transaction of its own. Safe to run twice, at once, or again after it was killed. Whoever has no
    account that takes money keeps their part in the books as to be paid; a later run finds it.
    """
    total = DividendShare.objects.filter(dividend=dividend, amount_minor__gt=0).count()
    paid, looked_at, after = 0, 0, 0
    while True:
        shares, done = _pay_batch(dividend, after, batch, by=by, at=at)
        if not shares:
            return paid
        after, paid, looked_at = shares[-1].account_id, paid + done, looked_at + len(shares)
        if report:
            report(looked_at, total)


@transactional
def _pay_batch(
    dividend: Dividend, after: int, most: int, *, by: Any, at: datetime
) -> tuple[Sequence[DividendShare], int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, -dividend.pk])
    shares = list(reading.unpaid(dividend, after=after, most=most))
    targets = _targets([share.account.customer_id for share in shares], dividend.product.currency)
    due = [share for share in shares if share.account.customer_id in targets]
    paid_to = [targets[share.account.customer_id] for share in due]
    entries = [_entry(dividend, share, target) for share, target in zip(due, paid_to, strict=True)]
    posted = post_many(entries, by=None, at=at)
    DividendPayment.objects.bulk_create(
        DividendPayment(share=share, paid_to=target, entry_id=done.entry_id, at=at)
        for share, target, done in zip(due, paid_to, posted, strict=True)
    )
    return shares, len(due)


def _targets(customers: list[int], currency: str) -> dict[int, DepositAccount]:
    """Each customer's oldest everyday account that takes money."""
    states = (DepositAccount.State.ACTIVE, DepositAccount.State.DORMANT)
    found = (
        DepositAccount.objects.filter(customer__in=customers, state__in=states, product__currency=currency)
        .exclude(product__kind__in=[*BY_OWN_RULES, Product.Kind.CONTRIBUTION])
        .select_related("ledger_account", "product")
        .order_by("-opened_on", "-pk")
    )
    return {account.customer_id: account for account in found}


def _entry(dividend: Dividend, share: DividendShare, target: DepositAccount) -> NewEntry:
    amount = Money(share.amount_minor, dividend.product.currency)
    payable = chart.branch_account(share.account.branch_id, chart.DIVIDENDS_PAYABLE)
    return NewEntry(
        kind=EntryKind.DIVIDEND,
        branch=share.account.branch,
        lines=[debit(payable, amount), credit(target.ledger_account, amount)],
        key=f"dividend:{dividend.pk}:{share.account_id}",
        memo=f"Dividend to {dividend.period_end:%d %B %Y}",
        channel="system",
    )


def _set_aside(dividend: Dividend, parts: Sequence[reading.Part], *, by: Any, at: datetime) -> None:
    """Out of each branch's reserves, what its members get."""
    homes = dict(DepositAccount.objects.filter(product=dividend.product_id).values_list("pk", "branch_id"))
    sums: dict[int, int] = {}
    for part in parts:
        sums[homes[part.account_id]] = sums.get(homes[part.account_id], 0) + part.amount_minor
    entries = []
    for branch in Branch.objects.filter(pk__in=[pk for pk, minor in sums.items() if minor]).order_by("pk"):
        amount = Money(sums[branch.pk], dividend.product.currency)
        reserves, payable = (
            chart.branch_account(branch.pk, code) for code in (chart.OPENING_EQUITY, chart.DIVIDENDS_PAYABLE)
        )
        entries.append(
            NewEntry(
                kind=EntryKind.DIVIDEND,
                branch=branch,
                lines=[debit(reserves, amount), credit(payable, amount)],
                key=f"dividend:{dividend.pk}:branch {branch.pk}",
                memo=f"Dividend to {dividend.period_end:%d %B %Y} set aside",
            )
        )
    post_many(entries, by=by, at=at)
