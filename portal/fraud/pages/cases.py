"""The queue of cases, and one case: why it stands out, what was done, and what is to be decided."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import allows, requires
from portal.base.charts import InOut, bars_in_out
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.money import Money
from portal.base.render import page, refused, see_other
from portal.filters.queries import filters_of, plain_query
from portal.fraud.models import Alert, Case
from portal.fraud.pages.forms import NoteForm, QueueForm, ReasonForm, VerdictForm
from portal.fraud.queries import cases as reading
from portal.fraud.services import cases, holding
from portal.people.services import note_view

QUEUE, CASE = "fraud/queue.html", "fraud/case.html"
PER_PAGE = 25
SHOWN = {"open": "To do", "mine": "Mine", "later": "Put off", "over": "Decided"}
_Step = Callable[..., object]
STEPS: dict[str, tuple[_Step, str]] = {
    "take": (cases.take, "taken"),
    "escalate": (cases.escalate, "escalated"),
    "snooze": (cases.snooze, "put off until tomorrow"),
}


@requires(Capability.FRAUD_VIEW)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Cases by severity and age, narrowed by what was searched."""
    asked = request.GET.get("show", "open")
    show = asked if asked in SHOWN else "open"
    form = QueueForm(request.GET, user=request.user)
    at = now()
    found = reading.queue(request.user, at=at, show=show)
    if form.is_valid():
        found = reading.cases_that_fit(found, **form.cleaned_data)
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    worst = reading.leads(shown)
    context = {
        "form": form,
        "show": show,
        "page_obj": shown,
        "rows": [(each, worst.get(each.pk)) for each in shown],
        "at": at,
        "here": request.get_full_path(),
        "is_live": show == "open",
        "is_ranked": any(each.rank_millionths is not None for each in shown),
        "decides": allows(request.user, Capability.FRAUD_DECIDE) and show != "over",
        "reasons": [(reason.value, reason.label) for reason in map(Case.Reason, cases.OUTCOMES[Case.State.CLEARED])],
    }
    return page(request, QUEUE, context | _views(request, show), partials=("results",))


def _views(request: HttpRequest, show: str) -> dict[str, Any]:
    """The tabs over the queue, and the filters somebody has kept of it."""
    url = reverse("fraud_queue")
    return {
        "tabs": [
            {"label": label, "url": f"{url}?show={name}", "current": name == show} for name, label in SHOWN.items()
        ],
        "kept": filters_of(request.user, "fraud_queue"),
        "place": "fraud_queue",
        "filter_query": plain_query(request.GET.urlencode()),
    }


@requires(Capability.FRAUD_DECIDE)
@require_POST
def triage(request: HttpRequest) -> HttpResponse:
    """One step on the cases that were ticked, or one verdict of “no fraud” for all; each that refuses says why."""
    step = STEPS.get(request.POST.get("step", "")) or _clearing(request.POST)
    numbers = [int(number) for number in request.POST.getlist("case") if number.isdigit()][:PER_PAGE]
    if step is None:
        messages.error(request, "Choose what to do with them.")
        return see_other(reverse("fraud_queue"))
    chosen = reading.cases_decidable_by(request.user).filter(number__in=numbers)
    done = 0
    for each in chosen:
        try:
            step[0](case=each, by=request.user, at=now())
            done += 1
        except Refused as refusal:
            messages.error(request, refusal.message)
    if done:
        messages.success(request, f"{done} case{'' if done == 1 else 's'} {step[1]}.")
    elif not numbers:
        messages.error(request, "Tick the cases first.")
    return see_other(reverse("fraud_queue"))


def _clearing(sent: QueryDict) -> tuple[_Step, str] | None:
    """The verdict that nothing was wrong, with one reason for all, if that was asked for."""
    if sent.get("step") != "clear":
        return None
    return partial(cases.decide, outcome=Case.State.CLEARED, reason=sent.get("reason", ""), note=""), "cleared"


@requires(Capability.FRAUD_VIEW)
@require_safe
def case(request: HttpRequest, case_number: int) -> HttpResponse:
    """Everything about one case on one page. That a customer was looked at is written down."""
    found = visible_case(request, case_number)
    if not part_of(request):
        note_view(customer=found.customer, viewer=request.user, reason=reading.looked_because(found), at=now())
    return page(request, CASE, _about(request, found) | _forms(found), partials=("timeline", "colleagues"))


