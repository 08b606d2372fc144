"""What a receipt says for each kind of movement, who may see it, and whether a paper is genuine."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import Http404

from portal.access.roles import Role
from portal.base.keys import new_key
from portal.deposits import receipts
from portal.deposits.movements import movements
from portal.deposits.services import charge_fee, pay_cash, receive_cash, transfer
from portal.documents.plan import Paper
from portal.ledger.chart import EXTERNAL, branch_account
from portal.ledger.models import Entry, EntryKind, Posting
from portal.ledger.services import NewEntry, Posted, credit, debit, post, reverse_entry
from portal.people.models import User
from tests.cast import NOW, Cast, ghs, new_terms, open_drawer

pytestmark = pytest.mark.django_db


@pytest.fixture
def deposit(cast: Cast) -> Posted:
    open_drawer(cast.drawer, cast.cashier)
    cash = cast.drawer.ledger_account
    return receive_cash(
        account=cast.ama_savings,
        amount=ghs("250.00"),
        cash=cash,
        branch=cast.north,
        key=new_key(),
        memo="Market day",
        by=cast.cashier,
        at=NOW,
    )


@pytest.fixture
def sent(cast: Cast) -> Posted:
    """Ama sends Kofi 40.00."""
    source, target = cast.ama_savings, cast.kofi_savings
    return transfer(source=source, target=target, amount=ghs("40.00"), key=new_key(), by=cast.ama_user, at=NOW)


def of(posted: Posted) -> receipts.Receipt:
    return receipts.receipt_of(Entry.objects.get(pk=posted.entry_id))


def test_a_deposit(cast: Cast, deposit: Posted) -> None:
    receipt = of(deposit)
    assert (receipt.title, receipt.amount, receipt.fee) == ("Deposit", ghs("250.00"), None)
    assert (receipt.source, receipt.target) == (None, cast.ama_savings)
    assert (receipt.place, receipt.served_by, receipt.branch) == ("Drawer 1", "Akua Cashier", "North")


def test_a_withdrawal_shows_its_fee_apart(cast: Cast, deposit: Posted) -> None:
    new_terms(cast.savings, withdrawal_fee_minor=150)
    cash = cast.drawer.ledger_account
    posted = pay_cash(
        account=cast.ama_savings,
        amount=ghs("100.00"),
        cash=cash,
        branch=cast.north,
        key=new_key(),
        by=cast.cashier,
        at=NOW,
    )
    receipt = of(posted)
    assert (receipt.amount, receipt.fee, receipt.source) == (ghs("100.00"), ghs("1.50"), cast.ama_savings)


def test_a_transfer_names_both_and_no_drawer(cast: Cast, sent: Posted) -> None:
    receipt = of(sent)
    assert (receipt.amount, receipt.source, receipt.target) == (ghs("40.00"), cast.ama_savings, cast.kofi_savings)
    assert (receipt.place, receipt.served_by) == ("", "")


def test_a_transfer_between_branches_leaves_clearing_out(cast: Cast) -> None:
    source, target = cast.ama_savings, cast.outsider_savings
    posted = transfer(source=source, target=target, amount=ghs("40.00"), key=new_key(), by=cast.ama_user, at=NOW)
    assert Posting.objects.filter(entry_id=posted.entry_id).count() == 4
    assert (of(posted).amount, of(posted).place) == (ghs("40.00"), "")


@pytest.mark.parametrize(("out", "title"), [(True, "To another bank"), (False, "From another bank")])
def test_a_payment_names_the_other_bank_and_no_drawer(cast: Cast, out: bool, title: str) -> None:
    own, other = cast.ama_savings.ledger_account, branch_account(cast.north.pk, EXTERNAL)
    given, taken = (own, other) if out else (other, own)
    lines = [debit(given, ghs("40.00")), credit(taken, ghs("40.00"))]
    entry = NewEntry(kind=EntryKind.PAYMENT, branch=cast.north, lines=lines, key=new_key(), memo="Rent")
    posted = post(entry, by=cast.ama_user, at=NOW)
    assert (of(posted).title, of(posted).place, of(posted).amount) == (title, "", ghs("40.00"))
    assert [line.title for line in movements(cast.ama_savings, limit=1)] == [title]
    assert len(movements(cast.ama_savings, kind=EntryKind.PAYMENT)) == 1


def test_a_fee(cast: Cast) -> None:
    account, amount = cast.ama_savings, ghs("5.00")
    posted = charge_fee(account=account, amount=amount, reason="Letter", key=new_key(), by=cast.manager, at=NOW)
    assert (of(posted).amount, of(posted).fee, of(posted).source) == (amount, None, account)


def test_what_was_reversed_says_so_on_both_papers(cast: Cast, deposit: Posted) -> None:
    entry = Entry.objects.get(pk=deposit.entry_id)
    reversal = reverse_entry(
        entry=entry, reason="Typed wrongly", key=new_key(), channel="counter", by=cast.cashier, at=NOW
    )
    assert of(deposit).reversed_by == reversal.reference
    assert (of(reversal).title, of(reversal).reverses) == ("Reversal", deposit.reference)


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.CASHIER, Role.MANAGER, Role.OPERATIONS_MANAGER, Role.AUDITOR])
def test_who_sees_a_receipt(cast: Cast, deposit: Posted, role: Role) -> None:
    assert receipts.receipt_for(cast.of_role(role), deposit.reference).amount == ghs("250.00")


@pytest.mark.parametrize(
    "stranger",
    [
        lambda cast: cast.kofi_user,
        lambda cast: cast.outsider_user,
        lambda cast: cast.rival_cashier,
        lambda cast: cast.rival_manager,
        lambda cast: cast.mobile_banker,
        lambda cast: cast.administrator,
    ],
)
def test_nobody_else_does(cast: Cast, deposit: Posted, stranger: Callable[[Cast], User]) -> None:
    with pytest.raises(Http404):
        receipts.receipt_for(stranger(cast), deposit.reference)


def test_both_sides_of_a_transfer_see_it(cast: Cast, sent: Posted) -> None:
    for user in (cast.ama_user, cast.kofi_user):
        assert receipts.receipt_for(user, sent.reference).reference == sent.reference


def test_the_float_of_a_drawer_has_no_receipt(cast: Cast, deposit: Posted) -> None:
    float_entry = Entry.objects.get(kind=EntryKind.VAULT)
    with pytest.raises(Http404):
        receipts.receipt_for(cast.operations_manager, float_entry.reference)


def test_a_genuine_paper_is_known_however_it_is_typed(deposit: Posted) -> None:
    code = of(deposit).code
    spaced = f"{code[:4]} {code[4:8]}-{code[8:].lower()}"
    found = receipts.genuine(f"{deposit.reference[:4]} {deposit.reference[4:]}", spaced)
    assert found is not None
    assert found.amount == ghs("250.00")


def test_a_wrong_code_or_reference_is_not(deposit: Posted, sent: Posted) -> None:
    assert receipts.genuine(deposit.reference, of(sent).code) is None
    assert receipts.genuine(deposit.reference, "") is None
    assert receipts.genuine("100000000000", of(deposit).code) is None
    assert receipts.genuine(deposit.reference, "é" * 12) is None


@pytest.mark.parametrize(("size", "paper"), [("80mm", Paper.RECEIPT), ("a4", Paper.A4)])
def test_the_plan_of_a_pdf(cast: Cast, deposit: Posted, size: str, paper: Paper) -> None:
    plan = receipts.receipt_pdf(by=cast.ama_user, at=NOW, reference=deposit.reference, size=size)
    assert (plan.paper, plan.subject) == (paper, cast.ama_savings.number)
    assert plan.filename == f"receipt-{deposit.reference}-{size}.pdf"


def test_nobody_has_anothers_receipt_made(cast: Cast, deposit: Posted) -> None:
    with pytest.raises(Http404):
        receipts.receipt_pdf(by=cast.kofi_user, at=NOW, reference=deposit.reference, size="a4")
