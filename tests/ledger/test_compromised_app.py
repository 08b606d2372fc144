"""What somebody who has taken over the application's own database role can still not do."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from portal.ledger.errors import InsufficientFunds
from portal.ledger.models import Balance, Period
from tests.cast import NOW, TODAY
from tests.ledger.conftest import Books

SHADOW = "CREATE TEMPORARY TABLE {0} AS SELECT * FROM public.{0}; GRANT ALL ON pg_temp.{0} TO PUBLIC"
OWN_FUNCTIONS = """
SELECT p.proname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
 WHERE n.nspname IN ('ledger', 'audit', 'public') AND p.prosecdef
   AND NOT coalesce('search_path=pg_catalog, public, pg_temp' = ANY(p.proconfig), false)
"""
PUT_BACK = "UPDATE ledger_period SET closed_through = closed_through - 1"


def run(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize("table", ["ledger_account", "ledger_balance", "ledger_posting", "institution_branch"])
def test_a_temporary_table_of_the_same_name_deceives_nobody(books: Books, table: str) -> None:
    """Without `pg_temp` at its end, PostgreSQL looks for temporary tables first: forged floors would be believed."""
    run(SHADOW.format(table))
    if table == "ledger_account":
        run("UPDATE pg_temp.ledger_account SET floor_minor = -1000000")
    if table == "ledger_balance":
        run("UPDATE pg_temp.ledger_balance SET balance_minor = 1000000")
    if table == "institution_branch":
        run("UPDATE pg_temp.institution_branch SET business_date = business_date - 30")
    with pytest.raises(InsufficientFunds), transaction.atomic():
        books.move(10_001)
    posted = books.move(2500)
    run(f"DROP TABLE pg_temp.{table}")
    assert posted.business_date == TODAY
    assert Balance.objects.get(account=books.first).balance_minor == 7500


def test_every_function_of_the_owner_looks_at_temporary_tables_last(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(OWN_FUNCTIONS)
        assert cursor.fetchall() == []


def test_closed_books_are_not_opened_again(books: Books) -> None:
    Period.objects.create(branch=books.north, closed_through=date(2026, 10, 31), closed_at=NOW)
    with pytest.raises(DatabaseError, match="stay closed"):
        run(PUT_BACK)
    run("UPDATE ledger_period SET closed_through = '2026-11-10'")
