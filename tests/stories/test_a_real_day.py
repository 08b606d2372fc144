"""One real day: a cashier's drawer, a member's money, the worker's interest and an auditor's proof, page by page."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from portal.base.keys import new_key
from portal.documents.models import Document
from portal.documents.queries import pdf_available
from portal.ledger.models import Entry
from tasks import runner
from tasks.tasks import AFTER_DRAIN, HANDLERS
from tests.books import old_days, pay_in
from tests.cast import Cast
from tests.stories.person import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(cast: Cast) -> Iterator[Cast]:
    """Ama has had 3,000.00 since the first of October, so that October bears interest: 11.47 at 4.50 %."""
    with old_days(cast.north, date(2026, 10, 1)):
        pay_in(cast.ama_savings, "3000.00", day=date(2026, 10, 1), memo="Harvest")
    yield cast
    # The database is made anew after a test that commits, which cuts the queue's own connection.
    settings.HUEY.storage.close()


def the_worker_works() -> None:
    """What a running worker does within a second: the jobs that wait, then the seals."""
    runner.drain(HANDLERS)
    runner.call_each(AFTER_DRAIN)


def test_a_real_day(company: Cast) -> None:
    cashier = Person(company.cashier)
    hand_out_the_float(Person(company.manager), company)
    open_the_drawer(cashier)
    deposit = serve(cashier, company, "d", "Deposit", amount="250", note_20000="1", note_5000="1")
    withdrawal = serve(cashier, company, "w", "Pay out", amount="120", note_10000="1", note_2000="1", identity="on")
    take_receipts(cashier, company, [deposit, withdrawal])

    ama = Person(company.ama_user)
    see_both(ama, deposit, withdrawal)
    transfer = send_to_kofi(ama, company)
    Person(company.kofi_user).opens("/").sees("Transfer from Ama Mensah", "+75.50")
    statement_agrees(ama, company)

    close_the_drawer(cashier)
    post_interest(company)
    ama.opens(f"/accounts/{company.ama_savings.number}/").sees("Interest", "11.47")

    auditor = Person(company.auditor)
    prove_the_books(auditor)
    export_the_journal(auditor, [deposit, withdrawal, transfer])
    books_are_whole()


def hand_out_the_float(manager: Person, company: Cast) -> None:
    """Who keeps the vault counts out a thousand; it stays the vault's until the cashier has counted it too."""
    notes = {"note_20000": "4", "note_10000": "1", "note_5000": "1", "note_2000": "2", "note_1000": "1"}
    manager.opens("/vault/").follows("Hand cash to a drawer")
    manager.presses("Hand over", drawer=str(company.drawer.pk), **notes).sees("Handed to Drawer 1")


def open_the_drawer(cashier: Person) -> None:
    cashier.opens("/").sees("You have no drawer open").follows("Open a drawer")
    cashier.presses("Open the drawer", note_20000="4", note_10000="1", note_5000="1", note_2000="2", note_1000="1")
    cashier.opens("/").sees("Drawer 1", "Movements so far 0").misses("1,000.00")


def serve(cashier: Person, company: Cast, command: str, button: str, **typed: str) -> str:
    """Find Ama by her number, serve her, and return the reference of what was posted."""
    cashier.opens(f"/counter/?q={command}+102345").sees("Ama Mensah")
    cashier.presses(button, account=company.ama_savings.number, **typed).sees("Posted")
    return re.search(r"done=(\d{12})", cashier.address)[1]  # type: ignore[index]  # the address of what was done


def take_receipts(cashier: Person, company: Cast, references: list[str]) -> None:
    """Both receipts on the screen; as paper where this machine can draw PDF."""
    deposit, withdrawal = references
    cashier.opens(f"/receipts/{deposit}/").sees("Deposit", "250.00", "two hundred and fifty", "Akua Cashier")
    cashier.opens(f"/receipts/{withdrawal}/").sees("Withdrawal", "120.00")
    if pdf_available():
        for size in ("80mm", "a4"):
            cashier.opens(f"/receipts/{deposit}/")
            cashier.client.post(reverse("receipt_pdf", args=[deposit]), {"key": new_key(), "size": size})
        the_worker_works()
        papers = [bytes(paper.content.body) for paper in Document.objects.filter(owner=company.cashier)]
        assert [paper[:5] for paper in papers] == [b"%PDF-", b"%PDF-"]


def see_both(ama: Person, deposit: str, withdrawal: str) -> None:
    ama.opens("/").sees("Cash paid in", "+250.00", "Cash paid out", "−120.00")
    for reference in (deposit, withdrawal):
        ama.opens(f"/receipts/{reference}/").sees(" ".join([reference[:4], reference[4:8], reference[8:]]))


def send_to_kofi(ama: Person, company: Cast) -> str:
    """Three pages: to whom, how much, check. The holder's name is shown before anything moves."""
    ama.opens("/transfers/new/")
    ama.presses("Continue", source=company.ama_savings.number, to="other", number=company.kofi_savings.number)
    ama.sees("Kofi Boateng").presses("Continue", amount="75.50", memo="Yams")
    ama.sees("Check before you send", "Kofi Boateng", "4,054.50").presses("Send")
    return re.search(r"/receipts/(\d{12})/", ama.sees("75.50", "Transfer").address)[1]  # type: ignore[index]


def statement_agrees(ama: Person, company: Cast) -> None:
    """November's statement as a file: the running balance ends at what the books hold."""
    number = company.ama_savings.number
    response = ama.client.get(f"/accounts/{number}/statements/2026-11-01/2026-11-21/files/csv/")
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode())))
    company.ama_savings.ledger_account.balance.refresh_from_db()
    held = company.ama_savings.ledger_account.balance.balance_minor
    assert [row["amount"] for row in rows if row["posting_id"]][-3:] == ["250.00", "-120.00", "-75.50"]
    assert held == 405_450
    assert "4054.50" in rows[-1].values()


def close_the_drawer(cashier: Person) -> None:
    """A blind count that is right closes at once, with a numbered report."""
    cashier.opens("/counter/close/").misses("1,130.00")
    cashier.presses("Hand in the count", note_20000="5", note_5000="2", note_2000="1", note_1000="1").sees("Z")
    cashier.opens("/").sees("You have no drawer open")


def post_interest(company: Cast) -> None:
    operations = Person(company.operations_manager).opens("/interest/").sees("October 2026")
    operations.presses("Post")
    the_worker_works()
    operations.opens("/interest/").sees("11.47")


def prove_the_books(auditor: Person) -> None:
    auditor.opens("/").sees("They agree in GHS")
    auditor.opens("/reports/trial-balance/").sees("Debits and credits agree: difference")


def export_the_journal(auditor: Person, references: list[str]) -> None:
    for form in ("hledger", "beancount", "csv"):
        answer = auditor.client.post("/reports/journal-export/", {"form": form, "until": "2026-11-21"})
        body = answer.getvalue().decode()
        assert [reference for reference in references if reference not in body] == []


def books_are_whole() -> None:
    """Every entry is sealed, every currency sums to nothing, every balance is the sum of its postings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT sum(amount) FROM chk_posting), (SELECT count(*) FROM ledger_unsealed)")
        assert cursor.fetchone() == (0, 0)
        cursor.execute(
            "SELECT count(*) FROM chk_account AS a WHERE a.balance <> "
            "(SELECT coalesce(sum(p.amount), 0) FROM chk_posting AS p WHERE p.account_id = a.id)"
        )
        assert cursor.fetchone() == (0,)
    assert Entry.objects.filter(seal=None).count() == 0
