"""The made-up institution: the same from the same seed, books that add up, and people who can sign in."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import TestCase, override_settings

from deploy.folder import ROOT
from portal.access.roles import Role
from portal.deposits.models import DepositAccount, InterestPosting
from portal.home.demonstration.loading import Size, ensure
from portal.home.demonstration.members import AMA, KOFI
from portal.institution.models import Branch, Institution
from portal.ledger import chart
from portal.ledger.models import Balance, Entry, EntryKind, Posting, Unsealed
from portal.people.models import Customer, User
from portal.people.queries import demonstration_sign_ins
from tests.cast import NOW, TODAY
from tests.database import as_owner

SMALL = Size(seed=1, customers=24, years=1)
ON = override_settings(DEMONSTRATION=True, DEMO_PASSWORD="a lantern in the harbour")

_ROWS = """
SELECT entry.kind, entry.business_date, entry.value_date, entry.occurred_at,
       CASE entry.kind WHEN 'reversal' THEN '' ELSE entry.memo END, entry.channel, branch.code,
       string_agg(home.code || account.code || line.side || line.amount_minor || ' ' || coalesce(line.seq, 0) || ' '
                  || coalesce(line.balance_after_minor, 0), ',' ORDER BY line.line) AS lines
  FROM ledger_entry AS entry
  JOIN institution_branch AS branch ON branch.id = entry.branch_id
  JOIN ledger_posting AS line ON line.entry_id = entry.id
  JOIN ledger_account AS account ON account.id = line.account_id
  JOIN institution_branch AS home ON home.id = account.branch_id
 GROUP BY entry.id, branch.code
 ORDER BY entry.occurred_at, entry.kind, lines
"""


def load(size: Size = SMALL) -> bool:
    """The institution in this test's database."""
    chart.forget_known()
    with as_owner():
        return ensure(size=size, today=TODAY, at=NOW, say=lambda line: None)


def digest() -> str:
    """Everything that was posted and to whom, without the numbers that the database gives."""
    people = Customer.objects.values_list(
        "number", "full_name", "birth_date", "phone", "occupation", "address", "joined_on"
    )
    with connection.cursor() as cursor:
        cursor.execute(_ROWS)
        rows = [*people, *cursor.fetchall()]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def digest_of_another(size: Size) -> str:
    """The digest of an institution that is taken back again."""
    with transaction.atomic():
        load(size)
        found = digest()
        transaction.set_rollback(True)
    return found


