"""A month's interest, posted in the database: the same figures as the pure rules, once, however it is run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits import interest, queries, services
from portal.deposits.models import (
    Compounding,
    DayCount,
    DepositAccount,
    InterestPosting,
    PostingFrequency,
    Product,
    RateTier,
    Terms,
    TierMethod,
)
from portal.ledger import chart
from portal.ledger.models import Entry, EntryKind
from portal.ledger.services import NewEntry, close_history, credit, debit, open_history, post_many
from tests.cast import NOW, TODAY, Cast, assemble, make_customer
from tests.database import as_owner

START, END = date(2026, 10, 1), date(2026, 10, 31)
Move = tuple[date, date, int]


def book(account: DepositAccount, moves: list[Move]) -> None:
    """Post moves (business date, value date, signed minor units) on days gone by."""
    branch, opening = account.branch, chart.branch_account(account.branch_id, chart.OPENING_EQUITY)
    entries = []
    for booked_on, value_date, signed in sorted(moves):
        amount, own = Money(abs(signed), account.currency), account.ledger_account
        lines = (
            [debit(opening, amount), credit(own, amount)]
            if signed > 0
            else [debit(own, amount), credit(opening, amount)]
        )
        entries.append(
            NewEntry(
                kind=EntryKind.OPENING,
                branch=branch,
                lines=lines,
                key=new_key(),
                business_date=booked_on,
                value_date=value_date,
            )
        )
    with as_owner():
        open_history(branch=branch, since=date(2024, 1, 1), by=None, at=NOW)
        post_many(entries, by=None, at=NOW)
        close_history(branch=branch, by=None, at=NOW)


def new_account(cast: Cast, product: Product) -> DepositAccount:
    opening = services.Opening(cast.kofi, product, cast.north, date(2024, 1, 2))
    return services.open_accounts(openings=[opening], by=None, at=NOW)[0]


def post_october() -> services.InterestRun:
    return services.post_interest(period_start=START, period_end=END, by=None, at=NOW)


days_around = st.dates(date(2026, 8, 1), TODAY)


@st.composite
def some_moves(draw: st.DrawFn) -> list[Move]:
    """Money coming and going, sometimes with an earlier value date; an overdraft is possible."""
    found = []
    for booked_on in draw(st.lists(days_around, max_size=8)):
        back = draw(st.sampled_from([0, 0, 0, 1, 5, 40]))
        signed = draw(st.integers(-3_000_000, 9_000_000).filter(bool))
        found.append((booked_on, max(booked_on - timedelta(days=back), date(2024, 1, 2)), signed))
    return found


some_terms = st.fixed_dictionaries(
    {
        "rate_bps": st.integers(0, 3000),
        "day_count": st.sampled_from(DayCount.values),
        "interest_floor_minor": st.sampled_from([0, 0, 50_000]),
        "compounding": st.sampled_from([Compounding.NONE, Compounding.NONE, *Compounding.values]),
        "tier_method": st.sampled_from(TierMethod.values),
        "overdraft_rate_bps": st.integers(0, 3000),
        "withholding_tax_bps": st.sampled_from([0, 800, 3333]),
        "posting_frequency": st.sampled_from([PostingFrequency.MONTHLY, PostingFrequency.QUARTERLY]),
    }
)
some_tiers = st.dictionaries(st.integers(1, 6_000_000), st.integers(0, 3000), max_size=3)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(some_moves(), min_size=1, max_size=4),
    terms=some_terms,
    tiers=some_tiers,
    later=st.none() | st.tuples(st.dates(date(2026, 9, 25), date(2026, 11, 5)), some_terms),
    month=st.sampled_from([(START, END), (date(2026, 9, 1), date(2026, 9, 30)), (date(2026, 8, 1), date(2026, 8, 31))]),
)
def test_the_database_agrees_with_the_rules(
    cast: Cast,
    moves: list[list[Move]],
    terms: dict[str, Any],
    tiers: dict[int, int],
    later: tuple[date, dict[str, Any]] | None,
    month: tuple[date, date],
) -> None:
    """Every account gets what the pure rules give, to nine decimals of a minor unit."""
    start, end = month
    with transaction.atomic():
        product = Product.objects.create(code="77", name="Anything", kind=Product.Kind.SAVINGS, currency="GHS")
        first = Terms.objects.create(
            product=product, effective_from=date(2024, 1, 1), overdraft_limit_minor=10**12, **terms
        )
        RateTier.objects.bulk_create(RateTier(terms=first, from_minor=low, rate_bps=bps) for low, bps in tiers.items())
        if later:
            Terms.objects.create(product=product, effective_from=later[0], **later[1])
        accounts = [new_account(cast, product) for _ in moves]
        for account, its in zip(accounts, moves, strict=True):
            book(account, its)
        services.post_interest(period_start=start, period_end=end, by=None, at=NOW, batch=2)
        held = queries.terms_on(product, end)
        assert held is not None
        if held.posting_frequency == PostingFrequency.QUARTERLY:
            start = date(2026, 7, 1)
        is_over = held.posting_frequency == PostingFrequency.MONTHLY or end.month % 3 == 0
        rates = [queries.rate_of_terms(item) for item in queries.terms_between(product, start, end)]
        for account, its in zip(accounts, moves, strict=True):
            dated = [(value_date, signed) for _, value_date, signed in its]
            opening = sum(signed for day, signed in dated if day < start)
            exact = interest.credit_interest(interest.balances(opening, dated, start, end), rates)
            amount = interest.to_money(exact)
            kept = InterestPosting.objects.filter(account=account).first()
            if kept:
                tax = interest.tax_of(amount, held.withholding_tax_bps)
                assert (kept.exact, kept.amount_minor, kept.tax_minor) == (exact, amount, tax)
                assert (kept.period_start, is_over) == (start, True)
            else:
                assert exact == 0 or not is_over
        transaction.set_rollback(True)


def test_a_month_is_posted_with_the_day_after_as_value_date(cast: Cast) -> None:
    account = new_account(cast, cast.savings)
    book(account, [(date(2026, 9, 1), date(2026, 9, 1), 365_000)])
    run = post_october()
    kept = InterestPosting.objects.get(account=account)
    entry = kept.entry
    assert entry is not None
    assert (run.paid, kept.amount_minor) == (1, 1395)
    assert (entry.kind, entry.business_date, entry.value_date) == ("interest_credit", TODAY, date(2026, 11, 1))
    assert entry.memo == "Interest October 2026"
    assert queries.funds_of(account).booked.minor == 366_395


def test_interest_is_the_branchs_expense(cast: Cast) -> None:
    account = new_account(cast, cast.savings)
    book(account, [(date(2026, 9, 1), date(2026, 9, 1), 365_000)])
    post_october()
    entry = Entry.objects.get(kind="interest_credit")
    sides = {line.account.code: (line.side, line.amount_minor) for line in entry.postings.select_related("account")}
    assert sides == {chart.INTEREST_EXPENSE: ("D", 1395), account.number: ("C", 1395)}


def test_run_twice_it_posts_once(cast: Cast) -> None:
    book(new_account(cast, cast.savings), [(date(2026, 9, 1), date(2026, 9, 1), 365_000)])
    first, second = post_october(), post_october()
    assert (first.paid, second) == (1, services.InterestRun(0, 0))
    assert Entry.objects.filter(kind="interest_credit").count() == 1


def test_batches_cover_every_account_once(cast: Cast) -> None:
    opening = services.Opening(cast.kofi, cast.savings, cast.north, date(2025, 1, 1))
    accounts = services.open_accounts(openings=[opening] * 11, by=None, at=NOW)
    for account in accounts:
        book(account, [(date(2026, 9, 1), date(2026, 9, 1), 365_000)])
    heard: list[tuple[int, int]] = []
    run = services.post_interest(
        period_start=START, period_end=END, by=None, at=NOW, batch=4, report=lambda *so_far: heard.append(so_far)
    )
    assert (run.paid, heard[-1][0]) == (11, run.accounts)
    assert InterestPosting.objects.filter(account__in=accounts, amount_minor=1395).count() == 11


def test_an_account_that_earned_nothing_is_written_down_as_that(cast: Cast) -> None:
    account = new_account(cast, cast.savings)
    post_october()
    kept = InterestPosting.objects.get(account=account)
    assert (kept.amount_minor, kept.entry) == (0, None)


def test_a_frozen_account_waits_until_it_is_released(cast: Cast) -> None:
    account = new_account(cast, cast.savings)
    book(account, [(date(2026, 9, 1), date(2026, 9, 1), 365_000)])
    services.change_state(account=account, state="frozen", reason="Court order", by=cast.manager, at=NOW)
    assert post_october().paid == 0
    services.change_state(account=account, state="active", reason="Lifted", by=cast.manager, at=NOW)
    assert post_october().paid == 1


def test_a_branch_still_in_the_month_waits(cast: Cast) -> None:
    cast.north.business_date = END
    cast.north.save()
    post_october()
    assert not InterestPosting.objects.filter(account__branch=cast.north).exists()


def test_the_page_and_the_posting_agree(cast: Cast) -> None:
    """What was shown as earned on the month's last day is what is posted."""
    account = new_account(cast, cast.savings)
    book(account, [(date(2026, 9, 9), date(2026, 9, 9), 777_777), (date(2026, 10, 13), date(2026, 10, 13), -12_345)])
    shown = queries.pending_interest(account, END)
    assert [(due.accounts, due.total) for due in queries.interest_due(START, END)] == [(1, shown)]
    post_october()
    assert InterestPosting.objects.get(account=account).amount_minor == shown.minor


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (START, date(2026, 10, 30), "whole calendar months"),
        (date(2026, 10, 2), END, "whole calendar months"),
        (date(2026, 9, 1), END, "whole calendar months"),
        (date(2026, 11, 1), date(2026, 11, 30), "not over"),
    ],
)
def test_other_periods_are_refused(cast: Cast, start: date, end: date, said: str) -> None:
    with pytest.raises(Refused, match=said):
        services.post_interest(period_start=start, period_end=end, by=None, at=NOW)


def test_a_batch_costs_three_statements(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as caught:
        post_october()
    sent = [query["sql"] for query in caught if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(sent) == 1 + 2 * 3


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_post_once() -> None:
    cast = assemble()
    opening = services.Opening(make_customer("Many", cast.north), cast.savings, cast.north, date(2025, 1, 1))
    accounts = services.open_accounts(openings=[opening] * 40, by=None, at=NOW)
    for account in accounts:
        book(account, [(date(2026, 9, 1), date(2026, 9, 1), 365_000)])

    def run(_: int) -> int:
        try:
            return services.post_interest(period_start=START, period_end=END, by=None, at=NOW, batch=3).paid
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run, range(4))) == 40
    assert Entry.objects.filter(kind="interest_credit").count() == 40
    assert InterestPosting.objects.filter(amount_minor=1395).count() == 40
