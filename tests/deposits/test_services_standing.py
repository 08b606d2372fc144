"""Standing orders: the right days, one transfer for one due day whatever happens, and a notice when it is given up."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.base.money import Money
from portal.deposits import queries, services, standing
from portal.deposits.models import DepositAccount, Rhythm, StandingAttempt, StandingOrder
from portal.deposits.services import standing as running
from portal.institution.models import Branch
from portal.ledger.models import Entry
from portal.outbox.models import Job
from portal.people.models import Customer
from tests.cast import NOW, TODAY, Cast, assemble, ghs
from tests.deposits.test_services_at_once import all_at_once

pytestmark = pytest.mark.django_db


def order(cast: Cast, amount: str | Money = "100.00", **changes: Any) -> StandingOrder:
    given: dict[str, Any] = {"source": cast.ama_savings, "target": cast.kofi_savings}
    given["amount"] = amount if isinstance(amount, Money) else ghs(amount)
    given |= {"rhythm": Rhythm.MONTHLY, "first_on": TODAY, "memo": "Rent", "key": new_key()}
    return services.order_standing(**given | {"by": cast.ama_user, "at": NOW} | changes)


def on(cast: Cast, day: date) -> tuple[int, int]:
    Branch.objects.filter(pk=cast.north.pk).update(business_date=day)
    return services.run_standing(branch=Branch.objects.get(pk=cast.north.pk), at=NOW)


def booked(account: DepositAccount) -> Money:
    return queries.funds_of(account).booked


@pytest.mark.parametrize(
    ("rhythm", "first", "days"),
    [
        (Rhythm.MONTHLY, date(2027, 12, 31), ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31"]),
        (Rhythm.YEARLY, date(2028, 2, 29), ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
        (Rhythm.QUARTERLY, date(2026, 11, 30), ["2026-11-30", "2027-02-28", "2027-05-30"]),
        (Rhythm.HALF_YEARLY, date(2026, 8, 31), ["2026-08-31", "2027-02-28", "2027-08-31"]),
        (Rhythm.FORTNIGHTLY, date(2026, 12, 25), ["2026-12-25", "2027-01-08"]),
        (Rhythm.WEEKLY, date(2028, 2, 25), ["2028-02-25", "2028-03-03"]),
        (Rhythm.DAILY, date(2028, 2, 28), ["2028-02-28", "2028-02-29", "2028-03-01"]),
    ],
)
def test_the_days_of_each_rhythm(rhythm: str, first: date, days: list[str]) -> None:
    assert [str(standing.due_on(rhythm, first, number)) for number in range(len(days))] == days


def test_once_is_once() -> None:
    assert standing.due_on(Rhythm.ONCE, TODAY, 1) is None


def test_what_is_due_is_sent_once(cast: Cast) -> None:
    made = order(cast)
    assert on(cast, TODAY) == (1, 0)
    assert on(cast, TODAY) == (0, 0)
    entry = Entry.objects.get(kind="transfer")
    assert (entry.channel, entry.memo, booked(cast.kofi_savings)) == ("standing", "Rent", ghs("600.00"))
    made.refresh_from_db()
    assert (made.done, made.next_due) == (1, date(2026, 12, 21))


def test_days_the_worker_missed_are_caught_up(cast: Cast) -> None:
    order(cast, "10.00", rhythm=Rhythm.DAILY)
    assert on(cast, date(2026, 11, 25)) == (5, 0)
    assert booked(cast.kofi_savings) == ghs("550.00")


@pytest.mark.parametrize("bound", [{"times": 2}, {"last_on": date(2026, 12, 31)}])
def test_it_ends_by_count_or_by_day(cast: Cast, bound: dict[str, Any]) -> None:
    made = order(cast, **bound)
    on(cast, date(2027, 6, 30))
    made.refresh_from_db()
    assert (made.state, made.next_due, made.done) == ("ended", None, 2)
    assert booked(cast.kofi_savings) == ghs("700.00")


def test_too_little_money_is_tried_again_then_given_up_with_a_notice(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.ama.pk).update(email="ama@example.org")
    made = order(cast, "5000.00", retry_days=2)
    answers = [on(cast, day) for day in (TODAY, TODAY, date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24))]
    assert answers == [(0, 1), (0, 0), (0, 1), (0, 1), (0, 0)]
    outcomes = list(StandingAttempt.objects.order_by("tried_on").values_list("outcome", flat=True))
    assert outcomes == ["deferred", "deferred", "failed"]
    made.refresh_from_db()
    assert (made.next_due, Job.objects.filter(kind="mail.send").count()) == (date(2026, 12, 21), 1)
    assert booked(cast.ama_savings) == ghs("1000.00")


def test_money_that_comes_in_time_is_sent_on_the_next_try(cast: Cast) -> None:
    order(cast, "1200.00")
    on(cast, TODAY)
    services.transfer(
        source=cast.ama_current,
        target=cast.ama_savings,
        amount=ghs("250.00"),
        key=new_key(),
        by=cast.ama_user,
        at=NOW,
    )
    assert on(cast, date(2026, 11, 22)) == (1, 0)
    assert booked(cast.kofi_savings) == ghs("1700.00")


def test_a_pause_leaves_its_days_out(cast: Cast) -> None:
    made = order(cast, "10.00", rhythm=Rhythm.WEEKLY)
    services.pause_standing(order=made, by=cast.ama_user, at=NOW)
    assert on(cast, date(2026, 12, 10)) == (0, 0)
    services.resume_standing(order=made, by=cast.ama_user, at=NOW)
    made.refresh_from_db()
    assert (made.next_due, made.done) == (date(2026, 12, 12), 3)


def test_two_presses_skip_one_time(cast: Cast) -> None:
    made = order(cast)
    services.skip_standing(order=made, due_on=TODAY, by=cast.ama_user, at=NOW)
    with pytest.raises(Refused, match="changed meanwhile"):
        services.skip_standing(order=made, due_on=TODAY, by=cast.ama_user, at=NOW)
    made.refresh_from_db()
    assert made.next_due == date(2026, 12, 21)


def test_an_ended_order_sends_nothing_more(cast: Cast) -> None:
    made = order(cast)
    services.end_standing(order=made, reason="Moved out", by=cast.ama_user, at=NOW)
    assert on(cast, TODAY) == (0, 0)
    with pytest.raises(Refused, match="ended"):
        services.resume_standing(order=made, by=cast.ama_user, at=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"first_on": date(2026, 11, 20)},
        {"first_on": date(2040, 1, 1)},
        {"last_on": date(2026, 11, 20)},
        {"last_on": date(2027, 1, 1), "times": 3},
        {"rhythm": "hourly"},
        {"amount": Money(0, "GHS")},
        {"amount": Money(100, "USD")},
    ],
)
def test_what_is_no_order(cast: Cast, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        order(cast, **changes)
    assert not StandingOrder.objects.exists()


def test_a_closed_account_is_no_party(cast: Cast) -> None:
    services.change_state(account=cast.kofi_savings, state="frozen", reason="Doubt", by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="frozen"):
        order(cast, target=DepositAccount.objects.get(pk=cast.kofi_savings.pk))


def test_the_same_form_twice_is_one_order(cast: Cast) -> None:
    key = new_key()
    assert order(cast, key=key) == order(cast, key=key)


def test_a_run_killed_after_the_transfer_sends_it_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = order(cast)

    def die(_: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(running, "_advance", die)
        with pytest.raises(SystemExit):
            on(cast, TODAY)
    assert booked(cast.kofi_savings) == ghs("500.00")
    assert on(cast, TODAY) == (1, 0)
    assert (booked(cast.kofi_savings), made.attempts.count()) == (ghs("600.00"), 1)


@pytest.mark.django_db(transaction=True)
def test_sixteen_runs_at_once_send_it_once() -> None:
    cast = assemble()
    order(cast)
    done = all_at_once(lambda _: services.run_standing(branch=cast.north, at=NOW), 16)
    assert sum(sent for sent, _ in done) == 1
    assert booked(cast.kofi_savings) == ghs("600.00")
