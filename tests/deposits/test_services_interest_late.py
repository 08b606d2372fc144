"""Interest after the fact: what was booked late, tax, one account for a reason, what each day sets aside, a killed worker."""

from __future__ import annotations

import os
import signal
from datetime import date
from typing import Any

import pytest
from django.db import connection

from portal.base.errors import Refused
from portal.deposits import interest, queries, services
from portal.deposits.models import DepositAccount, InterestAccrual, InterestAdjustment, InterestPosting, TakenCharge
from portal.ledger import chart
from portal.ledger.models import Entry, Posting
from portal.ledger.proof import prove
from tests.cast import NOW, Cast, new_terms
from tests.deposits.test_services_post_interest import END, START, book, new_account, post_october

SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))


def net(cast: Cast, code: str) -> int:
    """What a line of North's chart has come to, in credits less debits."""
    lines = Posting.objects.filter(account=chart.branch_account(cast.north.pk, code))
    return sum(line.amount_minor if line.side == "C" else -line.amount_minor for line in lines)


def post_september() -> services.InterestRun:
    return services.post_interest(period_start=SEPTEMBER[0], period_end=SEPTEMBER[1], by=None, at=NOW)


def exactly(account: DepositAccount, start: date, end: date) -> int:
    """What the pure rules give for these days, from the journal as it is now."""
    rates = [queries.rate_of_terms(terms) for terms in queries.terms_between(account.product, start, end)]
    rows = Posting.objects.filter(account=account.ledger_account)
    moves = [(row.value_date, row.amount_minor if row.side == "C" else -row.amount_minor) for row in rows]
    opening = sum(signed for day, signed in moves if day < start)
    return interest.to_money(interest.credit_interest(interest.balances(opening, moves, start, end), rates))


def test_a_late_deposit_leads_to_one_adjusting_entry(cast: Cast) -> None:
    account = new_account(cast, cast.savings)
    book(account, [(date(2026, 8, 1), date(2026, 8, 1), 365_000)])
    post_september()
    before = InterestPosting.objects.get(account=account).amount_minor
    book(account, [(date(2026, 11, 5), date(2026, 9, 11), 1_000_000)])
    post_october()
    adjustment = InterestAdjustment.objects.get(found_with__account=account)
    assert adjustment.amount_minor == exactly(account, *SEPTEMBER) - before == 2466
    assert Entry.objects.filter(memo__startswith="Interest adjusted").count() == 1
    assert InterestPosting.objects.get(account=account, period_end=END).amount_minor == exactly(account, START, END)


def test_it_is_adjusted_once_and_the_next_time_from_there(cast: Cast) -> None:
    account = new_account(cast, cast.savings)
    book(account, [(date(2026, 8, 1), date(2026, 8, 1), 365_000)])
    services.post_interest(period_start=date(2026, 8, 1), period_end=date(2026, 8, 31), by=None, at=NOW)
    book(account, [(date(2026, 11, 5), date(2026, 8, 11), 1_000_000)])
    post_september()
    post_october()
    assert InterestAdjustment.objects.count() == 1
    cast.north.business_date = date(2026, 12, 1)
    cast.north.save()
    book(account, [(date(2026, 11, 30), date(2026, 8, 11), -1_000_000)])
    services.post_interest(period_start=date(2026, 11, 1), period_end=date(2026, 11, 30), by=None, at=NOW)
    first, second = InterestAdjustment.objects.filter(found_with__account=account).order_by("pk")
    assert first.amount_minor > 0
    assert second.exact < 0 < first.exact
    assert TakenCharge.objects.get(account=account, kind="adjustment").amount_minor == -second.amount_minor


def test_what_is_taken_back_waits_for_cover(cast: Cast) -> None:
    account = new_account(cast, cast.savings)
    book(account, [(date(2026, 8, 1), date(2026, 8, 1), 36_500_000)])
    post_september()
    back = InterestPosting.objects.get(account=account).amount_minor
    book(account, [(date(2026, 11, 5), date(2026, 9, 1), -36_500_000), (date(2026, 11, 6), date(2026, 11, 6), -back)])
    post_october()
    due = TakenCharge.objects.get(account=account)
    assert (due.kind, due.amount_minor, services.collect_charges(at=NOW)) == ("adjustment", back, 0)
    book(account, [(date(2026, 11, 20), date(2026, 11, 20), back)])
    assert services.collect_charges(at=NOW) == 1
    october = InterestPosting.objects.get(account=account, period_end=END).amount_minor
    assert queries.funds_of(account).booked.minor == -net(cast, chart.INTEREST_EXPENSE) == october


