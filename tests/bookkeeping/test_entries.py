"""Entries by hand: asked for, approved, posted once; what may not be posted by hand; templates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from portal.access.roles import Role
from portal.approvals.models import Request
from portal.approvals.services import decide
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.bookkeeping import services
from portal.bookkeeping.models import EntryTemplate
from portal.bookkeeping.services import ByHand
from portal.ledger.chart import branch_account
from portal.ledger.models import Entry, EntryKind, Side
from portal.ledger.queries import balance_at
from portal.ledger.services import close_period
from tests.cast import TODAY, Cast, ghs, make_user

SignIn = Callable[..., Client]
PAGE = "/books/entries/new/"
RENT = (ByHand("5100", Side.DEBIT, ghs("300.00")), ByHand("1910", Side.CREDIT, ghs("300.00")))


def _asked(cast: Cast, *lines: ByHand, **more: Any) -> Request:
    given = {"kind": EntryKind.MANUAL, "memo": "Rent", "value_date": None, "key": new_key(), "by": cast.manager}
    return services.ask_for_entry(branch=cast.north, lines=lines or RENT, at=now(), **{**given, **more})


def test_nothing_posts_until_a_second_person_approves(cast: Cast) -> None:
    asked = _asked(cast)
    assert not Entry.objects.filter(kind=EntryKind.MANUAL).exists()
    decide(request=asked, approve=True, by=cast.operations_manager, at=now())
    entry = Entry.objects.get(kind=EntryKind.MANUAL)
    assert (entry.actor, entry.memo, entry.business_date) == (cast.manager, "Rent", TODAY)
    assert balance_at(branch_account(cast.north.pk, "5100"), TODAY) == ghs("300.00")


def test_the_asker_does_not_decide(cast: Cast) -> None:
    asked = _asked(cast, by=cast.operations_manager)
    with pytest.raises(Refused):
        decide(request=asked, approve=True, by=cast.operations_manager, at=now())
    with pytest.raises(Refused):
        decide(request=asked, approve=True, by=cast.manager, at=now())
    assert not Entry.objects.filter(kind=EntryKind.MANUAL).exists()


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (RENT[:1], "lines"),
        ((RENT[0], ByHand("1910", Side.CREDIT, ghs("299.99"))), "unbalanced"),
        ((ByHand("2010", Side.DEBIT, ghs("1")), ByHand("1910", Side.CREDIT, ghs("1"))), "not_by_hand"),
        ((ByHand("1011", Side.DEBIT, ghs("1")), ByHand("1910", Side.CREDIT, ghs("1"))), "not_by_hand"),
        ((ByHand("nowhere", Side.DEBIT, ghs("1")), ByHand("1910", Side.CREDIT, ghs("1"))), "not_by_hand"),
    ],
)
def test_what_makes_no_entry_by_hand_is_refused(cast: Cast, lines: tuple[ByHand, ...], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        _asked(cast, *lines)
    assert refusal.value.code == code


def test_a_members_account_is_never_posted_by_hand(cast: Cast) -> None:
    lines = (ByHand(cast.ama_savings.number, Side.CREDIT, ghs("1")), ByHand("1910", Side.DEBIT, ghs("1")))
    with pytest.raises(Refused, match="takes no entries by hand"):
        _asked(cast, *lines)


def test_a_value_date_is_neither_ahead_nor_in_closed_books(cast: Cast) -> None:
    with pytest.raises(Refused, match="has not come"):
        _asked(cast, value_date=TODAY + timedelta(days=1))
    close_period(branch=cast.north, through=date(2026, 10, 31), by=None, at=now())
    with pytest.raises(Refused, match="closed through 31 Oct 2026"):
        _asked(cast, value_date=date(2026, 10, 31))


def test_books_closed_meanwhile_are_found_at_the_decision(cast: Cast) -> None:
    asked = _asked(cast, value_date=date(2026, 10, 31))
    close_period(branch=cast.north, through=date(2026, 10, 31), by=None, at=now())
    with pytest.raises(Refused, match="closed through"):
        decide(request=asked, approve=True, by=cast.operations_manager, at=now())
    assert not Entry.objects.filter(kind=EntryKind.MANUAL).exists()


def _kept(cast: Cast) -> EntryTemplate:
    return services.make_template(name="Rent", memo="Rent", lines=RENT, by=cast.operations_manager, at=now())


def _form(*lines: tuple[str, str, str], **more: str) -> dict[str, str]:
    data = {"kind": "manual", "memo": "Rent of November", "value_date": "", "key": new_key()}
    data |= {"form-TOTAL_FORMS": str(len(lines)), "form-INITIAL_FORMS": "0"}
    for number, (account, debit, credit) in enumerate(lines):
        data |= {f"form-{number}-account": account, f"form-{number}-debit": debit, f"form-{number}-credit": credit}
    return data | more


def test_a_manager_types_an_entry_and_it_waits(cast: Cast, client_for: SignIn) -> None:
    answer = client_for(cast.manager).post(PAGE, _form(("5100", "300", ""), ("1910", "", "300"), ("", "", "")))
    assert answer.status_code == 303
    summary = Request.objects.get(act="manual_entry").summary
    assert summary.startswith("Manual entry of GHS")
    assert summary.endswith("300.00 at branch 01: Rent of November")


def test_sides_that_differ_are_told_and_nothing_typed_is_lost(cast: Cast, client_for: SignIn) -> None:
    answer = client_for(cast.manager).post(PAGE, _form(("5100", "300", ""), ("1910", "", "200")))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "they differ by" in text
    assert 'value="Rent of November"' in text
    assert 'value="200"' in text


def test_an_amount_needs_an_account_and_one_side(cast: Cast, client_for: SignIn) -> None:
    text = client_for(cast.manager).post(PAGE, _form(("", "300", ""), ("1910", "1", "2"))).content.decode()
    assert "Choose the account of this amount." in text
    assert "A line has one side: debit or credit." in text


def test_more_lines_keep_what_was_typed(cast: Cast, client_for: SignIn) -> None:
    text = client_for(cast.manager).post(PAGE, _form(("5100", "300", ""), more="1")).content.decode()
    assert text.count('aria-label="Account, line') == 5
    assert 'value="300"' in text


@pytest.mark.parametrize("rows", ["x", "-1", "999999999", ""])
def test_a_form_that_lies_about_its_rows_breaks_nothing(cast: Cast, client_for: SignIn, rows: str) -> None:
    data = _form(("5100", "300", ""), ("1910", "", "300")) | {"form-TOTAL_FORMS": rows}
    assert client_for(cast.manager).post(PAGE, data).status_code == 422
    assert client_for(cast.manager).post(PAGE, data | {"more": "1"}).status_code == 200


def test_a_manager_writes_in_the_own_branch_alone(cast: Cast, client_for: SignIn) -> None:
    assert client_for(cast.manager).get(f"{PAGE}?branch=02").status_code == 404
    assert client_for(cast.cashier).get(PAGE).status_code == 403


def test_a_template_fills_the_lines_in(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.operations_manager)
    lines = _form(("5100", "300", ""), ("1910", "", "300"))
    assert (
        client.post("/books/templates/new/", lines | {"name": "Rent", "memo": "Rent of the month"}).status_code == 303
    )
    template = EntryTemplate.objects.get()
    text = client.get(f"{PAGE}?template={template.pk}&branch=02").content.decode()
    assert 'value="300.00"' in text
    assert '<option value="5100" selected>' in text
    assert 'value="Rent of the month"' in text


def test_two_templates_in_use_have_two_names(cast: Cast) -> None:
    first = _kept(cast)
    with pytest.raises(Refused, match="Another template has this name"):
        _kept(cast)
    services.retire_template(template=first, by=cast.operations_manager, at=now())
    assert _kept(cast).pk != first.pk


def test_a_retired_template_is_not_there(cast: Cast, client_for: SignIn) -> None:
    template = _kept(cast)
    client = client_for(cast.operations_manager)
    assert client.post(f"/books/templates/{template.pk}/retire/").status_code == 303
    assert client.get(f"{PAGE}?template={template.pk}").status_code == 404
    assert client.get(f"{PAGE}?template=１").status_code == 404


def test_another_operations_manager_may_approve(cast: Cast) -> None:
    asked = _asked(cast, by=cast.operations_manager)
    decide(request=asked, approve=True, by=make_user(Role.OPERATIONS_MANAGER, "Second Operations"), at=now())
    assert Entry.objects.filter(kind=EntryKind.MANUAL).count() == 1
