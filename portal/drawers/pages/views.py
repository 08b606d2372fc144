"""The list of drawer sessions, and the report of each: X while it is open, Z for ever after."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.render import UNPROCESSABLE, page
from portal.base.tables import arranged
from portal.drawers import queries
from portal.drawers.days import day_of
from portal.drawers.models import DrawerSession
from portal.drawers.pages.tables import SessionTable
from portal.drawers.vaults import vault_branches
from portal.institution.models import Branch
from portal.institution.queries import latest_business_date

DAY = "drawers/day.html"


class DayForm(forms.Form):
    """Which branch's day; its open one unless told."""

    branch = forms.ModelChoiceField(Branch.objects.none(), label="Branch", required=False, to_field_name="code")
    day = forms.DateField(
        label="Business day", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(field := self.fields["branch"], forms.ModelChoiceField):
            field.queryset = branches


@requires(Capability.DRAWER_VIEW)
@require_safe
def drawer_list(request: HttpRequest) -> HttpResponse:
    """The sessions a user may see, newest first."""
    table = SessionTable(queries.sessions_visible_to(request.user))
    return page(request, "drawers/session_list.html", {"table": arranged(request, table)}, partials=("results",))


@requires(Capability.DRAWER_VIEW)
@require_safe
def drawer_report(request: HttpRequest, session_id: int) -> HttpResponse:
    """The X or Z report. To its own cashier no sum that tells the expected cash is shown until the count is done."""
    session = get_object_or_404(queries.sessions_visible_to(request.user), pk=session_id)
    own, state = session.cashier_id == request.user.pk, session.state
    closed = state == DrawerSession.State.CLOSED
    context = {
        "report": queries.report(session),
        "count": queries.last_count(session) if closed else [],
        "closed": closed,
        "told": closed or not own,
        "sealed": own and state == DrawerSession.State.COUNTED,
        "is_copy": "copy" in request.GET,
        "taken_over": getattr(session, "take_over", None),
    }
    return page(request, "drawers/report.html", context)


@requires(Capability.VAULT_VIEW)
@require_safe
def drawer_day(request: HttpRequest) -> HttpResponse:
    """A branch's day in cash: every drawer session of it, and what they come to together."""
    branches = vault_branches(request.user)
    form = DayForm(request.GET, branches=branches)
    if not form.is_valid():
        return page(request, DAY, {"form": form}, status=UNPROCESSABLE)
    branch = form.cleaned_data["branch"] or branches.first()
    if branch is None:
        return page(request, DAY, {"form": form})
    day = form.cleaned_data["day"] or branch.business_date or latest_business_date()
    shown = DayForm(initial={"branch": branch.code, "day": day}, branches=branches)
    return page(request, DAY, {"form": shown, "report": day_of(branch, day)})
