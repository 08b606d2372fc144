"""Every record of other systems' worked interest, replayed to the last digit."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from portal.deposits import interest
from portal.deposits.interest import Frequency, Rate, Slab
from portal.deposits.models import Compounding, DayCount

Record = dict[str, Any]
LONG_AGO = date(1900, 1, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def rate_of(config: Record, unit: int) -> Rate:
    return Rate(
        since=LONG_AGO,
        rate=Fraction(config["nominal_annual_rate_percent"]) / 100,
        compounding=Compounding.DAILY if config["compounding"] == "DAILY" else Compounding.NONE,
        floor_minor=int(Decimal(config.get("min_balance_for_interest", "0")) * unit),
        overdraft_rate=Fraction(config.get("overdraft_annual_rate_percent", "0")) / 100,
    )


def moves_of(record: Record, unit: int, default: date = LONG_AGO) -> list[tuple[date, int]]:
    """Dated, signed amounts; an account that is only "activated" is so on `default`."""
    found = []
    for item in record["transactions"]:
        when = day(item["date"]) if item["date"][:1].isdigit() else default
        sign = -1 if item["kind"] == "withdrawal" else 1
        found.append((when, sign * int(Decimal(item["amount"]) * unit)))
    return found


def check_daily_balance(record: Record) -> None:
    config, expected = record["config"], record["expected"][0]
    unit = 10 ** config["currency_digits"]
    moves = moves_of(record, unit, date(2022, 1, 1))
    last = day(expected["posting_date"]) if "posting_date" in expected else date(2022, 12, 31)
    at_end = config.get("post_at_period_end", False)
    periods = interest.periods(
        moves[0][0],
        last if at_end else last - timedelta(days=1),
        Frequency(config["posting"]),
        year_begins=config.get("financial_year_beginning_month", 1),
    )
    posted = interest.postings(moves, [rate_of(config, unit)], periods, at_end=at_end)
    if "posting_date" not in expected:
        assert posted == []
        return
    assert posted[-1].posted_on == last
    if "running_balance" in expected:
        total = sum(amount for _, amount in moves) + sum(item.amount_minor for item in posted)
        assert len(posted) == expected["after_posting_number"]
        assert Decimal(total) / unit == Decimal(expected["computed_exact"])
    else:
        assert abs(posted[-1].amount_minor) == int(Decimal(expected["amount"]) * unit)


def check_fixed_deposit(record: Record) -> None:
    config = record["config"]
    grown = interest.maturity_amount(
        Decimal(record["principal"]),
        annual_percent=Decimal(config["annual_rate_percent"]),
        months=config["tenure_months"],
        compounding_months=config["compounding_period_months"],
    )
    assert grown == Decimal(record["expected"][0]["maturity_amount"])


def check_charts(record: Record) -> None:
    for case in record["cases"]:
        chart = [
            Slab(
                Decimal(line["rate"]),
                months=tuple(line.get("months", (0, None))),
                amount=tuple(line.get("amount", (0, None))),
            )
            for line in record["charts"][case["chart"]]
        ]
        found = interest.chart_rate(chart, amount=Decimal(case["amount"]), months=case["months"])
        assert found == Decimal(case["expected_rate"]), case


def check_one_day(record: Record) -> None:
    on, unit = day(record["on"]), 100
    percent = Fraction(record["config"]["annual_rate_percent"])
    rate = Rate(since=LONG_AGO, rate=percent / 100, day_count=DayCount.ACTUAL_ACTUAL)
    balance = int(Decimal(record["balance"]) * unit)
    earned = interest.period_interest([interest.EndOfDay(on, balance)], [rate])
    yearly = interest.to_money((earned * 365).quantize(Decimal("0.000001")))
    assert Decimal(yearly) / unit == Decimal(record["expected"][0]["accrued_per_day_times_length_of_year"])


def check_lowest_balance(record: Record) -> None:
    """Interest at a rate per base period on its lowest balance; a fee leaves at each month's end where there is one."""
    config, expected = record["config"], record["expected"][0]
    base = Frequency(config["interest_base"].split()[0])
    fee = int((config.get("management_fee", "0")).split()[0])
    start, end = day(record["created"]), day(record["calculated_on"]) - timedelta(days=1)
    months = interest.periods(start, end, Frequency.MONTHLY) if fee else []
    moves = moves_of(record, 1) + [(last + timedelta(days=1), -fee) for _, last in months]
    accrued = []
    for first, last in interest.periods(start, end, base):
        opening = sum(amount for when, amount in moves if when < first)
        lowest = interest.lowest_balance(opening, moves, first, last)
        accrued.append(interest.to_money(interest.interest_on_lowest(lowest, Decimal(config["rate_per_base_period"]))))
    if "amount" in expected:
        assert accrued == [int(expected["amount"])]
    else:
        assert sum(amount for _, amount in moves) + sum(accrued) == int(expected["balance_after"])


def check_for(record: Record) -> Callable[[Record], None]:
    config = record.get("config", {})
    if "charts" in record:
        return check_charts
    if config.get("product") == "fixed deposit":
        return check_fixed_deposit
    if "interest_base" in config:
        return check_lowest_balance
    return check_one_day if "day_count" in config else check_daily_balance


def test_every_record_to_the_last_digit(shared_records: Path) -> None:
    records = json.loads((shared_records / "vectors" / "savings_interest.json").read_text(encoding="utf-8"))
    usable = [record for record in records if record["reproduced"]]
    assert len(usable) == 15
    for record in usable:
        check_for(record)(record)
