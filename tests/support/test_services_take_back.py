"""Taking back what one has just sent: a short while, one's own, unanswered; then nobody reads it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.base.errors import Refused
from portal.support import queries, services
from portal.support.models import Message, Ticket
from portal.support.papers import thread_pdf
from tests.cast import NOW, Cast
from tests.support.desk import answered, written
from tests.support.test_pages import Browser

pytestmark = pytest.mark.django_db
SLIP = "Your balance is 99 and your neighbour's is 3"


@pytest.fixture
def slip(cast: Cast) -> Message:
    message: Message = answered(written(cast), cast.cashier, SLIP)
    return message


def test_nobody_reads_it_any_more_and_it_is_a_draft_again(cast: Cast, client_for: Browser, slip: Message) -> None:
    services.take_back(message=slip, by=cast.cashier, at=NOW + timedelta(seconds=90))
    page = client_for(cast.ama_user).get(reverse("help_detail", args=[slip.ticket_id])).content.decode()
    assert SLIP[:15] not in page
    assert "Taken back." in page
    assert not any(
        SLIP in turn.text for turn in thread_pdf(by=cast.manager, at=NOW, ticket=str(slip.ticket_id)).context["turns"]
    )
    assert queries.draft_of(slip.ticket, cast.cashier) == SLIP


def test_it_is_taken_back_by_its_button_once(cast: Cast, client_for: Browser, slip: Message) -> None:
    url = reverse("thread_take_back", args=[slip.ticket_id, slip.turn])
    assert client_for(cast.rival_cashier).post(url).status_code == 404
    first = services.take_back(message=slip, by=cast.cashier, at=NOW)
    assert services.take_back(message=slip, by=cast.cashier, at=NOW).pk == first.pk


@pytest.mark.parametrize(("minutes", "who"), [(2, "cashier"), (0, "manager"), (0, "ama_user")])
def test_late_or_anothers_it_stays(cast: Cast, slip: Message, minutes: int, who: str) -> None:
    with pytest.raises(Refused):
        services.take_back(message=slip, by=getattr(cast, who), at=NOW + timedelta(minutes=minutes))


def test_answered_it_stays(cast: Cast, slip: Message) -> None:
    answered(Ticket.objects.get(pk=slip.ticket_id), cast.ama_user, "Whose?")
    with pytest.raises(Refused, match="after it"):
        services.take_back(message=slip, by=cast.cashier, at=NOW)


def test_what_a_ticket_began_with_stays(cast: Cast) -> None:
    first = written(cast).messages.get()
    with pytest.raises(Refused):
        services.take_back(message=first, by=cast.ama_user, at=NOW)


def test_the_clock_of_the_first_reply_runs_on(cast: Cast) -> None:
    complaint = written(cast, "charges")
    slip = answered(complaint, cast.manager, SLIP)
    services.take_back(message=slip, by=cast.manager, at=NOW)
    complaint.refresh_from_db()
    found = queries.complaint_of(complaint)
    assert (complaint.replied_at, complaint.state, found and found.acknowledged_at) == (None, "open", None)
