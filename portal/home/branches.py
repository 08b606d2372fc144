"""Opening a branch with its chart of accounts and its tills, for the commands that set institutions up."""

from __future__ import annotations

from datetime import date

from portal.drawers.models import Drawer
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import NORMAL_SIDE, Account, Kind


def open_branch(
    *, code: str, name: str, currency: str, business_date: date, address: str = "", phone: str = "", hours: str = ""
) -> Branch:
    """A branch with the default chart in its currency, open on a business day. Nothing is in its books yet."""
    branch = Branch.objects.create(
        code=code, name=name, address=address, phone=phone, opening_hours=hours, business_date=business_date
    )
    chart.open_chart(branch=branch, currency=currency)
    return branch


def add_drawer(branch: Branch, number: int, *, limit_minor: int, at_once_minor: int, tolerance_minor: int) -> Drawer:
    """A till with a cash account of its own; empty until a cashier opens it.

    In minor units of the branch's currency: how much it may hold, how much one movement may be, and how far a count may
    be out before a manager decides.
    """
    parent = chart.branch_account(branch.pk, chart.DRAWERS)
    name = f"Drawer {number}"
    account = Account.objects.create(
        branch=branch,
        code=f"{chart.DRAWERS}-{number}",
        name=name,
        kind=Kind.ASSET,
        currency=parent.currency,
        normal_side=NORMAL_SIDE[Kind.ASSET],
        parent=parent,
        floor_minor=0,
    )
    return Drawer.objects.create(
        branch=branch,
        name=name,
        ledger_account=account,
        cash_limit_minor=limit_minor,
        deposit_limit_minor=at_once_minor,
        withdrawal_limit_minor=at_once_minor,
        tolerance_minor=tolerance_minor,
    )