@ON
class TestInstitution(TestCase):
    """One small institution for all of these."""

    @classmethod
    def setUpTestData(cls) -> None:
        load()

    def test_debit_and_credit_are_equal(self) -> None:
        totals: Counter[str] = Counter()
        for side, minor in Posting.objects.values_list("side", "amount_minor"):
            totals[side] += minor
        assert totals["D"] == totals["C"] > 0

    def test_every_balance_is_the_last_line_of_its_account(self) -> None:
        for balance in Balance.objects.filter(last_seq__gt=0):
            last = Posting.objects.get(account_id=balance.account_id, seq=balance.last_seq)
            assert last.balance_after_minor == balance.balance_minor

    def test_a_second_run_changes_nothing(self) -> None:
        before = Entry.objects.count()
        assert not load()
        assert Entry.objects.count() == before

    def test_three_branches_are_open_today_and_old_days_are_shut(self) -> None:
        found = Branch.objects.values_list("name", "business_date", "history_from")
        assert list(found) == [("North", TODAY, None), ("South", TODAY, None), ("Harbour", TODAY, None)]

    def test_each_role_has_a_sign_in_whose_password_works(self) -> None:
        users = demonstration_sign_ins()
        assert [user.role for user in users] == list(Role)
        assert {user.full_name for user in users} >= {"Ama Mensah", "Esi Owusu"}
        assert all(user.check_password("a lantern in the harbour") for user in users)

    def test_ama_and_kofi_have_two_lively_accounts_each(self) -> None:
        for number in (AMA, KOFI):
            accounts = DepositAccount.objects.filter(
                customer__number=number, customer__branch__code="01", product__kind__in=("savings", "current")
            )
            moves = Posting.objects.filter(account__in=accounts.values("ledger_account"))
            assert (accounts.count(), moves.count() > 60) == (2, True)

    def test_last_months_interest_is_left_to_be_posted(self) -> None:
        ends = set(InterestPosting.objects.values_list("period_end", flat=True))
        assert max(ends) == date(2026, 9, 30)
        assert len(ends) == 11

    def test_nobody_is_served_on_a_sunday(self) -> None:
        served = Entry.objects.filter(channel="counter")
        assert served.exists()
        assert not [entry for entry in served if entry.business_date.weekday() == 6]

    def test_everything_happened_in_the_past_and_is_sealed(self) -> None:
        # Today has interest that was posted, the last round of what some members put aside, and the heap of cheques.
        assert not Entry.objects.filter(business_date__gt=TODAY).exists()
        today = Entry.objects.filter(business_date=TODAY, channel__in=("counter", "online"))
        assert not today.exclude(kind=EntryKind.CHEQUE).exclude(reverses__kind=EntryKind.CHEQUE).exists()
        assert not Entry.objects.filter(occurred_at__gt=NOW).exists()
        assert not Unsealed.objects.exists()

    def test_some_of_it_happened_at_night(self) -> None:
        """Members sleep then: what moves is stolen."""
        night = Entry.objects.filter(channel="online", occurred_at__hour__lt=5)
        assert 4 <= night.count() < 100

    def test_the_command_lists_the_sign_ins(self) -> None:
        said = StringIO()
        call_command("demonstration", "--sign-ins", stdout=said)
        lines = [line.split("\t") for line in said.getvalue().splitlines()]
        assert lines[0] == ["Customer", "ama.mensah@quayside.example", "Ama Mensah"]
        assert len(lines) == len(Role)


@ON
@pytest.mark.django_db
def test_the_same_seed_gives_the_same_institution() -> None:
    first = digest_of_another(SMALL)
    assert digest_of_another(SMALL) == first
    assert digest_of_another(Size(seed=2, customers=24, years=1)) != first


def test_the_members_and_their_wishes_do_not_depend_on_the_process() -> None:
    program = (
        "from datetime import date; from portal.home.demonstration.members import make_members;"
        "from portal.home.demonstration.lives import frauds, wishes_of;"
        "days = (date(2025, 11, 1), date(2026, 11, 20)); members = make_members(1, 300, *days);"
        "print(members, [wishes_of(each, 1, [], *days) for each in members[:40]], list(frauds(members, 1, days[1])))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert len(said[0]) > 10_000


@ON
@pytest.mark.django_db
def test_a_run_that_breaks_off_leaves_nothing() -> None:
    def say(line: str) -> None:
        if "March 2026" in line:
            raise KeyboardInterrupt

    chart.forget_known()
    with pytest.raises(KeyboardInterrupt), as_owner():
        ensure(size=SMALL, today=TODAY, at=NOW, say=say)
    assert not Institution.objects.exists()
    assert not Entry.objects.exists()
    assert not User.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("settings", "options", "reason"),
    [
        ({"DEMONSTRATION": False, "DEMO_PASSWORD": "x"}, [], "is off here"),
        ({"DEMONSTRATION": True, "DEMO_PASSWORD": ""}, [], "needs its password"),
        ({"DEMONSTRATION": True, "DEMO_PASSWORD": "x"}, ["--customers", "2"], "3 to 100,000"),
        ({"DEMONSTRATION": True, "DEMO_PASSWORD": "x"}, ["--years", "0"], "1 to 20 years"),
    ],
)
def test_what_is_refused(settings: dict[str, Any], options: list[str], reason: str) -> None:
    with override_settings(**settings), pytest.raises(CommandError, match=reason):
        call_command("demonstration", "--ensure", *options)


@ON
@pytest.mark.django_db
def test_a_real_institution_is_not_touched() -> None:
    Institution.objects.create(pk=1, name="Adom Credit Union", short_name="Adom", currency="GHS")
    with pytest.raises(CommandError, match="belongs to Adom Credit Union"):
        call_command("demonstration", "--ensure")
    assert not Branch.objects.exists()
