"""What pages tell before it happens: what a payment would do, what would settle a loan on a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portal.base.money import Money
from portal.loans import queries, services
from portal.loans.allocation import Parts, Unpaid
from portal.loans.models import Loan
from portal.loans.pages.forms import RepayForm

DAYS_AFTER = 7
"""How many days after the one asked for are told beside it."""
_USED = (("penalty", "Penalties"), ("fee", "Fees"), ("interest", "Interest"), ("principal", "Principal"))


def foreseen(loan: Loan, form: RepayForm) -> dict[str, Any]:
    """The check page of a payment: where it comes from, what it is used for, what is left then. Refuses what it refuses."""
    amount, source = form.cleaned_data["amount"], form.chosen
    seen = services.foresee(loan=loan, amount=amount, source=source, early=form.cleaned_data["early"])
    rows: list[tuple[str, Any]] = [
        ("Loan", f"{loan.product.name} …{loan.last_four}"),
        ("From", f"{source.name} …{source.last_four}"),
        ("Amount", amount),
        *_used(seen.parts, loan.currency),
        ("Left of the loan after", seen.left),
        *_instalments(seen, loan),
        ("Balance of the account after", seen.balance_after),
    ]
    return {"amount": amount, "rows": rows, "ends": not seen.left}


def _used(parts: Parts, currency: str) -> list[tuple[str, Money]]:
    used = [(f"Of it: {label.lower()}", getattr(parts, name)) for name, label in _USED]
    return [(label, Money(minor, currency)) for label, minor in used if minor]


def _instalments(seen: services.Foreseen, loan: Loan) -> list[tuple[str, str]]:
    """The next instalment, and how many are left where the payment changes that beyond what was due."""
    if not seen.instalments:
        return []
    coming: Unpaid = seen.instalments[0]
    told = [("Next instalment then", f"{Money(coming.total, loan.currency)} on {coming.row.due:%d %B %Y}")]
    if seen.is_recast:
        told.append(("Instalments left", f"{len(seen.instalments)}, before this payment {seen.instalments_before}"))
    return told


def settles_on(loan: Loan, day: date) -> dict[str, Any]:
    """What ends the loan on a day, part by part, and on each of the days after it."""
    position = queries.position_of(loan)
    whole = position.settlement(day)
    later = [day + timedelta(days=number) for number in range(1, DAYS_AFTER + 1)]
    return {
        "day": day,
        "parts": [(label, Money(getattr(whole, name), loan.currency)) for name, label in reversed(_USED)],
        "total": Money(whole.total, loan.currency),
        "later": [(each, Money(position.settlement(each).total, loan.currency)) for each in later],
        "is_late": bool(position.late(day)),
    }
