"""What a branch's accounts need once each business day: the last month's charges, what is due, who has gone quiet."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal.deposits.services.charging import charge_month, collect_charges
from portal.deposits.services.states import mark_dormant
from portal.institution.models import Branch
from portal.institution.queries import branches
from portal.outbox.services import enqueue

JOB = "deposits.day"


def ask_for_the_day(*, at: datetime) -> None:
    """Have each branch's accounts looked after once on its open day. Changes nothing when called again."""
    for branch in branches():
        key = f"deposits day:{branch.code}:{branch.business_date}"
        enqueue(kind=JOB, key=key, payload={"branch": branch.pk}, by=None, at=at)


def do_the_day(*, branch: Branch, at: datetime) -> dict[str, Any]:
    """Write down what last month cost, take what is due, make quiet accounts dormant; how many of each.

    Each part changes nothing when it is done again, so a killed worker's repeat finds only what is left.
    """
    month_end = branch.business_date.replace(day=1) - timedelta(days=1)
    charged = charge_month(month_end=month_end, at=at)
    taken = collect_charges(at=at)
    return {"charged": charged, "taken": taken, "dormant": mark_dormant(branch=branch, at=at)}
