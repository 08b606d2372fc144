"""One request as its page shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.html import format_html

from portal.approvals import queries
from portal.approvals.acts import Difference, act_named
from portal.approvals.models import Request
from portal.base.errors import Refused
from portal.base.templatetags.portal import ABSENT, moment


def about(request: Request, *, user: Any, at: datetime) -> dict[str, Any]:
    """Everything the page of a request needs: facts, what will change as of now, answers so far, what the reader may do."""
    hindrance = _hindrance(request, at)
    return {
        "asked": request,
        "facts": _facts(request),
        "changes": _changes(request),
        "decisions": list(request.decisions.select_related("decided_by")),
        "is_waiting": request.state == Request.State.WAITING,
        "hindrance": hindrance,
        "not_mine": _not_mine(request, user, at),
        "missing": _missing(request),
        "is_mine": request.asked_by_id == user.pk,
    }


def title_of(request: Request) -> str:
    """What kind of act it is, also when the program no longer knows it."""
    try:
        return act_named(request.act).title
    except Refused:
        return request.act.replace("_", " ").capitalize()


def _facts(request: Request) -> list[tuple[str, Any]]:
    amount = queries.amount_of(request)
    facts: list[tuple[str, Any]] = [("What", title_of(request))]
    if request.subject:
        facts.append(("About", _linked(request)))
    if amount is not None:
        facts.append(("Amount", str(amount)))
    facts += [("Reason", request.reason or ABSENT), ("Asked by", request.asked_by), ("Asked", moment(request.asked_at))]
    if request.branch is not None:
        facts.append(("Branch", request.branch))
    facts.append(("Waits until" if request.state == Request.State.WAITING else "State", _end(request)))
    return facts


def _linked(request: Request) -> str:
    """What it is about, with the way to its page where its act knows one."""
    try:
        url = act_named(request.act).address(request.payload)
    except Refused:
        url = ""
    return format_html('<a href="{}">{}</a>', url, request.subject) if url else request.subject


def _end(request: Request) -> Any:
    return moment(request.expires_at) if request.state == Request.State.WAITING else request.get_state_display()


def _changes(request: Request) -> list[Difference]:
    """What changed, where it was carried out; else what would change as things are now."""
    kept = (request.result or {}).get("changes")
    if kept is not None:
        return [Difference(*row) for row in kept]
    try:
        found = act_named(request.act).diff(request.payload)
    except Refused:
        return []
    return [Difference(each.label, queries.shown(each.before), queries.shown(each.after)) for each in found]


def _hindrance(request: Request, at: datetime) -> str:
    """Why it could not be carried out now; empty when it could."""
    if request.state != Request.State.WAITING:
        return ""
    if request.expires_at <= at:
        return "This has expired. It must be asked for again."
    try:
        act_named(request.act).check(request.payload)
    except Refused as refusal:
        return refusal.message
    return ""


def _not_mine(request: Request, user: Any, at: datetime) -> str:
    """Why this reader does not decide; empty when they may."""
    if request.asked_by_id == user.pk:
        return "You asked for this: somebody else decides."
    if not queries.may_decide(user, request):
        return "Somebody else decides on this."
    if any(decision.decided_by_id == user.pk for decision in request.decisions.all()):
        return "You have answered; another person must too."
    ceiling = queries.short_ceiling(user, request, on=at.date())
    if ceiling is not None:
        return f"You approve up to {ceiling}: somebody else decides."
    mine = queries.is_about(user, request)
    return "This is about yourself or your own account: somebody else decides." if mine else ""


def _missing(request: Request) -> int:
    if request.state != Request.State.WAITING:
        return 0
    try:
        return queries.approvals_missing(request, given=len(request.decisions.all()))
    except Refused:
        return 0
