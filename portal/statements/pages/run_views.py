"""The monthly statements of all accounts: asking for a month, and how far each is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.origin import origin_of
from portal.base.render import page, refused, see_other
from portal.statements import queries, services
from portal.statements.models import StatementRun
from portal.statements.pages.forms import MonthForm

RUNS_SHOWN, TROUBLES_SHOWN = 24, 200


@requires(Capability.STATEMENT_RUN)
@require_http_methods(["GET", "HEAD", "POST"])
def statement_runs(request: HttpRequest) -> HttpResponse:
    """The months whose statements were issued, and a form for another."""
    today = services.earliest_open_day()
    months = services.months_to_choose(today) if today else []
    form = MonthForm(request.POST or None, months=months)
    runs = [(run, queries.progress_of_run(run)) for run in StatementRun.objects.all()[:RUNS_SHOWN]]
    context = {"form": form, "runs": runs}
    if request.method != "POST":
        return page(request, "statements/run_list.html", context)
    if not form.is_valid():
        return refused(request, "statements/run_list.html", context, form)
    key = form.cleaned_data["key"]
    try:
        run = services.ask_for_run(month=form.chosen, origin=origin_of(request), key=key, by=request.user, at=now())
    except Refused as error:
        return refused(request, "statements/run_list.html", context, form, error)
    return see_other(reverse("statement_run", args=[run.pk]))


@requires(Capability.STATEMENT_RUN)
@require_safe
def statement_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """How far one month is, and each account in trouble by name."""
    run = get_object_or_404(StatementRun, pk=run_id)
    troubles = run.statements.exclude(trouble="").select_related("account__customer")
    month = MonthForm(initial={"month": run.period_start.isoformat()}, months=[])
    context = {
        "run": run,
        "progress": queries.progress_of_run(run),
        "troubles": troubles[:TROUBLES_SHOWN],
        "troubled": troubles.count(),
        "key_field": month["key"],
    }
    return page(request, "statements/run_detail.html", context, partials=("run",))
