"""Interest of periods long posted, worked out again when something was booked into them later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, F, Sum, When

from portal.base.money import Money
from portal.deposits import interest, queries
from portal.deposits.models import (
    ChargeKind,
    DepositAccount,
    InterestAdjustment,
    InterestPosting,
    InterestRevision,
    TakenCharge,
)
from portal.ledger import chart
from portal.ledger.models import EntryKind, Posting, Side
from portal.ledger.services import NewEntry, credit, debit, post


def revise_earlier(
    *, posting: int, since: date, business_date: date | None, by: Any, at: datetime
) -> InterestAdjustment | None:
    """Work out again what the periods before this posting have earned from `since` on, and post the whole difference once.

    Each period keeps what it has earned after all, so that the next late posting is compared with that. More interest is
    one further entry, with its tax; less is a charge, which waits while the account does not hold enough. What the
    difference itself would have earned meanwhile is not paid. None when nothing changed.
    """
    found_with = InterestPosting.objects.select_related("account__product", "account__branch").get(pk=posting)
    account = found_with.account
    earlier = InterestPosting.objects.filter(
        account=account, period_end__gte=since, period_end__lt=found_with.period_end
    )
    changed = _changed(account, list(earlier.order_by("period_end").prefetch_related("revisions")))
    if not changed:
        return None
    InterestRevision.objects.bulk_create(
        InterestRevision(posting=each, found_with=found_with, exact=exact) for each, _, exact in changed
    )
    difference = sum((exact - before for _, before, exact in changed), Decimal(0))
    return _adjust(found_with, difference, business_date, by=by, at=at)


def _changed(
    account: DepositAccount, periods: Sequence[InterestPosting]
) -> list[tuple[InterestPosting, Decimal, Decimal]]:
    """Of these periods those that have earned something else: what was known, and what it is."""
    moves = _moves(account)
    found = []
    for period in periods:
        start, end = period.period_start, period.period_end
        rates = [queries.rate_of_terms(terms) for terms in queries.terms_between(account.product, start, end)]
        opening = sum(signed for day, signed in moves if day < start)
        exact = interest.credit_interest(interest.balances(opening, moves, start, end), rates)
        known = max(period.revisions.all(), key=lambda each: each.pk, default=period).exact
        if exact != known:
            found.append((period, known, exact))
    return found


def _moves(account: DepositAccount) -> list[tuple[date, int]]:
    """All that ever moved, by value date, signed."""
    signed = Case(
        When(side=Side.CREDIT, then=F("amount_minor")), default=-F("amount_minor"), output_field=BigIntegerField()
    )
    rows = Posting.objects.filter(account_id=account.ledger_account_id).values("value_date").annotate(net=Sum(signed))
    return [(row["value_date"], int(row["net"])) for row in rows.order_by("value_date")]


def _adjust(
    found_with: InterestPosting, difference: Decimal, business_date: date | None, *, by: Any, at: datetime
) -> InterestAdjustment:
    amount_minor = interest.to_money(difference)
    terms = queries.terms_on(found_with.account.product, found_with.period_end)
    tax_minor = interest.tax_of(amount_minor, terms.withholding_tax_bps if terms else 0)
    entry = _entry(found_with, amount_minor, tax_minor, business_date)
    posted = post(entry, by=by, at=at) if entry else None
    if amount_minor - tax_minor < 0:
        TakenCharge.objects.create(
            account=found_with.account,
            kind=ChargeKind.ADJUSTMENT,
            period=found_with.period_end,
            used_on=found_with.period_end + timedelta(days=1),
            exact=-difference,
            amount_minor=tax_minor - amount_minor,
            memo=_memo(found_with),
            made_at=at,
        )
    return InterestAdjustment.objects.create(
        found_with=found_with,
        exact=difference,
        amount_minor=amount_minor,
        tax_minor=tax_minor,
        entry_id=posted.entry_id if posted else None,
    )


def _entry(
    found_with: InterestPosting, amount_minor: int, tax_minor: int, business_date: date | None
) -> NewEntry | None:
    """What can be posted at once: interest paid on; of interest taken back only its tax, which no member holds."""
    account = found_with.account
    expense = chart.branch_account(account.branch_id, chart.INTEREST_EXPENSE)
    tax = chart.branch_account(account.branch_id, chart.TAX_PAYABLE)
    if amount_minor > 0:
        parts = [(account.ledger_account, amount_minor - tax_minor), (tax, tax_minor)]
        lines = [debit(expense, Money(amount_minor, account.currency))]
        lines += [credit(each, Money(minor, account.currency)) for each, minor in parts if minor]
    elif tax_minor < 0:
        lines = [debit(tax, Money(-tax_minor, account.currency)), credit(expense, Money(-tax_minor, account.currency))]
    else:
        return None
    day = business_date or account.branch.business_date
    return NewEntry(
        kind=EntryKind.INTEREST_CREDIT,
        branch=account.branch,
        lines=lines,
        key=f"interest-adjustment:{account.number}:{found_with.period_end}",
        memo=_memo(found_with),
        channel="system",
        business_date=business_date,
        value_date=min(found_with.period_end + timedelta(days=1), day),
    )


def _memo(found_with: InterestPosting) -> str:
    return f"Interest adjusted for what was booked late, found {found_with.period_end:%d %B %Y}"
