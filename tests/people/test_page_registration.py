"""Registering by pages: the customer part by part, staff on one page, the manager's decision, and who may not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal.access.roles import Role
from portal.documents.uploads import uploads_of
from portal.people.models import Customer, DetailsChange, IdentityKind, KycDecision, User
from portal.people.queries import subject_of
from portal.people.services import submit
from tests.answers import without_tokens
from tests.cast import NOW, Cast, make_user
from tests.people.filling import CARD, brought, draft, fill, picture, submitted

ClientFor = Callable[[User], Client]
State = Customer.State
ABOUT = {"given_name": "Adjoa", "family_name": "Addo", "birth_date": "1992-04-03", "sex": "F"}


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """A customer who has signed up and says the rest on the pages."""
    return make_user(Role.CUSTOMER, "Adjoa Addo", customer=draft(cast.north, None))


def photo(name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture().getvalue(), "image/jpeg")


def part_url(customer: Customer, part: str) -> str:
    return reverse("registration_part", args=[customer.number, part])


def every_part() -> dict[str, dict[str, Any]]:
    return {
        "about": ABOUT,
        "contact": {"phone": "024 400 0111", "email": "adjoa@example.org"},
        "address": {"line1": "4 Palm Street", "town": "Kumasi"},
        "work": {"occupation": "Tailor", "income": "1,200.00", "income_period": "month"},
        "identity": {
            "kind": IdentityKind.objects.get(code="ghana_card").pk,
            "number": "gha-123456789-0",
            "expires_on": "2031-01-01",
            "front": photo(),
        },
        "photo": {"photograph": photo("../../../etc/passwd")},
        "kin": {"full_name": "Yaw Addo", "relation": "brother", "share_percent": "100"},
    }


def test_a_customer_registers_part_by_part_and_hands_it_in(cast: Cast, newcomer: User, client_for: ClientFor) -> None:
    client, customer = client_for(newcomer), newcomer.customer
    assert customer is not None
    tasks = client.get(reverse("registration"), follow=True)
    assert "Your registration" in tasks.content.decode()
    for part, values in every_part().items():
        answer = client.post(part_url(customer, part), values)
        assert answer.status_code == 303, answer.content.decode()
    assert client.post(reverse("registration_tasks", args=[customer.number])).status_code == 303
    customer.refresh_from_db()
    assert (customer.state, customer.phone, customer.income_minor) == (State.SUBMITTED, "+233244000111", 120_000)
    assert customer.identity_documents.get().number == CARD
    assert {upload.purpose for upload in uploads_of(subject_of(customer))} == {"identity-front", "photograph"}


def test_an_incomplete_registration_says_what_is_missing(newcomer: User, client_for: ClientFor) -> None:
    customer = newcomer.customer
    assert customer is not None
    answer = client_for(newcomer).post(reverse("registration_tasks", args=[customer.number]))
    assert answer.status_code == 422
    assert "next of kin" in answer.content.decode()


def test_a_file_that_is_no_picture_is_refused_and_the_words_stay(newcomer: User, client_for: ClientFor) -> None:
    customer = newcomer.customer
    assert customer is not None
    values = every_part()["identity"] | {"front": SimpleUploadedFile("card.jpg", b"<script>", "image/jpeg")}
    answer = client_for(newcomer).post(part_url(customer, "identity"), values)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "something else, whatever its name says" in page
    assert "gha-123456789-0" in page
    assert not customer.identity_documents.exists()


def test_a_customer_never_hears_of_others(cast: Cast, newcomer: User, client_for: ClientFor) -> None:
    submitted(cast.south, cast.rival_cashier)
    customer = newcomer.customer
    assert customer is not None
    client = client_for(newcomer)
    for part, values in every_part().items():
        assert client.post(part_url(customer, part), values).status_code == 303
    page = client.get(reverse("registration_tasks", args=[customer.number])).content.decode()
    assert "alike" not in page


def test_once_handed_in_the_customer_changes_nothing(cast: Cast, client_for: ClientFor) -> None:
    assert client_for(cast.ama_user).get(part_url(cast.ama, "about")).status_code == 404


def test_somebody_elses_registration_answers_like_none(cast: Cast, newcomer: User, client_for: ClientFor) -> None:
    client = client_for(newcomer)
    other, none = (client.get(reverse("registration_tasks", args=[number])) for number in ("102345", "999999"))
    assert (other.status_code, without_tokens(other)) == (none.status_code, without_tokens(none))
    assert other.status_code == 404


def counter_page() -> dict[str, Any]:
    return {f"{part}-{name}": value for part, values in every_part().items() for name, value in values.items()}


def test_the_counter_takes_somebody_up_on_one_page(cast: Cast, client_for: ClientFor) -> None:
    answer = client_for(cast.cashier).post(reverse("registration_new"), counter_page())
    assert answer.status_code == 303, answer.content.decode()
    made = Customer.objects.get(full_name="Adjoa Addo")
    assert (made.state, made.branch, made.registered_by) == (State.SUBMITTED, cast.north, cast.cashier)


def test_without_any_photo_it_stays_a_draft_to_complete(cast: Cast, client_for: ClientFor) -> None:
    words = {name: value for name, value in counter_page().items() if not hasattr(value, "read")}
    answer = client_for(cast.mobile_banker).post(reverse("registration_new"), words)
    assert answer.status_code == 303, answer.content.decode()
    assert Customer.objects.get(full_name="Adjoa Addo").state == State.DRAFT


def test_somebody_alike_is_shown_before_and_compared(cast: Cast, client_for: ClientFor) -> None:
    submitted(cast.south, cast.rival_cashier)
    client, before = client_for(cast.cashier), Customer.objects.count()
    answer = client.post(reverse("registration_new"), counter_page())
    assert answer.status_code == 422
    assert "Same identity number" in answer.content.decode()
    assert Customer.objects.count() == before
    sure = counter_page() | {"is_somebody_else": "on"}
    assert client.post(reverse("registration_new"), sure).status_code == 303


def test_a_refused_part_takes_nobody_up(cast: Cast, client_for: ClientFor) -> None:
    before = Customer.objects.count()
    wrong = counter_page() | {"identity-number": "12"}
    answer = client_for(cast.cashier).post(reverse("registration_new"), wrong)
    assert answer.status_code == 422
    assert "has a number like" in answer.content.decode()
    assert Customer.objects.count() == before


def test_the_manager_sees_papers_and_record_side_by_side_and_decides(cast: Cast, client_for: ClientFor) -> None:
    customer = submitted(cast.north, cast.cashier)
    client, url = client_for(cast.manager), reverse("verification", args=[customer.number])
    page = client.get(url).content.decode()
    assert CARD in page
    assert "Front of the document" in page
    assert client.post(url, {"outcome": "rejected", "reason": ""}).status_code == 422
    answer = client.post(url, {"outcome": "verified"}, follow=True)
    assert "is verified. Print the letter and hand it over." in answer.content.decode()
    assert answer.redirect_chain[0][0].startswith("/jobs/")
    assert KycDecision.objects.get().decided_by == cast.manager
    assert client.get(url).status_code == 404


def test_another_branch_is_none_of_the_managers_business(cast: Cast, client_for: ClientFor) -> None:
    customer = submitted(cast.south, cast.rival_cashier)
    client = client_for(cast.manager)
    assert client.get(reverse("verification", args=[customer.number])).status_code == 404
    assert customer.number not in client.get(reverse("verification_list")).content.decode()


def test_what_a_mobile_banker_took_down_is_the_bankers_to_finish(cast: Cast, client_for: ClientFor) -> None:
    own = draft(cast.north, cast.mobile_banker)
    other = draft(cast.north, cast.cashier, name=("Efua", "Sam"))
    client = client_for(cast.mobile_banker)
    assert client.get(part_url(own, "photo")).status_code == 200
    assert client.get(part_url(other, "photo")).status_code == 404


def test_a_correction_needs_a_reason_and_keeps_before_and_after(cast: Cast, client_for: ClientFor) -> None:
    client, url = client_for(cast.cashier), part_url(cast.ama, "work")
    assert client.post(url, {"occupation": "Head teacher"}).status_code == 422
    assert client.post(url, {"occupation": "Head teacher", "reason": "Promoted"}).status_code == 303
    change = DetailsChange.objects.get()
    assert (change.by, change.changes["Occupation"]) == (cast.cashier, ["", "Head teacher"])


def test_a_file_is_sandboxed_and_only_for_those_who_may_see_the_customer(cast: Cast, client_for: ClientFor) -> None:
    upload = brought(cast.ama, "photograph", cast.cashier)
    url = reverse("customer_file", args=["102345", upload.pk])
    answer = client_for(cast.ama_user).get(url)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    for user in (cast.kofi_user, cast.rival_manager):
        assert client_for(user).get(url).status_code == 404
    # Another customer's number does not open it either.
    assert client_for(cast.manager).get(reverse("customer_file", args=["102346", upload.pk])).status_code == 404


def test_the_pages_show_no_duplicates_of_oneself_and_take_a_birth_date(cast: Cast) -> None:
    customer = fill(draft(cast.north, cast.cashier), cast.cashier)
    submit(customer=customer, by=cast.cashier, at=NOW)
    assert customer.birth_date == date(1992, 4, 3)


def test_a_customer_moves_to_the_branch_that_was_chosen_and_to_none_by_itself(
    cast: Cast, client_for: ClientFor
) -> None:
    client, url = client_for(cast.manager), reverse("customer_transfer", args=[cast.ama.number])
    assert client.post(url, {"branch": "", "reason": "Moved house"}).status_code == 422
    assert "Choose a branch" in client.get(url).content.decode()
    moved = client.post(url, {"branch": cast.south.pk, "reason": "Moved house"}, follow=True)
    assert f"{cast.ama.full_name} belongs to {cast.south.name} now" in moved.content.decode()
    assert client.get(url).status_code == 404
    assert "Moved house" in client_for(cast.operations_manager).get(url).content.decode()
