"""What is approved is an offer on paper for so many days; then it lapses and guarantors are free."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import Http404
from django.test import Client

from portal.base.errors import Refused
from portal.deposits.queries import funds_of
from portal.loans import queries, services
from portal.loans.models import Acceptance, Loan
from portal.loans.papers import kinds_for, loan_pdf
from portal.notifications.models import Notice
from tests.cast import NOW, TODAY, Cast, ghs
from tests.loans.lending import application, approved, fresh, go_to, handed_in, lend, moment

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]
LAST = TODAY + timedelta(days=10)


def offered(cast: Cast, **granted: Any) -> Loan:
    return approved(cast, application(cast, lend(offer_days=10, fee_bps=100)), accepts=False, **granted)


def accept(cast: Cast, loan: Loan, **more: Any) -> Acceptance:
    values: dict[str, Any] = {"by": cast.ama_user, "at": NOW}
    return services.accept_offer(loan=loan, **values | more)


def guaranteed(cast: Cast) -> Loan:
    """Offered, with 300.00 of Kofi's savings held for it."""
    loan = application(cast, lend(offer_days=10))
    asked = services.name_guarantor(loan=loan, customer=cast.kofi, amount=ghs("300"), by=cast.ama_user, at=NOW)
    handed_in(loan)
    services.accept_guarantee(guarantor=asked, account=cast.kofi_savings, by=cast.kofi_user, at=NOW)
    return approved(cast, fresh(loan), accepts=False)


def lapse(cast: Cast, day: date) -> int:
    go_to(cast.north, day, works=False)
    return services.lapse_offers(branch=cast.north, at=moment(day))


def test_the_letter_tells_what_was_granted_and_until_when(cast: Cast) -> None:
    loan = offered(cast, amount=ghs("900"), instalments=3, rate_bps=1200, conditions=["Bring the invoice"])
    plan = loan_pdf(by=cast.ama_user, at=NOW, number=loan.number, kind="offer")
    told = plan.context
    assert (told["ends"], told["rate"], told["fee"]) == (LAST, "12 %", ghs("9"))
    assert told["instalment"] == ghs("306.02")
    assert told["cost"] == told["sums"]["interest"] + ghs("9")
    assert told["receives"] == ghs("891")
    assert [condition.text for condition in told["conditions"]] == ["Bring the invoice"]


def test_there_is_an_offer_only_while_it_stands(cast: Cast) -> None:
    loan = offered(cast)
    assert "offer" in dict(kinds_for(loan))
    accept(cast, loan)
    services.disburse(loan=loan, by=cast.manager, at=NOW)
    assert "offer" not in dict(kinds_for(fresh(loan)))
    with pytest.raises(Refused):
        loan_pdf(by=cast.ama_user, at=NOW, number=loan.number, kind="offer")


def test_nobody_reads_anothers_offer(cast: Cast, client_for: ClientFor) -> None:
    loan = offered(cast)
    with pytest.raises(Http404):
        loan_pdf(by=cast.kofi_user, at=NOW, number=loan.number, kind="offer")
    assert client_for(cast.kofi_user).post(f"/loans/{loan.number}/papers/offer/").status_code == 404


def test_the_page_tells_until_when_it_stands(cast: Cast, client_for: ClientFor) -> None:
    shown = client_for(cast.ama_user).get(f"/loans/{offered(cast).number}/").content.decode()
    assert "This offer stands until" in shown
    assert "1 Dec 2026" in shown


def test_on_its_last_day_it_is_paid_out_and_after_it_no_more(cast: Cast) -> None:
    loan = offered(cast)
    go_to(cast.north, LAST + timedelta(days=1), works=False)
    with pytest.raises(Refused, match="stood until 01 December 2026"):
        services.disburse(loan=fresh(loan), by=cast.manager, at=moment(LAST))


def test_it_lapses_the_day_after_once_and_is_told(cast: Cast) -> None:
    loan = offered(cast)
    assert [lapse(cast, LAST), lapse(cast, LAST + timedelta(days=1)), lapse(cast, LAST + timedelta(days=1))] == [
        0,
        1,
        0,
    ]
    held = fresh(loan)
    assert held.state == Loan.State.WITHDRAWN
    assert queries.offer_ends(held) is None
    assert "the offer is over" in Notice.objects.filter(user=cast.ama_user, kind="loan.decided").latest("pk").subject


