"""The operations manager's page of interest: what was posted, what is due, and asking the worker to post it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.deposits import queries, services
from portal.deposits.pages.forms import MonthForm

MONTHS_SHOWN = 24


@requires(Capability.INTEREST_POST)
@require_http_methods(["GET", "HEAD", "POST"])
def interest_runs(request: HttpRequest) -> HttpResponse:
    """Months posted and the month due. `?due=1` works out what would be posted; a POST asks the worker to do it."""
    month = queries.last_month_over()
    form = MonthForm(request.POST if request.method == "POST" else None, initial={"month": month and month[1]})
    if request.method != "POST":
        return page(request, "deposits/interest_runs.html", _context(month, due="due" in request.GET) | {"form": form})
    if not form.is_valid():
        return refused(request, "deposits/interest_runs.html", _context(month), form)
    try:
        job = services.ask_for_interest(
            period_end=form.cleaned_data["month"], key=form.cleaned_data["key"], by=request.user, at=now()
        )
    except Refused as error:
        return refused(request, "deposits/interest_runs.html", _context(month), form, error)
    return see_other(reverse("job_detail", args=[job.pk]))


def _context(month: tuple[date, date] | None, *, due: bool = False) -> dict[str, Any]:
    return {
        "month": month,
        "waiting": queries.accounts_waiting(*month) if month else 0,
        "value_date": month[1] + timedelta(days=1) if month else None,
        "due": queries.interest_due(*month) if month and due else None,
        "runs": queries.interest_posted(MONTHS_SHOWN),
    }
