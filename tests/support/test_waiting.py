"""What every page and every open chat asks again and again: little is read, and nothing when nothing is new."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from portal.support import queries, services
from portal.support.models import Chat, Ticket
from portal.support.services import chatting
from tests.cast import NOW, Cast
from tests.support.desk import answered, written
from tests.support.test_pages import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(cast: Cast) -> Chat:
    made = Chat.objects.create(customer=cast.ama, branch=cast.north, began_at=NOW, said_at=NOW)
    chatting.say(chat=made, text="Good day", key="1", by=cast.ama_user, at=NOW)
    return made


def test_the_menu_counts_what_waits_in_one_statement(cast: Cast, chat: Chat, django_assert_num_queries: Any) -> None:
    services.assign(ticket=written(cast), to=cast.cashier, by=cast.cashier, at=NOW)
    with django_assert_num_queries(1):
        assert queries.waits(cast.cashier) == {"Tickets": 1, "Chats": 1}
    assert queries.waits(cast.rival_cashier) == {"Tickets": 0, "Chats": 0}
    assert queries.waits(cast.operations_manager) == {"Tickets": 0, "Chats": 1}


def test_a_customer_counts_answers_and_lines_not_seen(cast: Cast, chat: Chat) -> None:
    assert queries.waits(cast.ama_user) == {"Help": 0}
    answered(written(cast), cast.cashier, "Bring your card")
    chatting.take_chat(chat=chat, by=cast.cashier, at=NOW)
    line = chatting.say(chat=chat, text="Hello", key="2", by=cast.cashier, at=NOW)
    assert queries.waits(cast.ama_user) == {"Help": 2}
    chatting.see_chat(chat=chat, number=line.number, by=cast.ama_user, at=NOW)
    assert queries.waits(cast.ama_user) == {"Help": 1}
    assert queries.waits(cast.kofi_user) == {"Help": 0}


def test_the_mark_of_a_chat_is_one_statement_and_only_its_readers(
    cast: Cast, chat: Chat, django_assert_num_queries: Any
) -> None:
    chat.refresh_from_db()
    with django_assert_num_queries(1):
        mark = queries.mark_for(cast.ama_user, chat.pk, at=NOW)
    assert mark == queries.mark_of(cast.ama_user, chat, at=NOW)
    assert queries.mark_for(cast.cashier, chat.pk, at=NOW) == queries.mark_of(cast.cashier, chat, at=NOW)
    for stranger in (cast.kofi_user, cast.rival_cashier, cast.administrator):
        assert queries.mark_for(stranger, chat.pk, at=NOW) is None


def asked(client: Client, mark: str, **more: str) -> Any:
    headers = {"HX-Request": "true", "HX-Target": "queue", "If-None-Match": mark}
    return client.get(reverse("ticket_queue"), more, headers=headers)


def test_the_queue_answers_304_until_something_is_new_and_then_says_how_many(cast: Cast, client_for: Browser) -> None:
    first, client = written(cast), client_for(cast.cashier)
    mark = client.get(reverse("ticket_queue")).headers["ETag"]
    assert asked(client, mark).status_code == 304
    later = written(cast)
    answer = asked(client, mark, since=str(first.serial))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "1 new:" in text
    assert (first.number in text, later.number in text) == (True, False)
    services.assign(ticket=Ticket.objects.get(pk=first.pk), to=cast.cashier, by=cast.cashier, at=NOW)
    assert asked(client, answer.headers["ETag"]).status_code == 200
