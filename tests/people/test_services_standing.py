"""Who acts for a customer, which branch is theirs, leaving, and being forgotten."""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection

from portal.base.errors import Refused
from portal.documents.uploads import path_of
from portal.home.services import close_customer
from portal.home.services.personal_data import gathered, packed
from portal.people import services
from portal.people.models import BranchTransfer, Customer
from portal.people.queries import card_of, customers_visible_to, former_customers, subject_of
from portal.support.services import write_note
from tests.cast import NOW, TODAY, Cast
from tests.people.filling import CARD, brought, draft, fill, verified
from tests.support.desk import answered, written

SEVEN_YEARS = timedelta(days=7 * 366)


def test_a_mandate_needs_a_face_and_ends_with_a_reason(cast: Cast) -> None:
    with pytest.raises(Refused):
        services.add_mandate(customer=cast.ama, full_name="Yaw", relation="son", by=cast.manager, at=NOW)
    face = brought(cast.ama, "photograph", cast.manager)
    made = services.add_mandate(
        customer=cast.ama, full_name="Yaw", relation="son", photograph=face, by=cast.manager, at=NOW
    )
    assert card_of(cast.ama, today=TODAY).mandates == [made]
    with pytest.raises(Refused):
        services.end_mandate(mandate=made, reason="", by=cast.manager, at=NOW)
    services.end_mandate(mandate=made, reason="Moved", by=cast.manager, at=NOW)
    with pytest.raises(Refused):
        services.end_mandate(mandate=made, reason="Again", by=cast.manager, at=NOW)
    assert card_of(cast.ama, today=TODAY).mandates == []


def test_another_branch_changes_who_sees_the_customer_and_nothing_of_the_accounts(cast: Cast) -> None:
    services.transfer_customer(customer=cast.ama, to=cast.south, reason="Moved to Accra", by=cast.manager, at=NOW)
    assert not customers_visible_to(cast.manager).filter(pk=cast.ama.pk).exists()
    assert customers_visible_to(cast.rival_manager).filter(pk=cast.ama.pk).exists()
    cast.ama_savings.refresh_from_db()
    assert cast.ama_savings.branch == cast.north
    move = BranchTransfer.objects.get()
    assert (move.from_branch, move.to_branch, move.by) == (cast.north, cast.south, cast.manager)
    with pytest.raises(Refused):
        services.transfer_customer(customer=cast.ama, to=cast.south, reason="Again", by=cast.manager, at=NOW)


def test_what_was_said_is_taken_home_and_no_note_of_colleagues(cast: Cast) -> None:
    ticket = written(cast, text="My card is lost")
    answered(ticket, cast.cashier, "We look into it")
    write_note(ticket=ticket, text="She is difficult", key="1", by=cast.cashier, at=NOW)
    data = json.dumps(gathered(cast.ama), default=str)
    assert all(words in data for words in ("My card is lost", "We look into it", ticket.number))
    assert "difficult" not in data


def test_nobody_leaves_with_an_open_account(cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        close_customer(customer=cast.ama, reason="Left", by=cast.manager, at=NOW)
    assert refusal.value.code == "open_accounts"
    assert Customer.objects.get(pk=cast.ama.pk).state == Customer.State.VERIFIED


def test_a_former_customer_is_forgotten_by_two_persons_after_the_time(cast: Cast) -> None:
    customer = verified(cast.north, cast.cashier, cast.manager)
    close_customer(customer=customer, reason="Left", by=cast.manager, at=NOW)
    first, second = cast.operations_manager, cast.administrator
    later = NOW + SEVEN_YEARS
    for asked_by, approved_by, at in ((first, first, later), (first, second, NOW + timedelta(days=365))):
        with pytest.raises(Refused):
            services.anonymise(customer=customer, reason="Asked", by=asked_by, approved_by=approved_by, at=at)
    services.anonymise(customer=customer, reason="Asked", by=first, approved_by=second, at=later)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c)::text FROM people_customer c WHERE id = %s", [customer.pk])
        row = cursor.fetchone()[0]
    for word in ("Adjoa", "Addo", "244000111", "Tailor", "Palm", "1992"):
        assert word not in row
    assert customer.number in row
    assert not customer.next_of_kin.exists()
    assert customer.identity_documents.get().number == ""
    with pytest.raises(Refused):
        services.anonymise(customer=customer, reason="Again", by=first, approved_by=second, at=later)


@pytest.mark.django_db(transaction=True)
def test_the_bytes_of_a_forgotten_customer_are_gone(cast: Cast) -> None:
    customer = verified(cast.north, cast.cashier, cast.manager)
    assert customer.photograph_id is not None
    path = path_of(customer.photograph_id)
    assert path.exists()
    close_customer(customer=customer, reason="Left", by=cast.manager, at=NOW)
    services.anonymise(
        customer=customer,
        reason="Asked",
        by=cast.operations_manager,
        approved_by=cast.administrator,
        at=NOW + SEVEN_YEARS,
    )
    assert not path.exists()


def test_what_is_taken_home_is_whole_and_names_who_looked(cast: Cast) -> None:
    customer = verified(cast.north, cast.cashier, cast.manager)
    services.note_view(customer=customer, viewer=cast.auditor, reason="Check or audit", at=NOW)
    with zipfile.ZipFile(BytesIO(packed(customer, data=gathered(customer)))) as archive:
        data = json.loads(archive.read("data.json"))
        pictures = [name for name in archive.namelist() if name.startswith("files/")]
    assert data["identity_documents"][0]["number"] == CARD
    assert data["who_looked_at_my_record"][0]["who"] == "Kojo Auditor (Auditor)"
    assert data["registration"][0]["decisions"][0]["outcome"] == "verified"
    assert len(pictures) == 2
    assert subject_of(customer).startswith("customer:")


def test_accounts_are_taken_home_with_every_movement(cast: Cast) -> None:
    accounts = gathered(cast.ama)["accounts"]
    assert {account["number"] for account in accounts} == {cast.ama_savings.number, cast.ama_current.number}
    assert sum(len(account["movements"]) for account in accounts) == 2


def test_a_registration_never_handed_in_is_forgotten_after_half_a_year(cast: Cast) -> None:
    customer = fill(draft(cast.north, None), None)
    assert services.forget_drafts(at=NOW + timedelta(days=170)) == 0
    later = NOW + timedelta(days=200)
    assert services.forget_drafts(at=later) == 1
    assert services.forget_drafts(at=later) == 0
    customer.refresh_from_db()
    assert (customer.full_name, customer.phone, customer.state) == ("Former member", "", Customer.State.CLOSED)
    assert not former_customers().exists()
