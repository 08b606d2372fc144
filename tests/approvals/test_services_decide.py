"""A second person's answer: who may give it, what it does, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from portal.approvals.models import Decision, Request
from portal.approvals.services import ask, decide, expire_requests, withdraw
from portal.audit.models import Event
from portal.base.errors import Refused, Stale
from portal.people.models import Customer, User
from tests.approvals.acts import NAME, asked
from tests.cast import NOW, Cast, ghs

LATER = NOW + timedelta(minutes=5)


def approve(request: Request, by: Any, **options: Any) -> Request:
    return decide(request=request, approve=True, by=by, **({"at": LATER} | options))


def refusal(request: Request, by: Any, **options: Any) -> str:
    """The code of the refusal; that nothing happened is checked too."""
    with pytest.raises(Refused) as caught, transaction.atomic():
        decide(request=request, by=by, at=options.pop("at", LATER), **({"approve": True} | options))
    request.refresh_from_db()
    assert request.result is None
    return caught.value.code


def phone(cast: Cast) -> str:
    cast.north.refresh_from_db()
    return cast.north.phone


def test_asking_changes_nothing(cast: Cast) -> None:
    request = asked(cast)
    assert (request.state, request.summary, phone(cast)) == ("waiting", "Telephone +233302000001", "")


def test_an_approval_carries_out_what_was_asked(cast: Cast) -> None:
    done = approve(asked(cast), cast.manager)
    assert done.state == Request.State.CARRIED_OUT
    changes = [["Telephone", "–", "+233302000001"]]
    assert done.result == {"changes": changes, "by": cast.cashier.email, "approved_by": cast.manager.email}
    assert phone(cast) == "+233302000001"


def test_the_trail_tells_who_asked_and_who_agreed(cast: Cast) -> None:
    approve(asked(cast), cast.manager)
    told = [(event.verb, event.actor) for event in Event.objects.filter(subject="North").order_by("pk")]
    assert told == [
        ("approval asked for", cast.cashier),
        ("approval given", cast.manager),
        ("approved act carried out", cast.manager),
    ]


def test_a_refusal_does_nothing_and_needs_a_reason(cast: Cast) -> None:
    request = asked(cast)
    assert refusal(request, cast.manager, approve=False) == "comment"
    decide(request=request, approve=False, comment="Ask the bank first.", by=cast.manager, at=LATER)
    request.refresh_from_db()
    assert (request.state, phone(cast)) == ("rejected", "")


def test_the_asker_does_not_decide(cast: Cast) -> None:
    assert refusal(asked(cast, by=cast.manager), cast.manager) == "own_request"


def test_the_database_refuses_the_askers_decision_too(cast: Cast) -> None:
    request = asked(cast, by=cast.manager)
    with pytest.raises(DatabaseError, match="not_by_the_asker"), transaction.atomic():
        Decision.objects.create(
            request=request,
            asked_by=cast.manager,
            payload_hash=request.payload_hash,
            outcome="approved",
            decided_by=cast.manager,
            decided_at=LATER,
        )


def test_the_database_refuses_a_decision_that_names_another_asker(cast: Cast) -> None:
    request = asked(cast, by=cast.manager)
    with pytest.raises(DatabaseError, match="what_was_asked"), transaction.atomic():
        Decision.objects.create(
            request=request,
            asked_by=cast.cashier,
            payload_hash=request.payload_hash,
            outcome="approved",
            decided_by=cast.manager,
            decided_at=LATER,
        )


@pytest.mark.parametrize("who", ["cashier", "mobile_banker", "rival_manager", "auditor", "ama_user"])
def test_whoever_it_is_none_of_the_business_of_does_not_decide(cast: Cast, who: str) -> None:
    request = asked(cast, by=cast.operations_manager)
    assert refusal(request, getattr(cast, who)) == "may_not_decide"


def test_somebody_suspended_does_not_decide(cast: Cast) -> None:
    User.objects.filter(pk=cast.manager.pk).update(is_active=False)
    assert refusal(asked(cast), User.objects.get(pk=cast.manager.pk)) == "may_not_decide"


def test_nobody_decides_about_themselves(cast: Cast) -> None:
    assert refusal(asked(cast, payload={"users": [cast.manager.pk]}), cast.manager) == "own_account"


def test_nobody_decides_about_an_account_of_their_own(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.kofi.pk).update(email=cast.manager.email.upper())
    assert refusal(asked(cast, payload={"customers": [cast.kofi.pk]}), cast.manager) == "own_account"


def test_nobody_asks_about_an_account_of_their_own(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.kofi.pk).update(email=cast.cashier.email)
    with pytest.raises(Refused, match="about yourself"):
        asked(cast, payload={"customers": [cast.kofi.pk]})


def test_the_second_decider_is_told_who_was_first(cast: Cast) -> None:
    request = asked(cast)
    approve(request, cast.manager)
    with pytest.raises(Stale, match="Efua Manager approved this on 21 Nov 2026, 10:05"):
        approve(request, cast.operations_manager)
    assert Decision.objects.count() == 1


def test_what_expired_is_not_decided(cast: Cast) -> None:
    request = asked(cast)
    assert refusal(request, cast.manager, at=request.expires_at) == "expired"


def test_the_worker_ends_what_expired_once(cast: Cast) -> None:
    request = asked(cast)
    assert expire_requests(at=request.expires_at - timedelta(seconds=1)) == 0
    assert [expire_requests(at=request.expires_at) for _ in range(2)] == [1, 0]
    assert refusal(request, cast.manager) == "stale"


def test_what_was_true_at_asking_is_looked_at_again(cast: Cast) -> None:
    first = asked(cast)
    second = asked(cast, payload={"users": []})
    approve(first, cast.manager)
    assert refusal(second, cast.manager) == "same"
    assert second.decisions.count() == 0


def test_a_changed_payload_is_not_carried_out(cast: Cast) -> None:
    request = asked(cast)
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic():
        Request.objects.filter(pk=request.pk).update(payload={"branch": cast.north.pk, "phone": "666"})


def test_a_payload_that_does_not_fit_its_hash_is_not_carried_out(cast: Cast) -> None:
    """As if somebody at the database had got round its trigger: written with the hash of other contents."""
    request = asked(cast)
    forged = Request.objects.create(
        act=NAME,
        payload=request.payload | {"phone": "666"},
        payload_hash=request.payload_hash.replace("a", "b"),
        summary=request.summary,
        branch=cast.north,
        asked_by=cast.cashier,
        asked_at=NOW,
        expires_at=LATER + timedelta(days=1),
    )
    assert refusal(forged, cast.manager) == "changed"


def test_whoever_was_suspended_since_gets_nothing_carried_out(cast: Cast) -> None:
    request = asked(cast)
    User.objects.filter(pk=cast.cashier.pk).update(is_active=False)
    assert refusal(request, cast.manager) == "asker"


def test_the_same_thing_waits_once(cast: Cast) -> None:
    asked(cast)
    with pytest.raises(Refused, match="asked for already"):
        asked(cast)
    withdraw(request=Request.objects.get(), by=cast.cashier, at=LATER)
    assert asked(cast).state == Request.State.WAITING


def test_only_the_asker_takes_it_back_and_only_while_it_waits(cast: Cast) -> None:
    request = asked(cast)
    with pytest.raises(Refused, match="Only the person who asked"):
        withdraw(request=request, by=cast.manager, at=LATER)
    withdraw(request=request, by=cast.cashier, at=LATER)
    assert refusal(request, cast.manager) == "stale"


def test_a_large_amount_needs_two_people(cast: Cast) -> None:
    request = asked(cast, amount=ghs("1500.00"))
    assert approve(request, cast.manager).state == Request.State.WAITING
    assert refusal(request, cast.manager) == "decided_already"
    assert phone(cast) == ""
    assert approve(request, cast.operations_manager).state == Request.State.CARRIED_OUT


def test_one_refusal_ends_a_ladder(cast: Cast) -> None:
    request = asked(cast, amount=ghs("1500.00"))
    approve(request, cast.manager)
    decide(request=request, approve=False, comment="No.", by=cast.operations_manager, at=LATER)
    assert refusal(request, cast.administrator) == "stale"
    assert phone(cast) == ""


def test_an_act_nobody_knows_is_not_asked_for(cast: Cast) -> None:
    with pytest.raises(Refused, match="no longer knows"):
        ask(act="nothing_known", payload={}, by=cast.cashier, at=NOW)


def test_a_floating_number_has_no_place_in_a_payload(cast: Cast) -> None:
    with pytest.raises(TypeError, match="float"):
        asked(cast, payload={"rate": 0.5})


def test_nothing_is_carried_out_at_the_database_without_a_decision(cast: Cast) -> None:
    request = asked(cast)
    with (
        pytest.raises(DatabaseError, match="without a decision"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE approvals_request SET state = 'carried_out' WHERE id = %s", [request.pk])
