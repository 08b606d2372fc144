"""Fees put on a loan, and charges let go, by somebody with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.ledger import chart
from portal.ledger.models import EntryKind
from portal.ledger.queries import entry_by_key, scope_of
from portal.ledger.services import NewEntry, post
from portal.live.services import announce
from portal.loans.models import LIVE, Charge, Loan, Standing
from portal.loans.services.keeping import line
from portal.loans.services.states import locked, say_why

_LINES = {
    Charge.Kind.FEE: (chart.LOAN_FEES_DUE, chart.FEE_INCOME),
    Charge.Kind.PENALTY: (chart.LOAN_PENALTIES_DUE, chart.PENALTY_INCOME),
}


@transactional
def charge_loan(
    *, loan: Loan, kind: str, amount: Money, reason: str, key: str, waives: bool = False, by: Any, at: datetime
) -> Charge:
    """Put a fee on a running loan, or let go (`waives`) of a fee or penalty that is charged and unpaid. Once a key.

    Refused: a penalty put on by hand (only being late costs one), letting go of more than is charged, no reason.
    """
    held = locked(loan, *LIVE)
    entry = entry_by_key(scope=scope_of(by), key=key)
    if entry is not None:
        return Charge.objects.get(entry=entry)
    which, why = Charge.Kind(kind), say_why(reason)
    standing = Standing.objects.select_for_update(of=("self",)).get(pk=held.pk)
    _refuse_charge(standing, which, amount, waives=waives)
    minor = -amount.minor if waives else amount.minor
    due, income = _LINES[which]
    new = NewEntry(
        kind=EntryKind.CHARGE,
        branch=held.branch,
        lines=[*line(held, due, minor), *line(held, income, -minor)],
        key=key,
        memo=why,
    )
    posted = post(new, by=by, at=at)
    name = "fee_minor" if which is Charge.Kind.FEE else "penalty_minor"
    setattr(standing, name, getattr(standing, name) + minor)
    standing.save(update_fields=[name])
    announce(f"loan:{held.number}")
    return Charge.objects.create(
        loan=held,
        kind=which,
        amount_minor=minor,
        reason=why,
        entry_id=posted.entry_id,
        on=held.branch.business_date,
        at=at,
        by=by,
    )


def _refuse_charge(standing: Standing, kind: Charge.Kind, amount: Money, *, waives: bool) -> None:
    if amount.minor <= 0:
        raise Refused("The amount must be more than 0.", code="zero", field="amount")
    if not waives and kind is Charge.Kind.PENALTY:
        raise Refused("Penalties come of being late, day by day; none is put on by hand.", code="kind", field="kind")
    charged = standing.fee_minor if kind is Charge.Kind.FEE else standing.penalty_minor
    if waives and amount.minor > charged:
        raise Refused(f"Only {Money(charged, amount.currency)} is charged.", code="too_much", field="amount")
