"""The chart's pages: the tree, and each change by its form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.access.roles import Role
from portal.audit.models import Change
from portal.ledger import chart
from portal.ledger.models import Account
from tests.cast import Cast, make_account, make_customer

SignIn = Callable[..., Client]
CHART = "/reports/chart/"
NEW = f"{CHART}new/?branch=01"


def line(cast: Cast, code: str) -> Account:
    return Account.objects.get(branch=cast.north, code=code)


def typed(cast: Cast, **extra: Any) -> dict[str, Any]:
    return {
        "parent": line(cast, "5000").pk,
        "code": "5110",
        "name": "Rent",
        "sort": "hot",
        "allows_manual": "on",
    } | extra


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_and_who_may_change_the_chart(cast: Cast, client_for: SignIn, role: Role) -> None:
    client = client_for(cast.of_role(role))
    seen, changed = client.get(CHART).status_code, client.get(NEW).status_code
    assert seen == (200 if role in {Role.MANAGER, Role.OPERATIONS_MANAGER, Role.AUDITOR} else 403)
    assert changed == (200 if role is Role.OPERATIONS_MANAGER else 403)


def test_the_tree_counts_members_and_offers_changes_only_to_whoever_may(cast: Cast, client_for: SignIn) -> None:
    text = client_for(cast.operations_manager).get(CHART).content.decode()
    assert "3 accounts of members" in text
    assert cast.ama_savings.number not in text
    assert f'{CHART}{line(cast, "5100").pk}/"' in text
    assert f'{CHART}{cast.drawer.ledger_account_id}/"' not in text
    assert "under=5000" in text
    assert "under=2010" not in text
    assert "Change<" not in client_for(cast.auditor).get(CHART).content.decode()


def test_one_sees_ones_own_branch_first_and_a_manager_no_other(cast: Cast, client_for: SignIn) -> None:
    rival = client_for(cast.rival_manager)
    assert "The lines of South" in rival.get(CHART).content.decode()
    assert rival.get(f"{CHART}?branch=01").status_code == 404
    assert "The lines of South" in client_for(cast.auditor).get(f"{CHART}?branch=02").content.decode()


def test_the_number_of_queries_does_not_follow_the_members(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.auditor)
    client.get(CHART)
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(CHART)
        counts.append(len(queries))
        make_account(make_customer(f"Member {number}", cast.north), cast.savings)
    assert counts[0] == counts[1]


def test_an_account_is_added_below_a_header(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.operations_manager)
    assert f'value="{line(cast, "5000").pk}" selected' in client.get(f"{NEW}&under=5000").content.decode()
    answer = client.post(NEW, typed(cast), follow=True)
    assert "5110 Rent was added." in answer.content.decode()
    added = line(cast, "5110")
    assert (added.parent, added.allows_manual, added.tracked) == (line(cast, "5000"), True, False)
    change = Change.objects.filter(table_name="ledger_account", row_id=str(added.pk)).get()
    assert change.actor_id == cast.operations_manager.pk


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"code": "5100"}, "5100 is already Running costs in North."),
        ({"code": "5 1"}, "Enter a code of at most 12"),
        ({"name": ""}, "This field is required"),
        ({"parent": "rubbish"}, "Select a valid choice"),
    ],
)
def test_what_is_refused_is_said_and_nothing_typed_is_lost(
    cast: Cast, client_for: SignIn, extra: dict[str, str], words: str
) -> None:
    answer = client_for(cast.operations_manager).post(NEW, typed(cast, **({"name": "Rent kept"} | extra)))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert words in text
    assert "name" in extra or 'value="Rent kept"' in text


def test_headers_of_members_of_drawers_and_of_other_branches_are_no_choice(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.operations_manager)
    foreign = Account.objects.get(branch=cast.south, code="5000")
    for wrong in (line(cast, chart.DRAWERS), line(cast, chart.DEPOSITS), line(cast, "5100"), foreign):
        assert client.post(NEW, typed(cast, parent=wrong.pk)).status_code == 422


def test_a_line_is_renamed_and_moved(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.operations_manager)
    client.post(NEW, typed(cast, code="5500", name="Premises", sort="header"))
    costs = line(cast, "5100")
    answer = client.post(f"{CHART}{costs.pk}/", {"name": "Rent and light", "parent": line(cast, "5500").pk})
    assert answer.status_code == 303
    costs.refresh_from_db()
    assert (costs.name, costs.parent, costs.allows_manual) == ("Rent and light", line(cast, "5500"), False)


def test_what_stands_at_the_top_stays_there(cast: Cast, client_for: SignIn) -> None:
    client, top = client_for(cast.operations_manager), line(cast, "5000")
    assert 'name="parent"' not in client.get(f"{CHART}{top.pk}/").content.decode()
    assert client.post(f"{CHART}{top.pk}/", {"name": "Costs"}).status_code == 303
    assert line(cast, "5000").name == "Costs"


def test_a_line_is_closed_and_reopened(cast: Cast, client_for: SignIn) -> None:
    client, costs = client_for(cast.operations_manager), line(cast, "5100")
    assert "5100 Running costs is closed." in client.post(f"{CHART}{costs.pk}/close/", follow=True).content.decode()
    assert not line(cast, "5100").is_active
    assert "is open again" in client.post(f"{CHART}{costs.pk}/reopen/", follow=True).content.decode()
    assert line(cast, "5100").is_active


def test_a_refused_close_says_why_on_the_lines_own_page(cast: Cast, client_for: SignIn) -> None:
    vault = line(cast, chart.VAULT)
    answer = client_for(cast.operations_manager).post(f"{CHART}{vault.pk}/close/")
    assert answer.status_code == 422
    assert "The portal itself posts here." in answer.content.decode()
    assert 'value="Vault"' in answer.content.decode()
    assert "this line stays open" in answer.content.decode()
    assert f"{CHART}{vault.pk}/close/" not in answer.content.decode()


def test_members_and_drawers_accounts_are_not_there_to_change(cast: Cast, client_for: SignIn) -> None:
    client = client_for(cast.operations_manager)
    for account in (cast.ama_savings.ledger_account_id, cast.drawer.ledger_account_id, 10**9):
        assert client.get(f"{CHART}{account}/").status_code == 404
        assert client.post(f"{CHART}{account}/close/").status_code == 404