def test_tax_is_a_line_of_its_own(cast: Cast) -> None:
    new_terms(cast.savings, since=date(2026, 9, 1), withholding_tax_bps=800)
    account = new_account(cast, cast.savings)
    book(account, [(date(2026, 9, 1), date(2026, 9, 1), 365_000)])
    post_october()
    kept = InterestPosting.objects.get(account=account)
    assert (kept.amount_minor, kept.tax_minor) == (1395, 112)
    assert (net(cast, chart.TAX_PAYABLE), net(cast, chart.INTEREST_EXPENSE)) == (112, -1395)
    assert queries.funds_of(account).booked.minor == 365_000 + 1395 - 112


def test_one_accounts_interest_for_a_reason_is_not_paid_again(cast: Cast) -> None:
    account = new_account(cast, cast.savings)
    book(account, [(date(2026, 9, 1), date(2026, 9, 1), 365_000)])
    services.apply_interest(account=account, through=date(2026, 10, 10), reason="Court", by=cast.manager, at=NOW)
    post_october()
    kept = InterestPosting.objects.filter(account=account).order_by("period_end")
    assert [(each.period_start.day, each.period_end.day, each.amount_minor) for each in kept] == [
        (2, 10, 1800),
        (11, 31, 950),
    ]
    with pytest.raises(Refused, match="no interest to post"):
        services.apply_interest(account=account, through=date(2026, 10, 10), reason="Again", by=cast.manager, at=NOW)


@pytest.mark.parametrize(("through", "reason"), [(date(2026, 11, 21), "Today"), (date(2026, 10, 10), " ")])
def test_interest_for_no_reason_or_a_day_not_over_is_refused(cast: Cast, through: date, reason: str) -> None:
    with pytest.raises(Refused):
        services.apply_interest(account=cast.ama_savings, through=through, reason=reason, by=cast.manager, at=NOW)


def test_a_day_sets_aside_what_was_earned_and_a_run_takes_it_back(cast: Cast) -> None:
    account = new_account(cast, cast.savings)
    book(account, [(date(2026, 10, 1), date(2026, 10, 1), 3_650_000)])
    post_october()
    first = services.accrue_interest(branch=cast.north, by=None, at=NOW)
    assert services.accrue_interest(branch=cast.north, by=None, at=NOW) == first
    assert net(cast, chart.ACCRUED_INTEREST) == first.owed_minor == first.change_minor > 0
    cast.north.business_date = date(2026, 12, 1)
    cast.north.save()
    services.post_interest(period_start=date(2026, 11, 1), period_end=date(2026, 11, 30), by=None, at=NOW)
    second = services.accrue_interest(branch=cast.north, by=None, at=NOW)
    assert second.change_minor < 0 < second.owed_minor < first.owed_minor
    assert net(cast, chart.ACCRUED_INTEREST) == second.owed_minor
    assert InterestAccrual.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_posts_nothing_twice_and_leaves_nothing_out() -> None:
    from tests.cast import assemble

    cast = assemble()
    opening = services.Opening(cast.kofi, cast.savings, cast.north, date(2025, 1, 1))
    accounts = services.open_accounts(openings=[opening] * 30, by=None, at=NOW)
    for account in accounts:
        book(account, [(date(2026, 9, 1), date(2026, 9, 1), 365_000)])
    connection.close()
    for after in (1, 3):
        if not (child := os.fork()):
            _killed_after(after)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    done = InterestPosting.objects.filter(account__in=accounts).count()
    assert 0 < done < 30
    services.post_interest(period_start=START, period_end=END, by=None, at=NOW, batch=4)
    assert InterestPosting.objects.filter(account__in=accounts, amount_minor=1395).count() == 30
    assert Entry.objects.filter(kind="interest_credit").count() == 30
    assert not [proof for proof in prove() if not proof.holds]


def _killed_after(batches: int) -> None:
    """Post in small batches, and die without a word after so many."""
    heard: list[int] = []

    def report(*_: Any) -> None:
        heard.append(1)
        if len(heard) == batches:
            os.kill(os.getpid(), signal.SIGKILL)

    services.post_interest(period_start=START, period_end=END, by=None, at=NOW, batch=4, report=report)
    os._exit(0)
