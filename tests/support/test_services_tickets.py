"""Tickets: once each, one after the other, and what is internal stays so."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from portal.base.errors import Refused, Stale
from portal.base.keys import new_key
from portal.deposits.models import ServiceCharge, TakenCharge
from portal.deposits.queries import funds_of
from portal.notifications.models import Notice
from portal.support import queries, services
from portal.support.models import Category, Macro, Message, Note, Ticket
from portal.support.services import NewTicket
from tests.access.support import picture
from tests.cast import NOW, TODAY, Cast, ghs
from tests.support.desk import MONDAY, answered, written

pytestmark = pytest.mark.django_db
SECRET = "She is difficult"


def test_the_number_counts_and_the_clocks_run_in_open_hours(cast: Cast) -> None:
    first, second = written(cast, at=MONDAY), written(cast, "card", at=MONDAY)
    assert (first.number, second.number) == ("T-000001", "R-000002")
    assert first.reply_due == MONDAY + timedelta(hours=4)
    assert [step.label for step in second.steps.all()] == ["Received", "Ordered", "At the branch", "Handed over"]


def test_urgent_is_due_earlier(cast: Cast) -> None:
    assert written(cast, at=MONDAY, priority=Ticket.Priority.URGENT).reply_due == MONDAY + timedelta(hours=1)


def test_the_same_key_is_one_ticket(cast: Cast) -> None:
    new = NewTicket(category=Category.objects.get(code="account"), subject="A", text="B")
    made = {services.raise_ticket(customer=cast.ama, new=new, key="k", by=cast.ama_user, at=NOW).pk for _ in range(2)}
    assert len(made) == 1


def test_anothers_account_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="another member's"):
        written(cast, account=cast.kofi_savings)


def test_a_reply_stops_the_clock_and_tells_the_customer(cast: Cast) -> None:
    ticket = written(cast)
    answered(ticket, cast.cashier)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.replied_at) == ("waiting", NOW)
    assert Notice.objects.filter(user=cast.ama_user, kind="ticket.reply").count() == 1
    answered(ticket, cast.ama_user, "Thank you")
    ticket.refresh_from_db()
    assert ticket.state == "open"


def test_a_stale_reply_overwrites_nothing(cast: Cast) -> None:
    ticket = written(cast)
    answered(ticket, cast.cashier, "First")
    with pytest.raises(Stale):
        services.reply(ticket=ticket, text="Second", turns=1, key=new_key(), by=cast.manager, at=NOW)
    assert list(ticket.messages.values_list("text", flat=True)) == ["It looks wrong.", "First"]


def test_the_same_reply_twice_is_said_once(cast: Cast) -> None:
    ticket = written(cast)
    for _ in range(2):
        services.reply(ticket=ticket, text="Yes", turns=1, key="same", by=cast.cashier, at=NOW)
    assert ticket.messages.count() == 2


@pytest.mark.parametrize("who", ["kofi_user", "rival_cashier", "mobile_banker", "auditor", "administrator"])
def test_nobody_out_of_reach_says_anything(cast: Cast, who: str) -> None:
    ticket = written(cast)
    with pytest.raises(Refused):
        answered(ticket, getattr(cast, who))


def test_a_note_reaches_no_customer(cast: Cast) -> None:
    ticket = written(cast)
    services.write_note(ticket=ticket, text=SECRET, key="1", by=cast.cashier, at=NOW)
    assert SECRET not in str(queries.thread(ticket))
    assert SECRET in str(queries.staff_thread(ticket))
    assert not Notice.objects.filter(kind="ticket.reply").exists()
    with pytest.raises(Refused):
        services.write_note(ticket=ticket, text="x", key="2", by=cast.ama_user, at=NOW)


@pytest.mark.parametrize("model", [Message, Note])
def test_what_was_written_is_never_changed(cast: Cast, model: Any) -> None:
    ticket = written(cast)
    services.write_note(ticket=ticket, text=SECRET, key="1", by=cast.cashier, at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(text="changed")


def test_files_of_another_stay_hidden(cast: Cast) -> None:
    from django.http import Http404

    ticket = written(cast, files=[picture()])
    upload = ticket.messages.get().attachments.get().upload
    assert queries.attachment_for(cast.ama_user, ticket.pk, upload.pk) == upload
    for stranger in (cast.kofi_user, cast.rival_cashier):
        with pytest.raises(Http404):
            queries.attachment_for(stranger, ticket.pk, upload.pk)


def test_a_colleague_elsewhere_cannot_be_given_it(cast: Cast) -> None:
    ticket = written(cast)
    with pytest.raises(Refused):
        services.assign(ticket=ticket, to=cast.rival_cashier, by=cast.manager, at=NOW)
    services.assign(ticket=ticket, to=cast.cashier, by=cast.manager, at=NOW)
    assert Notice.objects.filter(user=cast.cashier, kind="ticket.assigned").exists()
    assert queries.waits(cast.cashier)[queries.TICKETS] == 1


def test_another_branch_takes_it_over_with_a_reason(cast: Cast) -> None:
    ticket = written(cast)
    services.assign(ticket=ticket, to=cast.cashier, by=cast.manager, at=NOW)
    with pytest.raises(Refused):
        services.hand_to_branch(ticket=ticket, branch=cast.south, reason=" ", by=cast.cashier, at=NOW)
    services.hand_to_branch(ticket=ticket, branch=cast.south, reason="The card lies there", by=cast.cashier, at=NOW)
    ticket.refresh_from_db()
    assert (ticket.branch, ticket.assignee) == (cast.south, None)
    assert ticket in queries.tickets_for(cast.rival_cashier)
    assert ticket not in queries.tickets_for(cast.cashier)
    answered(ticket, cast.rival_cashier)
    with pytest.raises(Refused):
        services.hand_to_branch(ticket=ticket, branch=cast.north, reason="Back", by=cast.cashier, at=NOW)


def test_what_it_is_about_is_named_later_and_never_anothers(cast: Cast) -> None:
    ticket = written(cast)
    about: dict[str, Any] = {"reference": "123456789012", "by": cast.cashier, "at": NOW}
    services.link_ticket(ticket=ticket, account=cast.ama_savings, **about)
    ticket.refresh_from_db()
    assert (ticket.account, ticket.reference) == (cast.ama_savings, "123456789012")
    with pytest.raises(Refused):
        services.link_ticket(ticket=ticket, account=cast.kofi_savings, **about)
    assert ticket.changes.filter(what="about").count() == 1


def test_merged_messages_go_along_and_the_old_one_ends(cast: Cast) -> None:
    one, two = written(cast, files=[picture()]), written(cast, text="The same again.")
    services.merge_tickets(ticket=one, into=two, by=cast.cashier, at=NOW)
    one.refresh_from_db()
    assert (one.state, one.merged_into) == ("merged", two)
    assert [turn.text for turn in queries.thread(two)] == ["The same again.", "[T-000001] It looks wrong."]
    assert queries.thread(two)[1].attachments
    with pytest.raises(Refused):
        answered(one, cast.cashier)


def test_two_customers_are_never_merged(cast: Cast) -> None:
    new = NewTicket(category=Category.objects.get(code="account"), subject="A", text="B")
    kofis = services.raise_ticket(customer=cast.kofi, new=new, key="k", by=cast.kofi_user, at=NOW)
    with pytest.raises(Refused, match="two customers"):
        services.merge_tickets(ticket=written(cast), into=kofis, by=cast.manager, at=NOW)


def test_a_message_becomes_a_ticket_of_its_own(cast: Cast) -> None:
    ticket = written(cast)
    first = ticket.messages.get()
    part = services.split_ticket(ticket=ticket, message=first, subject="Other", key="1", by=cast.cashier, at=NOW)
    assert (part.split_from, part.customer, part.messages.get().text) == (ticket, cast.ama, "It looks wrong.")


def test_stages_are_done_in_their_order(cast: Cast) -> None:
    steps = list(written(cast, "card").steps.all())
    with pytest.raises(Refused):
        services.do_step(step=steps[1], done=True, by=cast.cashier, at=NOW)
    done = services.do_step(step=steps[0], done=True, by=cast.cashier, at=NOW)
    assert done.done_by == cast.cashier


def test_a_canned_reply_settles_and_tags(cast: Cast) -> None:
    macro = Macro.objects.create(
        name="Done", text="It is done.", then_state="resolved", then_tag="easy", written_at=NOW
    )
    ticket = written(cast)
    services.use_macro(ticket=ticket, macro=macro, turns=1, key="1", by=cast.cashier, at=NOW)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.tags) == ("resolved", ["easy"])
    services.rate(ticket=ticket, rating=4, text="", by=cast.ama_user, at=NOW)
    with pytest.raises(Refused):
        services.rate(ticket=ticket, rating=1, text="", by=cast.kofi_user, at=NOW)


def test_a_draft_tells_a_colleague_and_goes_when_sent(cast: Cast) -> None:
    ticket = written(cast)
    services.save_draft(ticket=ticket, text="We are", by=cast.cashier, at=NOW)
    assert queries.drafts_beside(ticket, cast.manager, at=NOW) == ["Akua Cashier"]
    assert queries.draft_of(ticket, cast.cashier) == "We are"
    answered(ticket, cast.cashier)
    assert queries.draft_of(ticket, cast.cashier) == ""


@pytest.mark.django_db(transaction=True)
def test_of_two_replies_at_once_one_is_stale(cast: Cast) -> None:
    ticket = written(cast)

    def send(user: Any) -> str:
        try:
            services.reply(ticket=ticket, text="Mine", turns=1, key=new_key(), by=user, at=NOW)
            return "sent"
        except Stale:
            return "stale"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, (cast.cashier, cast.manager))) == ["sent", "stale"]


def book(cast: Cast, amount: str, **more: Any) -> Ticket:
    ServiceCharge.objects.create(
        kind="cheque_book",
        currency="GHS",
        effective_from=TODAY,
        amount_minor=ghs(amount).minor,
        reason="x",
        made_at=NOW,
    )
    return written(cast, "cheque-book", subject="A cheque book", text="Fifty leaves, please.", **more)


def test_a_cheque_book_is_charged_once_to_the_account_it_is_for(cast: Cast) -> None:
    before = funds_of(cast.ama_current).booked
    ticket = book(cast, "20.00", account=cast.ama_current)
    assert funds_of(cast.ama_current).booked == before - ghs("20.00")
    taken = TakenCharge.objects.get(account=cast.ama_current)
    assert (taken.kind, taken.state) == ("cheque_book", "taken")
    new = NewTicket(category=ticket.category, subject="A", text="B", account=cast.ama_current)
    for _ in range(2):
        services.raise_ticket(customer=cast.ama, new=new, key="k", by=cast.ama_user, at=NOW)
    assert funds_of(cast.ama_current).booked == before - ghs("40.00")


def test_a_cheque_book_names_an_account_that_pays_it(cast: Cast) -> None:
    with pytest.raises(Refused, match="savings or current account"):
        book(cast, "5000.00")
    with pytest.raises(Refused, match="does not hold as much"):
        written(cast, "cheque-book", account=cast.ama_current)
    assert not Ticket.objects.exists()


def test_the_page_says_what_a_cheque_book_costs(cast: Cast, client_for: Callable[..., Client]) -> None:
    book(cast, "20.00", account=cast.ama_current)
    page = client_for(cast.ama_user).get(reverse("help_new"), {"kind": "request"}).content.decode()
    assert "Cheque book: GHS 20.00, taken from the account it is for." in page
