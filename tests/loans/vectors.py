"""Other systems' worked schedules in `../shared/vectors`, read into our terms. Its README says which are understood."""

from __future__ import annotations

import json
import os
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from deploy.folder import ROOT
from portal.loans.schedules import (
    Calendar,
    DaysInMonth,
    DaysInYear,
    Disbursement,
    Frequency,
    Instalment,
    Interest,
    Method,
    ScheduleTerms,
)
from portal.loans.schedules.dates import Shift

FOLDER = Path(os.environ.get("PORTAL_SHARED") or ROOT.parent / "shared") / "vectors"
FILES = (
    "loan_schedules_fineract_features.json",
    "loan_schedules_other_tests.json",
    "loan_schedules_opencbs_unit.json",
    "loan_emi_fineract_unit.json",
)
Record = dict[str, Any]
_METHODS = {
    "EQUAL_INSTALLMENTS": Method.DECLINING,
    "EQUAL_PRINCIPAL_PAYMENTS": Method.EQUAL_PRINCIPAL,
    "DecliningFixedInstallments": Method.DECLINING,
    "DecliningFixedPrincipal": Method.EQUAL_PRINCIPAL,
    "Flat": Method.FLAT,
}


def records() -> list[Record]:
    """The records that a plain reading of the rules reproduces; empty where the folder is not at hand."""
    return [record for name in FILES if (FOLDER / name).exists() for record in _read(name) if _usable(record)]


def _read(name: str) -> list[Record]:
    found: list[Record] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return [record | {"file": name} for record in found]


def _usable(record: Record) -> bool:
    """Early payments (FIN-EMI-07 and 08) are replayed in `test_allocation`; the others where the README's rules made them."""
    if record["id"].startswith("FIN-EMI"):
        return not any(step["op"].startswith("pay") for step in record["steps"])
    return record.get("reproduced") is True


def minor(text: str) -> int:
    return int(Decimal(text) * 100)


def terms_of(record: Record) -> ScheduleTerms:
    if record["id"].startswith("OCB"):
        return _opencbs(record["params"])
    params = record["params"]
    progressive = record["id"].startswith("FIN-EMI") or params.get("schedule_type") == "PROGRESSIVE"
    flat = params.get("interest_method") == "FLAT"
    method = Method.FLAT if flat else _METHODS[params.get("amortization", "EQUAL_INSTALLMENTS")]
    by_days = params.get("interest_period") == "DAILY"
    # Records of these products come without the multiple: a whole unit, says the note of the one it makes a difference to.
    whole = params.get("product", "").startswith(("LP1", "LP2_DOWNPAYMENT"))
    multiple = params.get("installment_multiple_of") or (1 if whole else None)
    unit = params.get("currency_multiple_of") or (0 if params.get("currency_digits", 2) else 1)
    return ScheduleTerms(
        method=method,
        annual_percent=Decimal(params["annual_rate_percent"]),
        instalments=params.get("n") or len(params.get("periods", ())) or 1,
        every=params.get("every", 1),
        frequency=Frequency(params["frequency"].lower()),
        interest=Interest.BALANCE if progressive else Interest.DAYS if by_days else Interest.PERIOD,
        days_in_year=_year(params.get("days_in_year")),
        days_in_month=DaysInMonth.D30 if str(params.get("days_in_month")).endswith("30") else DaysInMonth.ACTUAL,
        grace_principal=params.get("grace_principal", 0),
        grace_interest=params.get("grace_interest_payment", 0),
        down_payment_percent=Decimal(params.get("down_payment_percent", 0)),
        multiple_minor=multiple * 100 if multiple else None,
        unit_minor=unit * 100 or 1,
        instalment_minor=minor(params["fixed_instalment"]) if "fixed_instalment" in params else None,
    )


def paid_out(record: Record) -> list[Disbursement]:
    if "disbursements" in record:
        return [Disbursement(date.fromisoformat(one["date"]), minor(one["amount"])) for one in record["disbursements"]]
    params = record["params"]
    day = params.get("disbursement_date") or params.get("start") or "2022-01-01"
    return [Disbursement(date.fromisoformat(day), minor(params["principal"]))]


def calendar_of(record: Record) -> Calendar:
    if "date_rule" not in record["params"]:
        return Calendar()
    days = [date.fromisoformat(day) for day in record["params"]["holidays"]]
    return Calendar(weekend=(5, 6), holidays=days, shift=Shift.FORWARD)


def row_of(row: Instalment) -> tuple[str, int, int]:
    return row.due.isoformat(), row.principal_minor, row.interest_minor


def expected(record: Record) -> dict[int, tuple[str, int, int]]:
    """Row by row as `row_of` has them; a partial record names only some."""
    rows = record.get("installments", ())
    return {row["n"]: (row["due"], minor(row["principal"]), minor(row["interest"])) for row in rows}


def _opencbs(params: Record) -> ScheduleTerms:
    weeks = params["installment_type"]["days"] == 14
    return ScheduleTerms(
        method=_METHODS[params["loan_type"]],
        annual_percent=Decimal(0),
        period_percent=Decimal(params["rate_per_period"]) * 100,
        instalments=params["n"],
        every=2 if weeks else 1,
        frequency=Frequency.WEEKS if weeks else Frequency.MONTHS,
        grace_principal=params["grace_periods"],
        unit_minor=1 if params["use_cents"] else 100,
        rounding=ROUND_HALF_UP if params["loan_type"] == "Flat" else ROUND_HALF_EVEN,
        recast=True,
        first_by_days=params["use_cents"],
    )


def _year(text: Any) -> DaysInYear:
    digits = "".join(letter for letter in str(text or "") if letter.isdigit())
    return DaysInYear(digits) if digits else DaysInYear.ACTUAL
