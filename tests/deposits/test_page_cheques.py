"""Cheques in the browser: a member's way by photograph, the counter's, the second reading, deciding, the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.access.roles import Role
from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.keys import new_key
from portal.deposits.models import Cheque, ChequeRules
from portal.outbox.models import Job
from portal.people.models import CustomerView
from tests.cast import NOW, TODAY, Cast, ghs, make_user
from tests.deposits.cheques import line, photographed, picture
from tests.deposits.test_page_plans import words
from tests.deposits.test_services_cheques import due, return_fee, rules, take

ClientFor = Callable[..., Client]


def jpeg() -> SimpleUploadedFile:
    return SimpleUploadedFile("cheque.jpg", picture().read(), "image/jpeg")


def typed(**changes: str) -> dict[str, Any]:
    read = line()
    stands = {"number": read.number, "sort_code": read.sort_code, "drawn_account": read.drawn_account}
    stands |= {"issued_on": f"{read.issued_on}", "drawer_name": read.drawer_name, "amount": "400.00", "key": new_key()}
    return stands | changes


def sent(client: Client, cast: Cast) -> Any:
    files = {"front": jpeg(), "back": jpeg()}
    data = {"key": new_key(), "account": cast.ama_savings.number, "amount": "400.00"}
    return client.post(reverse("cheque_photo"), data | files)


def at(name: str, cheque: Cheque) -> str:
    return reverse(name, args=[cheque.pk])


def test_a_member_sends_photographs_and_follows_the_cheque(cast: Cast, client_for: ClientFor) -> None:
    member, cashier = client_for(cast.ama_user), client_for(cast.cashier)
    made = sent(member, cast)
    assert made.status_code == 303
    assert "Clearing to come" in words(member.get(made.headers["Location"]))
    cheque = Cheque.objects.get()
    assert (
        member.get(reverse("cheque_picture", args=[cheque.pk, "cheque-front"])).headers["Content-Type"] == "image/jpeg"
    )
    read = cashier.post(at("cheque_read", cheque), typed())
    assert read.status_code == 303
    assert "Clearing until 25 Nov 2026" in words(member.get(made.headers["Location"]))
    assert "GHS 400.00" in words(member.get(reverse("cheque_list")))
    assert "four hundred cedis" in words(member.get(at("cheque_slip", cheque)))


def test_the_staff_never_see_the_first_figure_before_they_read(cast: Cast, client_for: ClientFor) -> None:
    cheque, cashier = photographed(cast.ama_savings, cast.ama_user, "437.19"), client_for(cast.cashier)
    pages = [reverse("cheque_list"), *(at(name, cheque) for name in ("cheque_detail", "cheque_read", "cheque_slip"))]
    assert not any("437.19" in cashier.get(url).content.decode() for url in pages)
    wrong = cashier.post(at("cheque_read", cheque), typed())
    assert wrong.status_code == 422
    assert "Look again" in words(wrong)
    assert "437.19" not in wrong.content.decode()
    assert Cheque.objects.get().state == "received"


def test_that_somebody_looked_is_written_down(cast: Cast, client_for: ClientFor) -> None:
    cheque = photographed(cast.ama_savings, cast.ama_user)
    client_for(cast.ama_user).get(at("cheque_detail", cheque))
    client_for(cast.auditor).get(at("cheque_detail", cheque))
    assert [look.viewer for look in CustomerView.objects.filter(reason="Cheque")] == [cast.auditor]


def test_over_the_counter_the_owner_is_named_and_the_day_is_shown(cast: Cast, client_for: ClientFor) -> None:
    client, url = client_for(cast.cashier), reverse("cheque_new")
    number = cast.ama_savings.number
    shown = words(client.get(url, {"account": f"{number[:4]} {number[4:]}"}))
    assert "Ama Mensah" in shown
    assert "25 Nov 2026" in shown
    assert "There is no account 12" in words(client.get(url, {"account": "12"}))
    made = client.post(url, typed(account=number))
    assert made.status_code == 303
    again = client.post(url, typed(account=number))
    assert (again.status_code, "presented before" in words(again)) == (422, True)
    assert "Accra Timber Ltd" in again.content.decode()


def test_what_is_no_picture_is_refused(cast: Cast, client_for: ClientFor) -> None:
    data = {"key": new_key(), "account": cast.ama_savings.number, "amount": "400.00", "back": jpeg()}
    data["front"] = SimpleUploadedFile("x.jpg", b"<script>", "image/jpeg")
    assert client_for(cast.ama_user).post(reverse("cheque_photo"), data).status_code == 422
    assert not Cheque.objects.exists()


def test_a_member_pays_in_own_accounts_only(cast: Cast, client_for: ClientFor) -> None:
    data = {"key": new_key(), "account": cast.kofi_savings.number, "amount": "4", "front": jpeg(), "back": jpeg()}
    assert client_for(cast.ama_user).post(reverse("cheque_photo"), data).status_code == 422


def test_the_queue_clears_what_was_chosen(cast: Cast, client_for: ClientFor) -> None:
    cheque = due(cast, take(cast))
    cast.manager.refresh_from_db()
    client = client_for(cast.manager)
    assert "Due today" in words(client.get(reverse("cheque_list")))
    assert client.post(reverse("cheque_clear_chosen")).status_code == 422
    assert client_for(cast.rival_manager).post(reverse("cheque_clear_chosen"), {"cheque": cheque.pk}).status_code == 422
    assert client.post(reverse("cheque_clear_chosen"), {"cheque": cheque.pk}).status_code == 303
    assert Cheque.objects.get().state == "available"
    assert "No cheque is due" in words(client.get(reverse("cheque_list"), {"shelf": "due"}))


def test_a_return_needs_a_reason_that_the_member_reads(cast: Cast, client_for: ClientFor) -> None:
    cheque, manager = take(cast), client_for(cast.manager)
    assert manager.post(at("cheque_return", cheque), {"reason": " "}).status_code == 422
    assert manager.post(at("cheque_return", cheque), {"reason": "The signature differs"}).status_code == 303
    assert "The signature differs" in words(client_for(cast.ama_user).get(at("cheque_detail", cheque)))
    assert manager.post(at("cheque_clear", cheque)).status_code == 422


def test_who_captured_or_credited_a_cheque_is_told_that_a_colleague_goes_on(cast: Cast, client_for: ClientFor) -> None:
    rules(counter_limit_minor=ghs("100.00").minor)
    cheque, second = take(cast), make_user(Role.MANAGER, "Second Manager", branch=cast.north)
    captured = client_for(cast.cashier).get(at("cheque_detail", cheque))
    assert "a colleague reads it" in words(captured)
    assert at("cheque_read", cheque) not in captured.content.decode()
    assert client_for(cast.manager).post(at("cheque_read", cheque), typed()).status_code == 303
    credited = client_for(cast.manager).get(at("cheque_detail", cheque))
    assert "a colleague says whether it clears" in words(credited)
    assert at("cheque_return", cheque) not in credited.content.decode()
    assert at("cheque_return", cheque) in client_for(second).get(at("cheque_detail", cheque)).content.decode()


def test_what_a_return_costs_is_said_before_and_its_way_ends_without_a_day(cast: Cast, client_for: ClientFor) -> None:
    return_fee("5.00")
    cheque, manager = take(cast), client_for(cast.manager)
    page = words(manager.get(at("cheque_detail", cheque)))
    assert "costs the member GHS 5.00" in page
    assert "Clearing until" in page
    manager.post(at("cheque_return", cheque), {"reason": "The signature differs"})
    assert "Clearing until" not in words(manager.get(at("cheque_detail", cheque)))


def test_another_branchs_cheque_is_not_there(cast: Cast, client_for: ClientFor) -> None:
    cheque = take(cast)
    for rival in (cast.rival_cashier, cast.rival_manager, cast.kofi_user):
        assert client_for(rival).get(at("cheque_detail", cheque)).status_code == 404
    assert client_for(cast.rival_manager).post(at("cheque_return", cheque), {"reason": "x"}).status_code == 404
    assert client_for(cast.cashier).post(at("cheque_clear", cheque)).status_code == 403


def test_rules_hold_once_a_second_person_agrees(cast: Cast, client_for: ClientFor) -> None:
    client, url = client_for(cast.operations_manager), reverse("cheque_rules")
    assert "3 working days" in words(client.get(url))
    data = {"effective_from": f"{TODAY}", "hold_days": "5", "stale_months": "6", "working_days": ["1", "2", "3"]}
    asked = client.post(url, data | {"own_prefix": "99", "counter_limit": "0", "reason": "New clearing house"})
    assert asked.status_code == 303
    assert not ChequeRules.objects.exists()
    colleague = make_user(Role.OPERATIONS_MANAGER, "Second Operations")
    decide(request=Request.objects.get(), approve=True, comment="", by=colleague, at=NOW)
    made = ChequeRules.objects.get()
    assert (made.hold_days, made.working_days, made.counter_limit_minor) == (5, "123", 0)
    assert (made.made_by, made.approved_by) == (cast.operations_manager, colleague)


def test_the_queue_needs_the_same_queries_however_long(cast: Cast, client_for: ClientFor) -> None:
    client, asked = client_for(cast.manager), []
    for number in range(3):
        take(cast, read=line(number=f"00012{number}"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("cheque_list"), {"shelf": "clearing"}).status_code == 200
        asked.append(len(queries))
    assert asked[1] == asked[2]


def test_a_slip_is_asked_for_as_pdf_and_nobody_elses(cast: Cast, client_for: ClientFor) -> None:
    cheque = photographed(cast.ama_savings, cast.ama_user)
    sent = {"key": new_key(), "size": "80mm"}
    assert client_for(cast.kofi_user).post(at("cheque_slip_pdf", cheque), sent).status_code == 404
    answer = client_for(cast.ama_user).post(at("cheque_slip_pdf", cheque), sent)
    assert answer.status_code in {303, 422}  # 422 where this machine makes no PDF
    assert Job.objects.filter(kind__contains="document").exists() is (answer.status_code == 303)