def part_of(request: HttpRequest) -> bool:
    """Whether the page asks again for a part of itself: nobody opened it anew."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and htmx.target in {"timeline", "colleagues"}


@requires(Capability.FRAUD_DECIDE)
@require_POST
def case_step(request: HttpRequest, case_number: int) -> HttpResponse:
    """Take, escalate, put off, or write a note."""
    found = decidable_case(request, case_number)
    form = NoteForm(request.POST)
    step = STEPS.get(request.POST.get("step", ""))
    if step is None and not form.is_valid():
        return refused(request, CASE, _about(request, found) | _forms(found) | {"note_form": form}, form)
    try:
        if step is not None:
            step[0](case=found, by=request.user, at=now())
        else:
            cases.add_note(case=found, text=form.cleaned_data["text"], by=request.user, at=now())
    except Refused as error:
        return refused(request, CASE, _about(request, found) | _forms(found), _forms(found)["form"], error)
    return see_other(reverse("fraud_case", args=[case_number]))


@requires(Capability.FRAUD_DECIDE)
@require_POST
def case_decide(request: HttpRequest, case_number: int) -> HttpResponse:
    """Fraud or not; then the next case opens by itself."""
    found = decidable_case(request, case_number)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return refused(request, CASE, _about(request, found) | _forms(found), form)
    try:
        cases.decide(case=found, **form.cleaned_data, by=request.user, at=now())
    except Refused as error:
        return refused(request, CASE, _about(request, found) | _forms(found), form, error)
    messages.success(request, f"Case {case_number} is decided.")
    following = reading.queue(request.user, at=now()).first()
    return see_other(reverse("fraud_case", args=[following.number]) if following else reverse("fraud_queue"))


@requires(Capability.FRAUD_DECIDE, fresh=True)
@require_POST
def case_freeze(request: HttpRequest, case_number: int, alert_id: int) -> HttpResponse:
    """Freeze the account of an alert."""
    found = decidable_case(request, case_number)
    alert = get_object_or_404(Alert, case=found, pk=alert_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        refusal = Refused("Say why the account is frozen.", code="why")
        return refused(request, CASE, _about(request, found) | _forms(found), _forms(found)["form"], refusal)
    why = form.cleaned_data["why"]

    def act() -> None:
        cases.freeze_account(case=found, alert=alert, why=why, by=request.user, at=now())

    return _done(request, found, act, f"Account {alert.account.code} is frozen.")


@requires(Capability.FRAUD_DECIDE, fresh=True)
@require_POST
def case_held(request: HttpRequest, case_number: int, alert_id: int) -> HttpResponse:
    """Release a held movement, or return it."""
    found = decidable_case(request, case_number)
    alert = get_object_or_404(Alert.objects.select_related("held"), case=found, pk=alert_id, held__isnull=False)
    answer = {"release": holding.release, "return": holding.give_back}.get(request.POST.get("answer", ""))
    held = alert.held
    if answer is None or held is None:
        raise Http404

    def act() -> None:
        answer(held=held, by=request.user, at=now())

    return _done(
        request, found, act, "Released." if answer is holding.release else "Returned: the money is free again."
    )


def _done(request: HttpRequest, found: Case, act: Callable[[], None], said: str) -> HttpResponse:
    try:
        act()
    except Refused as error:
        found.refresh_from_db()
        return refused(request, CASE, _about(request, found) | _forms(found), _forms(found)["form"], error)
    messages.success(request, said)
    return see_other(reverse("fraud_case", args=[found.number]))


def visible_case(request: HttpRequest, case_number: int) -> Case:
    related = ("customer", "branch", "assigned_to", "decided_by")
    return get_object_or_404(reading.cases_visible_to(request.user).select_related(*related), number=case_number)


def decidable_case(request: HttpRequest, case_number: int) -> Case:
    return get_object_or_404(reading.cases_decidable_by(request.user).select_related("customer"), number=case_number)


def _forms(found: Case) -> dict[str, Any]:
    return {"form": VerdictForm(initial={"version": found.version}, auto_id="id_%s"), "note_form": NoteForm()}


def _about(request: HttpRequest, found: Case) -> dict[str, Any]:
    alerts = list(reading.alerts_of(found)[:50])
    currency = alerts[0].account.currency if alerts else ""
    days = [
        InOut(f"{day.day:%d %b}", day.inward, day.outward)
        for day in reading.money_days(found)
        if day.inward or day.outward
    ]
    user = request.user
    return {
        "case": found,
        "alerts": alerts,
        "events": found.events.select_related("by"),
        "graph": bars_in_out("In and out, day by day", days, shown=lambda minor: str(Money(minor, currency)))
        if days
        else "",
        "movements": [
            (line, Money(line.amount_minor, line.account.currency)) for line in reading.last_movements(found)
        ],
        "similar": reading.similar_cases(found, user),
        "looking": reading.looking_at(found, user, at=now()),
        "clearing": cases.OUTCOMES[Case.State.CLEARED],
        "steps": STEPS,
        "works": found.is_open and allows(user, Capability.FRAUD_DECIDE) and not _is_own(user, found),
        "is_own": _is_own(user, found),
    }


def _is_own(user: Any, found: Case) -> bool:
    email = found.customer.email.lower()
    return bool(user.customer_id == found.customer_id or (email and email == user.email.lower()))
