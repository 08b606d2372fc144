"""Schedules to the cent, as other systems' own tests have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest

from portal.loans.schedules import Disbursement, loan_schedule
from tests.conftest import COUNTED
from tests.loans import vectors
from tests.loans.vectors import Record

RECORDS = vectors.records()
ROWS = [record for record in RECORDS if "installments" in record]
STEPS = [record for record in RECORDS if "steps" in record]
HOW_MANY = {
    "loan_schedules_fineract_features.json": 24,
    "loan_schedules_other_tests.json": 6,
    "loan_schedules_opencbs_unit.json": 5,
    "loan_emi_fineract_unit.json": 9,
}

needed = pytest.mark.usefixtures("shared_records")


@needed
def test_all_usable_records_are_replayed(record_property: Callable[[str, object], None]) -> None:
    record_property(COUNTED, f"loan schedules of other systems replayed: {len(RECORDS)}")
    assert Counter(record["file"] for record in RECORDS) == HOW_MANY


@needed
@pytest.mark.parametrize("record", ROWS, ids=lambda record: record["id"])
def test_a_worked_schedule(record: Record) -> None:
    rows = loan_schedule(vectors.terms_of(record), vectors.paid_out(record), calendar=vectors.calendar_of(record))
    wanted = vectors.expected(record)
    made = dict(enumerate(map(vectors.row_of, rows), start=1))
    assert {number: made[number] for number in wanted} == wanted
    assert record.get("partial") or len(made) == len(wanted)


@needed
@pytest.mark.parametrize("record", STEPS, ids=lambda record: record["id"])
def test_a_worked_schedule_after_each_disbursement(record: Record) -> None:
    terms, paid_out = vectors.terms_of(record), []
    for step in record["steps"]:
        if step["op"] == "disburse":
            paid_out.append(Disbursement(date.fromisoformat(step["date"]), vectors.minor(step["amount"])))
            continue
        rows = loan_schedule(terms, paid_out)
        made = {row.number: (row.interest_minor, row.principal_minor, row.balance_minor) for row in rows}
        assert made == {row["period"]: _of_step(row) for row in step["rows"]}


@needed
def test_a_fixed_instalment_runs_until_it_has_repaid() -> None:
    (record,) = [each for each in RECORDS if each["id"] == "FRA-02"]
    rows = loan_schedule(vectors.terms_of(record), vectors.paid_out(record))
    assert len(rows) == record["installment_count"]
    # The record gives its totals in whole units.
    assert round(sum(row.interest_minor for row in rows) / 100) == int(record["totals"]["interest"])
    assert round(sum(row.total_minor for row in rows) / 100) == int(record["totals"]["payment"])


def _of_step(row: dict[str, str]) -> tuple[int, int, int]:
    return vectors.minor(row["period_interest"]), vectors.minor(row["principal"]), vectors.minor(row["balance"])
