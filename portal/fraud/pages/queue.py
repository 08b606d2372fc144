"""The queue of cases: what stands out, and one step on several of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import allows, requires
from portal.base.clock import now
from portal.base.errors import Refused, Stale
from portal.base.render import CONFLICT, UNPROCESSABLE, page, see_other
from portal.filters.queries import filters_of, plain_query
from portal.fraud.pages.forms import QueueForm, TriageForm
from portal.fraud.queries import cases as reading

QUEUE = "fraud/queue.html"
PER_PAGE = 25
SHOWN = {"open": "To do", "mine": "Mine", "later": "Put off", "over": "Decided"}


@requires(Capability.FRAUD_VIEW)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Cases by severity and age, narrowed by what was searched."""
    return page(request, QUEUE, _listed(request), partials=("results",))


@requires(Capability.FRAUD_VIEW)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """How many cases wait for this person, for the menu."""
    return page(request, "fraud/badge.html", {"count": reading.waiting_count(request.user, at=now())})


@requires(Capability.FRAUD_DECIDE)
@require_POST
def triage(request: HttpRequest) -> HttpResponse:
    """One step on the cases that were ticked, with one reason for all; each that refuses says why, and stays ticked."""
    form = TriageForm(request.POST, user=request.user)
    numbers = [int(number) for number in request.POST.getlist("case") if number.isdecimal()][:PER_PAGE]
    if not form.is_valid() or not numbers:
        untold = [] if numbers else ["Tick the cases first."]
        told = untold + [str(words) for errors in form.errors.values() for words in errors]
        return _again(request, form, dict.fromkeys(numbers, ""), told, UNPROCESSABLE)
    done, refusals = _taken(request, form, numbers)
    if done:
        messages.success(request, f"{done} case{'' if done == 1 else 's'} {form.done}.")
    if done and not refusals:
        return see_other(_back(request))
    status = CONFLICT if any(isinstance(refusal, Stale) for refusal in refusals.values()) else UNPROCESSABLE
    words = {number: refusal.message for number, refusal in refusals.items()}
    return _again(request, form, words, list(dict.fromkeys(words.values())) or ["None of these is yours."], status)


def _taken(request: HttpRequest, form: TriageForm, numbers: list[int]) -> tuple[int, dict[int, Refused]]:
    """The step on each case within reach, on its own: how many were done, and what each other was refused for."""
    done, refusals = 0, dict[int, Refused]()
    for each in reading.cases_decidable_by(request.user).filter(number__in=numbers).order_by("number"):
        try:
            form.act(each, version=request.POST.get(f"seen-{each.number}", ""), by=request.user, at=now())
            done += 1
        except Refused as refusal:
            refusals[each.number] = refusal
    return done, refusals


def _again(
    request: HttpRequest, form: TriageForm, ticked: Mapping[int, str], told: list[str], status: int
) -> HttpResponse:
    """The queue as it is now, with what was refused; nothing that was ticked or written is lost."""
    context = _listed(request) | {"triage": form, "ticked": ticked, "refusals": told}
    return page(request, QUEUE, context, status=status)


def _back(request: HttpRequest) -> str:
    """The list as it was narrowed."""
    url, query = reverse("fraud_queue"), request.GET.urlencode()
    return f"{url}?{query}" if query else url


def _listed(request: HttpRequest) -> dict[str, Any]:
    """What the page shows: its tab, its filter, one page of cases with the alert that says most of each."""
    asked, user, at = request.GET.get("show", "open"), request.user, now()
    show = asked if asked in SHOWN else "open"
    form = QueueForm(request.GET, user=user)
    found = reading.queue(user, at=at, show=show)
    if form.is_valid():
        found = reading.cases_that_fit(found, **form.cleaned_data)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    worst, url, query = reading.leads(shown), reverse("fraud_queue"), request.GET.urlencode()
    return {
        "form": form,
        "show": show,
        "page_obj": shown,
        "rows": [(each, worst.get(each.pk)) for each in shown],
        "at": at,
        "here": _back(request),
        "query": query,
        "is_live": show == "open",
        "is_ranked": any(each.rank_millionths is not None for each in shown),
        "decides": allows(user, Capability.FRAUD_DECIDE) and show != "over",
        "triage": TriageForm(user=user),
        "tabs": [
            {"label": label, "url": f"{url}?show={name}", "current": name == show} for name, label in SHOWN.items()
        ],
        "kept": filters_of(user, "fraud_queue"),
        "place": "fraud_queue",
        "filter_query": plain_query(query),
    }