def test_guarantors_are_free_when_it_lapses(cast: Cast) -> None:
    guaranteed(cast)
    assert funds_of(cast.kofi_savings).available == ghs("200")
    lapse(cast, LAST + timedelta(days=1))
    assert funds_of(cast.kofi_savings).available == ghs("500")


def test_what_it_would_be_shows_the_rate_that_was_granted(cast: Cast, client_for: ClientFor) -> None:
    loan = offered(cast, amount=ghs("900"), instalments=3, rate_bps=1200)
    lines = client_for(cast.ama_user).get(f"/loans/{loan.number}/schedule/").context["lines"]
    assert lines[0].total == ghs("306.02")


def test_nothing_is_paid_out_that_the_member_has_not_accepted(cast: Cast) -> None:
    loan = offered(cast)
    with pytest.raises(Refused, match="has not accepted"):
        services.disburse(loan=loan, by=cast.manager, at=NOW)
    made = accept(cast, loan)
    assert (made.way, made.on, made.by, made.version) == ("screen", TODAY, cast.ama_user, queries.versions_of(loan)[0])
    assert accept(cast, loan) == made
    services.disburse(loan=loan, by=cast.manager, at=NOW)
    assert accept(cast, fresh(loan)) == made


def test_only_the_member_accepts_on_screen_and_only_what_is_granted(cast: Cast) -> None:
    with pytest.raises(Refused, match="no offer"):
        accept(cast, application(cast, lend("Small", "72")))
    loan = offered(cast)
    with pytest.raises(Refused, match="Only the member"):
        accept(cast, loan, by=cast.manager)


def test_an_offer_that_is_over_is_not_accepted(cast: Cast) -> None:
    loan = offered(cast)
    go_to(cast.north, LAST + timedelta(days=1), works=False)
    with pytest.raises(Refused, match="stood until 01 December 2026"):
        accept(cast, fresh(loan))


def test_what_is_accepted_in_time_does_not_lapse_and_is_paid_out_later(cast: Cast) -> None:
    loan = offered(cast)
    accept(cast, loan)
    assert lapse(cast, LAST + timedelta(days=3)) == 0
    services.disburse(loan=fresh(loan), by=cast.manager, at=moment(LAST + timedelta(days=3)))
    assert fresh(loan).state == Loan.State.ACTIVE


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=1), LAST + timedelta(days=1)])
def test_a_letter_is_signed_after_the_offer_and_not_tomorrow(cast: Cast, day: date) -> None:
    with pytest.raises(Refused) as refusal:
        accept(cast, offered(cast), signed_on=day, by=cast.manager)
    assert refusal.value.field == "signed_on"


def test_on_paper_the_branch_notes_who_and_when(cast: Cast, client_for: ClientFor) -> None:
    loan = offered(cast)
    url = f"/loans/{loan.number}/review/signed/"
    assert client_for(cast.manager).post(url, {"signed_on": ""}).status_code == 422
    assert client_for(cast.manager).post(url, {"signed_on": f"{TODAY}"}).status_code == 303
    made = Acceptance.objects.get(loan=loan)
    assert (made.way, made.on, made.by) == ("paper", TODAY, cast.manager)


def test_a_member_accepts_on_the_page_once(cast: Cast, client_for: ClientFor) -> None:
    loan = offered(cast, conditions=["Bring the invoice"])
    client, url = client_for(cast.ama_user), f"/loans/{loan.number}/accept/"
    page = client.get(url).content.decode()
    assert "Bring the invoice" in page
    assert "1 Dec 2026" in page or "01 December 2026" in page
    assert client.post(url).status_code == 422
    assert not Acceptance.objects.exists()
    assert client.post(url, {"read": "on"}).status_code == 303
    assert client.post(url, {"read": "on"}).status_code == 303
    assert Acceptance.objects.count() == 1
    told = loan_pdf(by=cast.ama_user, at=NOW, number=loan.number, kind="offer").context
    assert told["accepted"] == Acceptance.objects.get()
