"""Filters that people keep: their own, under a name, of lists that there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from portal.base.errors import Refused
from portal.filters.models import SavedFilter
from portal.filters.queries import plain_query
from portal.filters.services import MOST, forget_filter
from tests.cast import NOW, Cast
from tests.filters.keeping import kept_filter

pytestmark = pytest.mark.django_db
Browser = Callable[..., Client]


def test_what_is_empty_or_passes_is_no_part_of_a_filter() -> None:
    assert plain_query("view=mine&q=&page=3&since=9&kind=complaint") == "kind=complaint&view=mine"


def test_the_same_name_again_replaces_it(cast: Cast) -> None:
    kept_filter(cast.cashier)
    kept_filter(cast.cashier, query="view=due")
    assert SavedFilter.objects.get().query == "view=due"


@pytest.mark.parametrize(("name", "query"), [(" ", "view=mine"), ("All", "page=2"), ("Long", "q=" + "x" * 600)])
def test_nothing_is_not_kept(cast: Cast, name: str, query: str) -> None:
    with pytest.raises(Refused):
        kept_filter(cast.cashier, name=name, query=query)


def test_not_more_than_a_few_of_one_list(cast: Cast) -> None:
    for number in range(MOST):
        kept_filter(cast.cashier, name=f"No. {number}")
    with pytest.raises(Refused, match="Forget one"):
        kept_filter(cast.cashier, name="One more")
    assert kept_filter(cast.manager).pk


def test_one_is_shown_ones_own_and_leads_back_to_the_list(cast: Cast, client_for: Browser) -> None:
    values = {"place": "ticket_queue", "name": "Complaints", "query": "view=all&kind=complaint&page=2"}
    answer = client_for(cast.cashier).post(reverse("filter_keep"), values)
    assert answer.headers["Location"] == f"{reverse('ticket_queue')}?kind=complaint&view=all"
    assert "Complaints</a>" in client_for(cast.cashier).get(reverse("ticket_queue")).content.decode()
    assert "Complaints</a>" not in client_for(cast.manager).get(reverse("ticket_queue")).content.decode()


def test_a_place_that_is_no_list_leads_home(cast: Cast, client_for: Browser) -> None:
    for place in ("https://evil.example", "ticket_detail", "nowhere"):
        values = {"place": place, "name": "x", "query": "view=mine"}
        answer = client_for(cast.cashier).post(reverse("filter_keep"), values)
        assert answer.headers["Location"] == reverse("home")
    assert not SavedFilter.objects.exists()


def test_nobody_forgets_anothers(cast: Cast, client_for: Browser) -> None:
    kept = kept_filter(cast.cashier)
    with pytest.raises(Refused):
        forget_filter(kept=kept, by=cast.manager, at=NOW)
    assert client_for(cast.manager).post(reverse("filter_forget", args=[kept.pk])).status_code == 404
    assert client_for(cast.cashier).post(reverse("filter_forget", args=[kept.pk])).status_code == 303
    assert not SavedFilter.objects.exists()
