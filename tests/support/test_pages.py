"""The pages of the desk and of customers: nothing stored runs, nothing internal is told, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from portal.base.keys import new_key
from portal.deposits.models import Product
from portal.support import services
from portal.support.models import Category, Ticket
from portal.support.services.common import note_change
from tests.cast import NOW, Cast, make_account, make_product
from tests.support.desk import answered, written

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]
HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)> javascript:alert(1) http://evil.example/"onclick="x'
SECRET = "She is difficult"


def test_what_customers_write_never_runs(cast: Cast, client_for: Browser) -> None:
    ticket = written(cast, subject=HOSTILE[:100], text=HOSTILE)
    for user, name in ((cast.ama_user, "help_detail"), (cast.cashier, "ticket_detail")):
        text = client_for(user).get(reverse(name, args=[ticket.pk])).content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert 'href="javascript' not in text
        assert 'rel="nofollow"' in text


def test_no_page_of_a_customer_holds_a_note(cast: Cast, client_for: Browser) -> None:
    ticket = written(cast)
    services.write_note(ticket=ticket, text=SECRET, key="1", by=cast.cashier, at=NOW)
    client = client_for(cast.ama_user)
    for url in (reverse("help_list"), reverse("help_detail", args=[ticket.pk]), reverse("notice_list")):
        assert SECRET not in client.get(url).content.decode()
    staff = client_for(cast.cashier).get(reverse("ticket_detail", args=[ticket.pk])).content.decode()
    assert SECRET in staff
    assert "message-internal" in staff


def test_the_movement_fills_its_reference_in(cast: Cast, client_for: Browser) -> None:
    number = cast.ama_savings.number
    url = f"{reverse('help_new')}?kind=complaint&account={number}&reference=123456789012"
    text = client_for(cast.ama_user).get(url).content.decode()
    assert 'value="123456789012"' in text
    assert f'value="{cast.ama_savings.pk}" selected' in text
    other = client_for(cast.ama_user).get(f"{reverse('help_new')}?account={cast.kofi_savings.number}").content.decode()
    assert f'value="{cast.kofi_savings.pk}"' not in other


def test_the_words_of_the_law_stand_once(cast: Cast, client_for: Browser) -> None:
    text = client_for(cast.ama_user).get(f"{reverse('help_new')}?kind=complaint").content.decode()
    legal = Category.objects.filter(kind="complaint").exclude(legal_text="").values_list("legal_text", flat=True)
    assert legal.count() > 1
    assert [text.count(escape(words)) for words in set(legal)] == [1]


def test_a_stale_reply_shows_what_was_said_above_the_draft(cast: Cast, client_for: Browser) -> None:
    ticket = written(cast)
    answered(ticket, cast.manager, "I was faster")
    client = client_for(cast.cashier)
    sent = {"key": new_key(), "turns": 1, "text": "My long answer"}
    response = client.post(reverse("ticket_reply", args=[ticket.pk]), sent)
    text = response.content.decode()
    assert response.status_code == 409
    assert text.index("I was faster") < text.index("My long answer")
    again = {"key": new_key(), "turns": 2, "text": "My long answer"}
    assert client.post(reverse("ticket_reply", args=[ticket.pk]), again).status_code == 303


def test_several_at_once_go_on_where_one_is_refused(cast: Cast, client_for: Browser) -> None:
    one, two = written(cast), written(cast, "charges")
    chosen = {"key": new_key(), "ticket": [str(one.pk), str(two.pk)], "act": "close"}
    response = client_for(cast.manager).post(reverse("ticket_bulk"), chosen, follow=True)
    assert sorted(Ticket.objects.values_list("state", flat=True)) == ["closed", "new"]
    assert "A complaint needs its final answer first" in response.content.decode()


def test_staff_write_down_what_a_customer_says(cast: Cast, client_for: Browser) -> None:
    client = client_for(cast.cashier)
    url = f"{reverse('ticket_new')}?number={cast.ama.number}&kind=request"
    page = client.get(url)
    category = page.context["form"].fields["category"].queryset.get(code="card")
    given = {"key": new_key(), "category": category.pk, "subject": "A card", "text": "She wants a card."}
    assert client.post(url, given).status_code == 303
    assert Ticket.objects.get().raised_by == cast.cashier
    assert client.get(f"{reverse('ticket_new')}?number={cast.outsider.number}&kind=request").status_code == 422


def test_the_register_of_complaints_is_disarmed(cast: Cast, client_for: Browser) -> None:
    written(cast, "charges", subject="=1+1")
    response = client_for(cast.auditor).get(reverse("complaint_csv"), {"start": "2026-11-01", "end": "2026-11-30"})
    rows = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(rows) == 2
    assert rows[1].startswith("C-000001,01,Charges and interest,2026-11-21T10:00:00Z,2026-11-26,")


def test_redress_goes_into_everyday_accounts_and_no_cause_stands_by_itself(cast: Cast, client_for: Browser) -> None:
    complaint, manager = written(cast, "charges"), client_for(cast.manager)
    shares = make_account(cast.ama, make_product("03", "Member shares", Product.Kind.SHARES))
    offered = manager.get(reverse("complaint_redress", args=[complaint.pk])).content.decode()
    assert cast.ama_savings.last_four in offered
    assert f'value="{shares.pk}"' not in offered
    url = reverse("complaint_settle", args=[complaint.pk])
    answer = manager.post(url, {"outcome": "upheld", "cause": "", "finding": "So it was."})
    assert answer.status_code == 422
    assert "Choose one" in answer.content.decode()


def test_a_letter_asked_for_after_a_redress_is_another(cast: Cast, client_for: Browser) -> None:
    complaint, manager = written(cast, "charges"), client_for(cast.manager)
    url, asked = reverse("thread_pdf", args=[complaint.pk]), {"what": "letter"}
    first = manager.post(url, asked).headers["Location"]
    assert manager.post(url, asked).headers["Location"] == first
    note_change(complaint, "redress", "", "GHS 12.50 paid", by=cast.operations_manager, at=NOW)
    assert manager.post(url, asked).headers["Location"] != first
