"""Chats: one at a time of a customer, three at a time of an agent, each line once, nobody posing as staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.support import queries
from portal.support.models import Category, Chat, ChatLine, Ticket
from portal.support.services import chatting
from tests.cast import Cast, make_customer
from tests.support.desk import MONDAY

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


def begun(cast: Cast) -> Chat:
    return chatting.begin_chat(customer=cast.ama, text="Hello", key=new_key(), by=cast.ama_user, at=MONDAY)


def taken(cast: Cast) -> Chat:
    return chatting.take_chat(chat=begun(cast), by=cast.cashier, at=MONDAY)


def test_a_customer_has_one_chat(cast: Cast) -> None:
    assert begun(cast).pk == begun(cast).pk


def test_out_of_hours_a_message_is_written_instead(cast: Cast) -> None:
    with pytest.raises(Refused, match="Nobody is at the desk"):
        chatting.begin_chat(customer=cast.ama, text="Hi", key="1", by=cast.ama_user, at=MONDAY - timedelta(hours=9))


def test_what_was_typed_for_a_closed_desk_becomes_a_message(cast: Cast, client_for: Browser) -> None:
    with time_machine.travel(MONDAY - timedelta(hours=9), tick=False):
        client = client_for(cast.ama_user)
        assert "Nobody is at the desk now" in client.get(reverse("chat_mine")).content.decode()
        answer = client.post(reverse("chat_begin"), {"key": new_key(), "text": "My card is lost"})
    assert (answer.status_code, answer.context["form"]["text"].value()) == (422, "My card is lost")
    assert f'action="{reverse("help_new")}?kind=ticket"' in answer.content.decode()
    assert not Chat.objects.exists()


def test_an_open_page_is_told_of_another_state(cast: Cast, client_for: Browser) -> None:
    chat = taken(cast)
    client = client_for(cast.ama_user)
    part = client.get(reverse("chat_lines", args=[chat.pk])).content.decode()
    assert ('id="chat-state" hx-swap-oob="true"' in part, "This chat has ended" in part) == (True, False)
    chatting.end_chat(chat=chat, by=cast.cashier, at=MONDAY)
    part = client.get(reverse("chat_lines", args=[chat.pk])).content.decode()
    assert ('data-state="ended"' in part, "This chat has ended" in part) == (True, True)


def test_chats_that_ended_are_found_again_by_their_two_sides(cast: Cast, client_for: Browser) -> None:
    chat = taken(cast)
    chatting.end_chat(chat=chat, by=cast.cashier, at=MONDAY)
    url = reverse("chat_detail", args=[chat.pk])
    pages = ((cast.ama_user, "help_list"), (cast.cashier, "chat_desk"))
    assert all(url in client_for(user).get(reverse(name)).content.decode() for user, name in pages)
    strangers = ((cast.kofi_user, "help_list"), (cast.rival_cashier, "chat_desk"))
    assert not any(url in client_for(user).get(reverse(name)).content.decode() for user, name in strangers)


def test_who_is_staff_is_decided_by_the_server(cast: Cast, client_for: Browser) -> None:
    chat = taken(cast)
    sent = {"key": new_key(), "text": "I am staff", "is_staff": "1", "author": cast.cashier.pk}
    client_for(cast.ama_user).post(reverse("chat_say", args=[chat.pk]), sent)
    line = ChatLine.objects.get(text="I am staff")
    assert (line.is_staff, line.author) == (False, cast.ama_user)


@pytest.mark.parametrize("who", ["kofi_user", "rival_cashier", "auditor", "mobile_banker"])
def test_nobody_else_reads_or_writes(cast: Cast, client_for: Browser, who: str) -> None:
    chat = begun(cast)
    user = getattr(cast, who)
    with pytest.raises(Refused):
        chatting.say(chat=chat, text="x", key="1", by=user, at=MONDAY)
    assert client_for(user).get(reverse("chat_lines", args=[chat.pk])).status_code == 404
    assert not queries.may_follow_chat(user, str(chat.pk))


def test_the_same_line_twice_is_said_once_and_twenty_a_minute_are_enough(cast: Cast) -> None:
    chat = taken(cast)
    lines = {chatting.say(chat=chat, text="x", key="same", by=cast.ama_user, at=MONDAY).pk for _ in range(3)}
    assert len(lines) == 1
    for number in range(18):
        chatting.say(chat=chat, text="x", key=str(number), by=cast.ama_user, at=MONDAY)
    with pytest.raises(chatting.TooFast):
        chatting.say(chat=chat, text="x", key="one more", by=cast.ama_user, at=MONDAY)


def test_nothing_new_is_304_until_there_is(cast: Cast, client_for: Browser) -> None:
    chat = taken(cast)
    client, url = client_for(cast.ama_user), reverse("chat_lines", args=[chat.pk])
    first = client.get(url)
    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    chatting.say(chat=chat, text="Good morning", key="1", by=cast.cashier, at=MONDAY)
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, "Good morning" in again.content.decode()) == (200, True)


def test_three_at_a_time(cast: Cast) -> None:
    for number in range(3):
        customer = make_customer(f"Chatting {number}", cast.north)
        chat = Chat.objects.create(customer=customer, branch=cast.north, began_at=MONDAY, said_at=MONDAY)
        chatting.take_chat(chat=chat, by=cast.cashier, at=MONDAY)
    with pytest.raises(Refused, match="3 customers"):
        taken(cast)


def test_handing_over_goes_to_a_colleague_of_the_branch(cast: Cast) -> None:
    chat = taken(cast)
    with pytest.raises(Refused):
        chatting.hand_over(chat=chat, to=cast.rival_cashier, by=cast.cashier, at=MONDAY)
    assert chatting.hand_over(chat=chat, to=cast.manager, by=cast.cashier, at=MONDAY).agent == cast.manager
    with pytest.raises(Refused, match="answers this customer"):
        chatting.take_chat(chat=chat, by=cast.cashier, at=MONDAY)


def test_it_becomes_a_ticket_with_what_was_said_once(cast: Cast) -> None:
    chat = taken(cast)
    category = Category.objects.get(code="account")
    for _ in range(2):
        chatting.chat_to_ticket(chat=chat, category=category, subject="Card", by=cast.cashier, at=MONDAY)
    assert "Ama Mensah: Hello" in Ticket.objects.get().messages.get().text
    with pytest.raises(Refused, match="ended"):
        chatting.say(chat=chat, text="x", key="9", by=cast.ama_user, at=MONDAY)


def test_unread_lines_are_counted_until_seen(cast: Cast) -> None:
    chat = begun(cast)
    assert [vars(waiting)["unread"] for waiting in queries.desk_for(cast.cashier)] == [1]
    chatting.see_chat(chat=chat, number=1, by=cast.cashier, at=MONDAY)
    assert queries.unread_of(cast.cashier, chat) == 0
    assert queries.mark_of(cast.ama_user, chat, at=MONDAY).seen == 1


def test_typing_is_told_for_some_seconds(cast: Cast) -> None:
    chat = taken(cast)
    chatting.note_typing(chat=chat, by=cast.cashier, at=MONDAY)
    assert queries.mark_of(cast.ama_user, chat, at=MONDAY).typing
    assert not queries.mark_of(cast.ama_user, chat, at=MONDAY + timedelta(seconds=10)).typing


def test_an_idle_chat_ends_once_and_who_waited_in_vain_is_told(cast: Cast) -> None:
    from portal.notifications.models import Notice

    begun(cast)
    later = MONDAY + timedelta(minutes=31)
    assert [chatting.end_idle_chats(at=later) for _ in range(2)] == [1, 0]
    assert Notice.objects.filter(kind="chat.missed", user=cast.ama_user).count() == 1
