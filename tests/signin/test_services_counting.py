"""Counting tries: exactly five, from one place; nobody is locked out for good; fifty at once are five."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from portal.access.roles import Role
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.outbox.models import Job
from portal.people.models import User
from portal.signin import visit as visits
from portal.signin.models import Device, SignInAttempt, TryCount
from portal.signin.queries import is_locked, is_locked_here
from portal.signin.services import Locked, begin_try, fail_try, give_back, note_failure, tell_locked, unlock
from portal.signin.services.attempts import TELL_LOCKED
from portal.signin.services.counting import LIMITS, Kind
from portal.signin.visit import Visit
from tests.cast import NOW, Cast, make_user

HERE, THERE = Visit("192.0.2.7"), Visit("198.51.100.9")
WRONG = SignInAttempt.Outcome.PASSWORD


def fail(who: str, visit: Visit = HERE, times: int = 1, at: object = NOW) -> None:
    for _ in range(times):
        fail_try(tried=begin_try(who=who, visit=visit, at=at), outcome=WRONG, at=at)  # type: ignore[arg-type]


@pytest.fixture
def known(cast: Cast) -> Visit:
    """A browser that the manager signed in with before."""
    browser = uuid4()
    Device.objects.create(user=cast.manager, browser=browser, words="Firefox on Linux", first_seen=NOW, last_seen=NOW)
    return Visit(HERE.source, browser, "")


def test_the_sixth_try_is_refused(cast: Cast) -> None:
    fail(cast.manager.email, times=5)
    with pytest.raises(Locked, match="Wait 30 minutes"):
        fail(cast.manager.email)
    assert is_locked(cast.manager, at=NOW)


def test_a_refused_try_does_not_lengthen_the_lock(cast: Cast) -> None:
    fail(cast.manager.email, times=5)
    with pytest.raises(Locked):
        fail(cast.manager.email, at=NOW + timedelta(minutes=29))
    fail(cast.manager.email, at=NOW + timedelta(minutes=30))
    assert not is_locked(cast.manager, at=NOW + timedelta(minutes=30))


def test_four_wrong_and_one_right_leave_the_way_open(cast: Cast) -> None:
    fail(cast.manager.email, times=4)
    give_back(tried=begin_try(who=cast.manager.email, visit=HERE, at=NOW), at=NOW)
    fail(cast.manager.email)
    with pytest.raises(Locked):
        fail(cast.manager.email)


def test_failures_far_apart_do_not_add_up(cast: Cast) -> None:
    for step in range(10):
        fail(cast.manager.email, at=NOW + step * timedelta(minutes=10))
    assert not is_locked(cast.manager, at=NOW + timedelta(minutes=91))


def test_a_lock_holds_where_it_was_earned(cast: Cast) -> None:
    fail(cast.manager.email, HERE, times=5)
    begin_try(who=cast.manager.email, visit=THERE, at=NOW)
    begin_try(who=cast.cashier.email, visit=HERE, at=NOW)


def test_strangers_never_lock_out_a_device_that_signed_in_before(cast: Cast, known: Visit) -> None:
    for number in range(10):
        fail(cast.manager.email, Visit(f"203.0.113.{number}"), times=5)
    with pytest.raises(Locked):
        begin_try(who=cast.manager.email, visit=Visit("203.0.113.200"), at=NOW)
    begin_try(who=cast.manager.email, visit=known, at=NOW)


def test_a_device_that_signed_in_before_has_five_tries_too(cast: Cast, known: Visit) -> None:
    fail(cast.manager.email, known, times=5)
    with pytest.raises(Locked):
        begin_try(who=cast.manager.email, visit=known, at=NOW)


def test_a_lock_earned_elsewhere_does_not_count_here(cast: Cast, known: Visit) -> None:
    fail(cast.manager.email, THERE, times=5)
    for visit, expected in ((THERE, True), (HERE, False), (known, False)):
        with visits.visiting(visit):
            assert is_locked_here(cast.manager, at=NOW) is expected


def test_it_is_known_for_its_own_person_only(cast: Cast, known: Visit) -> None:
    fail(cast.cashier.email, known, times=5)
    assert TryCount.objects.filter(kind=Kind.ACCOUNT_DEVICE).count() == 0


def test_one_place_has_thirty_tries_at_everybody(cast: Cast) -> None:
    for number in range(30):
        fail(f"person{number}@example.org")
    with pytest.raises(Locked):
        fail("somebody.else@example.org")
    begin_try(who="somebody.else@example.org", visit=THERE, at=NOW)


def test_one_subscribers_ipv6_addresses_count_as_one(cast: Cast) -> None:
    for number in range(5):
        fail(cast.manager.email, Visit(f"2001:db8:1:2::{number}"))
    with pytest.raises(Locked):
        fail(cast.manager.email, Visit("2001:db8:1:2:ffff::9"))
    fail(cast.manager.email, Visit("2001:db8:1:3::1"))


def test_from_everywhere_together_fifty_a_day(cast: Cast) -> None:
    for number in range(50):
        fail(cast.manager.email, Visit(f"203.0.113.{number}"))
    late = NOW + timedelta(hours=23)
    with pytest.raises(Locked, match="Wait 60 minutes"):
        fail(cast.manager.email, THERE, at=late)
    fail(cast.manager.email, THERE, at=NOW + timedelta(days=1))


def test_an_unknown_address_is_counted_alike(cast: Cast) -> None:
    fail("nobody@example.org", times=5)
    with pytest.raises(Locked):
        fail("nobody@example.org")


def test_what_is_no_address_is_not_kept(cast: Cast) -> None:
    fail("my secret password")
    assert SignInAttempt.objects.get().tried == "no address"
    assert not TryCount.objects.filter(who__contains="secret").exists()


def test_a_refusal_of_a_service_cannot_forget_a_try(cast: Cast) -> None:
    @transactional
    def service() -> None:
        begin_try(who=cast.manager.email, visit=HERE, at=NOW)

    with pytest.raises(RuntimeError, match="forgotten"):
        service()


def test_wrong_codes_and_pins_count_towards_the_same_lock(cast: Cast) -> None:
    with visits.visiting(HERE):
        fail(cast.ama_user.email, times=2)
        note_failure(user=cast.ama_user, outcome=SignInAttempt.Outcome.CODE, by=cast.ama_user, at=NOW)
        note_failure(user=cast.ama_user, outcome=SignInAttempt.Outcome.PIN, by=cast.ama_user, at=NOW)
        fail(cast.ama_user.email)
        note_failure(user=cast.ama_user, outcome=SignInAttempt.Outcome.CODE, by=cast.ama_user, at=NOW)
    outcomes = list(SignInAttempt.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == ["password", "password", "code", "pin", "password", "locked"]


def test_known_and_unknown_ask_for_the_same_mail_and_only_the_known_gets_one(cast: Cast) -> None:
    for who in (cast.ama_user.email, "nobody@example.org"):
        fail(who, times=5)
    asked = Job.objects.filter(kind=TELL_LOCKED).order_by("created_at")
    assert [job.payload["who"] for job in asked] == [cast.ama_user.email, "nobody@example.org"]
    told = [tell_locked(**job.payload, at=NOW) for job in asked]
    assert told == [cast.ama_user, None]
    assert [job.payload["to"] for job in Job.objects.filter(kind="mail.send")] == [cast.ama_user.email]


def test_the_mail_goes_once_an_hour_at_most(cast: Cast) -> None:
    for number in range(4):
        fail(cast.manager.email, Visit(f"203.0.113.{number}"), times=5)
    assert Job.objects.filter(kind=TELL_LOCKED).count() == 1


def test_a_manager_opens_the_lock_of_the_own_branch_and_says_why(cast: Cast) -> None:
    fail(cast.cashier.email, times=5)
    row = unlock(user=cast.cashier, reason="Called and proved who she is", by=cast.manager, at=NOW)
    assert (row.by, row.reason) == (cast.manager, "Called and proved who she is")
    assert not is_locked(cast.cashier, at=NOW)
    begin_try(who=cast.cashier.email, visit=HERE, at=NOW)


@pytest.mark.parametrize("by", ["rival_manager", "cashier", "auditor", "ama_user"])
def test_nobody_else_opens_it(cast: Cast, by: str) -> None:
    fail(cast.cashier.email, times=5)
    with pytest.raises(Refused):
        unlock(user=cast.cashier, reason="Because", by=getattr(cast, by), at=NOW)
    assert is_locked(cast.cashier, at=NOW)


def test_nobody_opens_the_own_lock_or_without_a_reason(cast: Cast) -> None:
    with pytest.raises(Refused):
        unlock(user=cast.manager, reason="Mine", by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="Say why"):
        unlock(user=cast.cashier, reason="  ", by=cast.manager, at=NOW)


@pytest.fixture
def committed(transactional_db: None) -> User:
    return make_user(Role.AUDITOR, "Nana Auditor")


@pytest.mark.django_db(transaction=True)
def test_fifty_at_the_same_moment_are_five(committed: User) -> None:
    def attempt(number: int) -> bool:
        try:
            tried = begin_try(who=committed.email, visit=HERE, at=NOW)
            fail_try(tried=tried, outcome=WRONG, at=NOW)
        except Locked:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(attempt, range(50))) == LIMITS[Kind.ACCOUNT_SOURCE].failures
    assert SignInAttempt.objects.filter(outcome=WRONG).count() == 5
