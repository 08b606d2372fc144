"""Trial balance, ledger, entry: who may see them, what they say, and that each number leads on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.access.roles import Role
from portal.audit.models import Event
from portal.ledger import chart
from portal.ledger.models import Entry
from portal.ledger.queries import balance_at
from portal.ledger.services import reverse_entry, seal, take_snapshots
from portal.reports import queries
from portal.reports.trial_balance import trial_balances
from tests.books import old_days, pay_in, pay_out, send
from tests.cast import NOW, TODAY, Cast, ghs, make_account, make_customer

SignIn = Callable[..., Client]
TRIAL_BALANCE = "/reports/trial-balance/"
READERS = {Role.MANAGER, Role.OPERATIONS_MANAGER, Role.AUDITOR}


@pytest.mark.parametrize("role", list(Role))
def test_who_may_read_the_books(cast: Cast, client_for: SignIn, role: Role) -> None:
    answer = client_for(cast.of_role(role)).get(TRIAL_BALANCE)
    assert answer.status_code == (200 if role in READERS else 403)


def test_without_a_sign_in_one_is_sent_to_it(cast: Cast, client: Client) -> None:
    assert client.get(TRIAL_BALANCE).headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("address", [TRIAL_BALANCE, f"{TRIAL_BALANCE}2010/", "/reports/trial-balance.csv"])
def test_the_books_are_only_read(cast: Cast, client_for: SignIn, address: str) -> None:
    assert client_for(cast.auditor).post(address).status_code == 405


def test_debits_and_credits_agree_and_the_page_says_so(cast: Cast, client_for: SignIn) -> None:
    pay_out(cast.ama_savings, "30.00", fee="1.00")
    text = client_for(cast.auditor).get(TRIAL_BALANCE).content.decode()
    assert "Debits and credits agree: difference" in text
    assert re.search(r"difference\s*<span class=\"money\">0.00</span>", text)
    assert "Provisional." in text


def test_members_accounts_are_one_line_with_their_sum(cast: Cast) -> None:
    rows = {row.code: row for row in trial_balances(TODAY, cast.north)[0].rows}
    assert rows["2010"].credit == ghs("1750.00")
    assert cast.ama_savings.number not in rows
    assert (rows["2000"].credit, rows["2000"].is_heading) == (ghs("1750.00"), True)


def test_all_branches_together_are_the_sum_of_each(cast: Cast) -> None:
    send(cast.ama_savings, cast.outsider_savings, "12.00")
    north, south, both = (trial_balances(TODAY, branch)[0] for branch in (cast.north, cast.south, None))
    for code in (chart.VAULT, chart.DEPOSITS, chart.CLEARING):
        nets = [_net(balance.rows, code) for balance in (north, south, both)]
        assert nets[0] + nets[1] == nets[2]
    assert _net(both.rows, chart.CLEARING) == 0
    assert [balance.difference for balance in (north, south, both)] == [ghs("0.00")] * 3


def _net(rows: list, code: str) -> int:  # type: ignore[type-arg]  # rows of the report
    row = next(row for row in rows if row.code == code)
    return (row.debit.minor if row.debit else 0) - (row.credit.minor if row.credit else 0)


def test_a_day_of_the_past_shows_the_past(cast: Cast) -> None:
    with old_days(cast.north, date(2026, 1, 1)):
        pay_in(cast.ama_savings, "70.00", day=date(2026, 1, 31))
    rows = {row.code: row for row in trial_balances(date(2026, 1, 31), cast.north)[0].rows}
    assert rows["2010"].credit == ghs("70.00")
    assert rows[chart.VAULT].debit == ghs("70.00")


@pytest.mark.parametrize("query", ["date=2026-11-22", "date=1492-10-12", "date=rubbish", "date=2026-02-29"])
def test_days_without_books_are_refused_in_words(cast: Cast, client_for: SignIn, query: str) -> None:
    answer = client_for(cast.auditor).get(f"{TRIAL_BALANCE}?{query}")
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


@pytest.mark.parametrize("path", ["", "2010/"])
def test_another_branch_is_not_there_for_a_manager(cast: Cast, client_for: SignIn, path: str) -> None:
    manager = client_for(cast.manager)
    assert manager.get(f"{TRIAL_BALANCE}{path}?branch=02").status_code == 404
    assert manager.get(f"{TRIAL_BALANCE}{path}?branch=01").status_code == 200
    assert manager.get(f"{TRIAL_BALANCE}{path}?branch=%00").status_code == 400


def test_from_the_trial_balance_to_the_document_in_three_clicks(cast: Cast, client_for: SignIn) -> None:
    posted = pay_in(cast.ama_savings, "5.00")
    client = client_for(cast.auditor)
    steps = [TRIAL_BALANCE]
    for wanted in (r"/reports/trial-balance/2010/\?[^\"]*", r"/reports/accounts/\d+/[^\"]*", r"/reports/entries/\d+/"):
        links = re.findall(rf'href="({wanted})"', client.get(steps[-1]).content.decode())
        steps.append(links[0].replace("&amp;", "&"))
    assert steps[-1] == f"/reports/entries/{posted.reference}/"
    assert "Deposit" in client.get(steps[-1]).content.decode()


def test_the_lines_behind_a_heading_sum_to_it(cast: Cast, client_for: SignIn) -> None:
    text = client_for(cast.auditor).get(f"{TRIAL_BALANCE}2010/").content.decode()
    assert "All 4 accounts" in text
    assert "2,050.00" in text


def test_the_csv_tells_headings_apart(cast: Cast, client_for: SignIn) -> None:
    answer = client_for(cast.manager).get("/reports/trial-balance.csv")
    lines = b"".join(answer.streaming_content).decode().split("\r\n")  # type: ignore[attr-defined]  # it streams
    assert "2000,Liabilities,yes,GHS,,1750.00" in lines
    assert "2010,Members' deposits,no,GHS,,1750.00" in lines
    assert Event.objects.filter(verb="trial balance downloaded", actor=cast.manager).count() == 1


def _number_of_queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_number_of_queries_does_not_follow_the_books(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.auditor)
    account = f"/reports/accounts/{cast.ama_savings.ledger_account_id}/"
    urls = (TRIAL_BALANCE, f"{TRIAL_BALANCE}2010/", account)
    before = [_number_of_queries(client, url) for url in urls]
    for number in range(3):
        pay_in(make_account(make_customer(f"Member {number}", cast.north), cast.savings), "1.00")
        pay_in(cast.ama_savings, "1.00")
    assert [_number_of_queries(client, url) for url in urls] == before


def test_a_ledger_is_read_to_its_end_page_by_page(
    cast: Cast, client_for: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_ROWS", 2)
    with old_days(cast.north, date(2026, 11, 1)):
        references = [pay_in(cast.ama_savings, "1.00", day=date(2026, 11, day)).reference for day in (3, 1, 2, 2)]
    wanted = [_opening_of(cast), references[0], references[3], references[2], references[1]]
    assert _read_all(client_for(cast.auditor), cast.ama_savings.ledger_account_id) == wanted


def _opening_of(cast: Cast) -> str:
    lines = queries.ledger_lines(cast.ama_savings.ledger_account, until=TODAY, since=TODAY)
    return lines[0].posting.entry.reference


def _read_all(client: Client, account_id: int) -> list[str]:
    url, found = f"/reports/accounts/{account_id}/", []
    address = url
    while address:
        text = client.get(address).content.decode()
        found += re.findall(r"/reports/entries/(\d+)/", text)
        older = re.search(r'rel="next"[^>]*href="([^"]+)"', text)
        address = url + older[1].replace("&amp;", "&") if older else ""
    return found


def test_a_hot_account_is_read_to_its_end_too(cast: Cast, client_for: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_ROWS", 2)
    references = [pay_out(cast.ama_savings, "1.00", fee="0.10").reference for _ in range(5)]
    fees = chart.branch_account(cast.north.pk, chart.FEE_INCOME)
    assert _read_all(client_for(cast.manager), fees.pk) == references[::-1]


def test_a_balance_is_the_same_with_and_without_snapshots(cast: Cast) -> None:
    with old_days(cast.north, date(2026, 11, 1)):
        pay_in(cast.ama_savings, "70.00", day=date(2026, 11, 2))
    account = cast.ama_savings.ledger_account
    days = (date(2026, 11, 1), date(2026, 11, 2), TODAY)
    before = [balance_at(account, day) for day in days]
    take_snapshots(branch=cast.north, day=date(2026, 11, 10))
    assert [balance_at(account, day) for day in days] == before == [ghs("0"), ghs("70.00"), ghs("1070.00")]


@pytest.mark.parametrize("after", ["rubbish", "2026-11-21_x", "2026-11-21", "2026-11-21_1_2", "9_9_9"])
def test_a_place_that_is_none_is_not_found(cast: Cast, client_for: SignIn, after: str) -> None:
    url = f"/reports/accounts/{cast.ama_savings.ledger_account_id}/?after={after}"
    assert client_for(cast.auditor).get(url).status_code == 404


def test_accounts_and_entries_of_another_branch_are_not_there(cast: Cast, client_for: SignIn) -> None:
    posted = pay_in(cast.outsider_savings, "5.00")
    manager = client_for(cast.manager)
    assert manager.get(f"/reports/accounts/{cast.outsider_savings.ledger_account_id}/").status_code == 404
    assert manager.get(f"/reports/entries/{posted.reference}/").status_code == 404
    assert client_for(cast.rival_manager).get(f"/reports/entries/{posted.reference}/").status_code == 200


def test_an_entry_between_branches_names_the_other_side_without_its_holder(cast: Cast, client_for: SignIn) -> None:
    sent = send(cast.ama_savings, cast.outsider_savings, "12.00")
    text = client_for(cast.manager).get(f"/reports/entries/{sent.reference}/").content.decode()
    assert cast.outsider_savings.number in text
    assert "Esi Outsider" not in text
    assert f"/reports/accounts/{cast.outsider_savings.ledger_account_id}/" not in text


def test_an_entry_tells_its_seal_and_its_reversal(cast: Cast, client_for: SignIn) -> None:
    posted = pay_in(cast.ama_savings, "5.00")
    client = client_for(cast.auditor)
    url = f"/reports/entries/{posted.reference}/"
    assert "Not sealed yet" in client.get(url).content.decode()
    undone = reverse_entry(
        entry=Entry.objects.get(pk=posted.entry_id), reason="Slip", key="k", channel="branch", by=cast.manager, at=NOW
    )
    seal(at=NOW)
    text = client.get(url).content.decode()
    assert "of the branch&#x27;s chain" in text or "of the branch's chain" in text
    assert f"/reports/entries/{undone.reference}/" in text
    assert (
        f"/reports/entries/{posted.reference}/" in client.get(f"/reports/entries/{undone.reference}/").content.decode()
    )


@pytest.mark.parametrize(
    "address", ["/reports/accounts/999999/", "/reports/entries/123456789012/", f"{TRIAL_BALANCE}77/"]
)
def test_what_does_not_exist_is_not_found(cast: Cast, client_for: SignIn, address: str) -> None:
    assert client_for(cast.auditor).get(address).status_code == 404


@pytest.mark.parametrize(
    ("page", "asked", "before", "after"),
    [
        ("trial-balance", "date=2026-11-21", "date=2026-10-31", ""),
        (
            "balance-sheet",
            "date=2026-10-31&compare=year",
            "date=2026-09-30&compare=year",
            "date=2026-11-21&compare=year",
        ),
        ("general-ledger", "since=2026-11-01&until=2026-11-21", "since=2026-10-01&until=2026-10-31", ""),
        (
            "general-ledger",
            "since=2026-09-05&until=2026-09-30",
            "since=2026-08-01&until=2026-08-31",
            "since=2026-10-01",
        ),
        (
            "income-statement",
            "since=2026-10-01&until=2026-10-31",
            "since=2026-09-01",
            "since=2026-11-01&until=2026-11-21",
        ),
    ],
)
def test_each_book_leads_to_its_months_before_and_after(
    cast: Cast, client_for: SignIn, page: str, asked: str, before: str, after: str
) -> None:
    shown = client_for(cast.auditor).get(f"/reports/{page}/?{asked}").content.decode().replace("&amp;", "&")
    (link,) = re.findall(r'rel="prev" data-key="\[" href="[^"]*\?([^"]*)"', shown)
    assert link.startswith(before)
    links = re.findall(r'rel="next" data-key="\]" href="[^"]*\?([^"]*)"', shown)
    assert [each.startswith(after) for each in links] == ([True] if after else [])
