"""Other limits for a drawer, by a second person's leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.drawers.models import Drawer

LIMITS_ACT, CHANGED = "drawer_limits", "drawer limits changed"
LIMITS = {
    "cash_limit_minor": "Holds at most",
    "deposit_limit_minor": "Largest deposit",
    "withdrawal_limit_minor": "Largest withdrawal",
    "tolerance_minor": "Difference at the close",
    "reversal_limit_minor": "Taken back alone",
}
"""The limits of a drawer by their columns, all in minor units of its currency."""


def ask_for_limits(*, drawer: Drawer, limits: Mapping[str, int], reason: str, by: Any, at: datetime) -> Request:
    """Ask that a drawer's limits (see `LIMITS`, all of them) become these. They hold once somebody else has approved.

    Refuses what `check_limits` refuses, and a change without a reason.
    """
    if not reason.strip():
        raise Refused("Say why: who decides will read it.", code="reason", field="reason")
    payload = {"drawer": drawer.pk, "limits": dict(limits)}
    subject = f"{drawer.branch} {drawer}"
    return ask(act=LIMITS_ACT, payload=payload, subject=subject, reason=reason, branch=drawer.branch, by=by, at=at)


def check_limits(drawer: Drawer, limits: Mapping[str, int]) -> None:
    """Refuse what would change nothing, amounts below zero, a movement larger than the drawer may hold, taking back more
    than it pays out at once, and a drawer that is out of use.
    """
    if not drawer.is_active:
        raise Refused(f"{drawer} is out of use. Take it into use first.", code="retired")
    if all(getattr(drawer, name) == limits[name] for name in LIMITS):
        raise Refused("These are its limits already.", code="same")
    if min(limits[name] for name in LIMITS) < 0:
        raise Refused("A limit is not below 0.", code="limits")
    for name in ("deposit_limit_minor", "withdrawal_limit_minor"):
        if limits[name] > limits["cash_limit_minor"]:
            raise Refused("A drawer holds at least what one movement may be.", code="limits", field=name)
    if limits["reversal_limit_minor"] > max(limits["deposit_limit_minor"], limits["withdrawal_limit_minor"]):
        message = "No movement is as large as that: lower it to the largest deposit or withdrawal."
        raise Refused(message, code="limits", field="reversal_limit_minor")


@transactional
def change_limits(
    *, drawer: Drawer, limits: Mapping[str, int], by: Any, approved_by: Any, at: datetime
) -> dict[str, list[int]]:
    """Let other limits hold from the next movement on; returns each that changed with what it was and is.

    A drawer that holds more than it now may takes in no more and is not closed for it. Refuses what `check_limits` refuses.
    """
    held = Drawer.objects.select_for_update(of=("self",), no_key=True).select_related("branch").get(pk=drawer.pk)
    check_limits(held, limits)
    changed = {name: [getattr(held, name), limits[name]] for name in LIMITS if getattr(held, name) != limits[name]}
    for name in changed:
        setattr(held, name, limits[name])
    held.save(update_fields=[*changed])
    detail = {"asked by": str(by), "approved by": str(approved_by), "changed": changed}
    record(verb=CHANGED, subject=f"{held.branch} {held}", detail=detail, by=by, at=at)
    return changed
