"""Saying who somebody is; correcting it later with a reason; finding who may be the same."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from portal.base.errors import Refused
from portal.people import services
from portal.people.models import Customer, DetailsChange, IdentityDocument, IdentityKind
from portal.people.phones import tidy_phone
from portal.people.queries import Candidate, candidate_of, duplicates_of
from tests.cast import NOW, Cast, make_customer
from tests.people.filling import CARD, draft, fill, submitted, verified


@pytest.mark.parametrize("text", ["024 123 4567", "+233 24 123 4567", "00233241234567", "0241234567"])
def test_a_telephone_number_is_kept_one_way(text: str) -> None:
    assert tidy_phone(text) == "+233241234567"


@pytest.mark.parametrize("text", ["12", "abc", "02412345678901234"])
def test_what_can_be_nobodys_number_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        tidy_phone(text)


def test_the_number_of_a_card_is_unreadable_in_the_database(cast: Cast) -> None:
    fill(draft(cast.north, cast.cashier), cast.cashier)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(d)::text FROM people_identitydocument d")
        assert "123456789" not in cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(coalesce(after::text, ''), '') FROM audit_change")
        assert "123456789" not in cursor.fetchone()[0]
    assert IdentityDocument.objects.get().number == CARD


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"number": "123"}, "number"),
        ({"expires_on": date(2026, 11, 21)}, "expires_on"),
        ({"expires_on": None}, "expires_on"),
        ({"issued_on": date(2027, 1, 1)}, "issued_on"),
        ({"issued_on": date(2026, 1, 1), "expires_on": date(2026, 1, 1)}, "expires_on"),
    ],
)
def test_a_wrong_identity_document_is_refused_with_its_field(cast: Cast, values: dict[str, Any], field: str) -> None:
    known: dict[str, Any] = {
        "kind": IdentityKind.objects.get(code="ghana_card"),
        "number": CARD,
        "expires_on": date(2028, 1, 1),
    }
    with pytest.raises(Refused) as refusal:
        services.add_identity(
            customer=draft(cast.north, cast.cashier),
            identity=services.NewIdentity(**known | values),
            by=cast.cashier,
            at=NOW,
        )
    assert refusal.value.field == field


def test_a_customer_writes_only_the_own_draft(cast: Cast) -> None:
    other = draft(cast.north, cast.cashier)
    with pytest.raises(Refused) as refusal:
        services.change_details(customer=other, part="work", values={"occupation": "x"}, by=cast.ama_user, at=NOW)
    assert refusal.value.code == "not_yours"


def test_a_customer_changes_nothing_once_it_is_handed_in(cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        services.change_details(
            customer=cast.ama, part="contact", values={"phone": "+233200000000"}, by=cast.ama_user, at=NOW
        )
    assert refusal.value.code == "handed_in"


def test_a_part_writes_its_own_fields_only(cast: Cast) -> None:
    for values in ({"state": "verified"}, {"branch": cast.south}, {"number": "1"}):
        with pytest.raises(ValueError, match="does not write"):
            services.change_details(customer=cast.ama, part="work", values=values, reason="x", by=cast.cashier, at=NOW)


def test_staff_correct_with_a_reason_and_before_and_after_are_kept(cast: Cast) -> None:
    values = {"occupation": "Baker"}
    with pytest.raises(Refused):
        services.change_details(customer=cast.ama, part="work", values=values, by=cast.cashier, at=NOW)
    services.change_details(customer=cast.ama, part="work", values=values, reason="Told us", by=cast.cashier, at=NOW)
    change = DetailsChange.objects.get()
    assert change.changes == {"Occupation": ["", "Baker"]}
    assert Customer.objects.get(pk=cast.ama.pk).state == Customer.State.VERIFIED


def test_another_name_is_verified_anew(cast: Cast) -> None:
    customer = verified(cast.north, cast.cashier, cast.manager)
    values = {"given_name": "Adjoa", "family_name": "Boadi"}
    services.change_details(customer=customer, part="about", values=values, reason="Married", by=cast.cashier, at=NOW)
    customer.refresh_from_db()
    assert (customer.full_name, customer.state) == ("Adjoa Boadi", Customer.State.SUBMITTED)


def test_a_change_is_emptied_but_never_edited(cast: Cast) -> None:
    values = {"occupation": "Baker"}
    services.change_details(customer=cast.ama, part="work", values=values, reason="Told us", by=cast.cashier, at=NOW)
    for statement in ("UPDATE people_detailschange SET reason = 'x'", "DELETE FROM people_detailschange"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    DetailsChange.objects.update(changes={})


def test_shares_above_the_whole_are_refused(cast: Cast) -> None:
    kin = [services.Kin(full_name=name, relation="son", share_percent=60) for name in ("Kofi", "Yaw")]
    with pytest.raises(Refused):
        services.set_next_of_kin(customer=cast.ama, kin=kin, reason="x", by=cast.cashier, at=NOW)


def reasons(**known: Any) -> dict[str, list[str]]:
    return {one.customer.full_name: one.reasons for one in duplicates_of(Candidate(**known))}


def test_the_same_person_is_found_by_number_phone_name_and_birth(cast: Cast) -> None:
    made = submitted(cast.south, cast.rival_cashier)
    found = reasons(full_name="Somebody Else", identity_number=CARD, phones=("+233244000111",))
    assert found == {made.full_name: ["Same identity number", "Same telephone"]}
    assert reasons(full_name="Addo Adjoa", birth_date=date(1992, 4, 3))[made.full_name] == ["Same name and birth date"]
    assert "Similar name" in reasons(full_name="Adjoah Addo")[made.full_name][0]


def test_nobody_is_their_own_duplicate_and_strangers_are_none(cast: Cast) -> None:
    made = submitted(cast.north, cast.cashier)
    assert duplicates_of(candidate_of(made)) == []
    make_customer("Ama Serwaa", cast.north)
    assert "Ama Serwaa" not in reasons(full_name="Ama Mensah")
