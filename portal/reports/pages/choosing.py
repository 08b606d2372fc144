"""What the address of a report asks for: days, a branch, what to compare with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.institution.models import Branch
from portal.institution.queries import branches_within
from portal.reports import queries
from portal.reports.pages.forms import ReportForm
from portal.reports.span import Span

SEES_BOOKS = Capability.TRIAL_BALANCE_VIEW

F = TypeVar("F", bound=ReportForm)


def asked(
    request: HttpRequest, form_of: type[F], defaults: Callable[[date], dict[str, str]]
) -> tuple[F, Branch | None]:
    """The form with what the address says, the rest from `defaults` of the latest day; and the branch, None for all.

    The form is unbound, hence neither valid nor wrong, while there is no branch with books.
    """
    branch = queries.branch_asked_for(request.user, SEES_BOOKS, request.GET.get("branch", ""))
    latest = queries.latest_day(branch)
    branches = branches_within(request.user, SEES_BOOKS)
    all_too = scope_of(request.user, SEES_BOOKS) is Scope.ALL
    if latest is None:
        return form_of(None, branches=branches, all_too=all_too, latest=date.max), None
    data = {name: request.GET.get(name) or default for name, default in defaults(latest).items()}
    data["branch"] = branch.code if branch else ""
    return form_of(data, branches=branches, all_too=all_too, latest=latest), branch


def shown(name: str, form: ReportForm, branch: Branch | None, span: Span, **more: str) -> dict[str, Any]:
    """What every page of the books shows beside its figures: what was asked for, and the addresses of its neighbours.

    `name` is the page's address; a form that asks for one day takes the last one of a span.
    """

    def query(days: Span) -> str:
        values = {"date": days.until} if "date" in form.fields else {"since": days.since, "until": days.until}
        return address_query(branch, **values, **more)

    after = span.month_after(form.latest)
    return {
        "form": form,
        "span": span,
        "branch": branch,
        "is_provisional": queries.is_open(span.until, branch),
        "query": query(span),
        "before": f"{reverse(name)}?{query(span.month_before())}",
        "after": f"{reverse(name)}?{query(after)}" if after else "",
    }


def address_query(branch: Branch | None, **values: date | str) -> str:
    """The part of an address after the question mark."""
    words = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    return urlencode({**words, **({"branch": branch.code} if branch else {})})
