"""One case: why it stands out, what was done, and what is to be decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
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
from portal.fraud.models import Alert, Case
from portal.fraud.pages.forms import NoteForm, ReasonForm, StepForm, VerdictForm
from portal.fraud.queries import cases as reading
from portal.fraud.services import cases, holding
from portal.people.services import note_view

CASE, STEP_ID = "fraud/case.html", "id_step_%s"
_Step = Callable[..., object]
STEPS: dict[str, _Step] = {
    "take": cases.take,
    "escalate": cases.escalate,
    "snooze": cases.snooze,
    "wake": cases.wake,
    "hold": cases.hold_movements,
    "let_go": cases.let_movements_go,
}
WITH_A_WORD = {"hold", "let_go"}
"""The steps that want to know why."""


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
    """Take, escalate, put off, bring back, hold the member's movements or let them go; what is put off makes room for the next."""
    found = decidable_case(request, case_number)
    step = request.POST.get("step", "")
    if step not in STEPS:
        raise Http404
    form = StepForm(request.POST, auto_id=STEP_ID)
    if not form.is_valid():
        return refused(request, CASE, _about(request, found) | _forms(found) | {"step_form": form}, form)
    more = {"why": form.cleaned_data["why"]} if step in WITH_A_WORD else {}
    try:
        STEPS[step](case=found, version=form.cleaned_data["version"], by=request.user, at=now(), **more)
    except Refused as error:
        found.refresh_from_db()
        return refused(request, CASE, _about(request, found) | _forms(found) | {"step_form": form}, form, error)
    return _next(request) if step == "snooze" else see_other(reverse("fraud_case", args=[case_number]))


@requires(Capability.FRAUD_DECIDE)
@require_POST
def case_note(request: HttpRequest, case_number: int) -> HttpResponse:
    """Write something down beside a case."""
    found = decidable_case(request, case_number)
    form = NoteForm(request.POST)
    context = _about(request, found) | _forms(found) | {"note_form": form}
    if not form.is_valid():
        return refused(request, CASE, context, form)
    try:
        cases.add_note(case=found, text=form.cleaned_data["text"], by=request.user, at=now())
    except Refused as error:
        return refused(request, CASE, context, form, error)
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
    return _next(request)


def _next(request: HttpRequest) -> HttpResponse:
    """On to what waits next, so that nobody has to go back to the queue."""
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
    return {
        "form": VerdictForm(initial={"version": found.version}),
        "note_form": NoteForm(),
        "step_form": StepForm(auto_id=STEP_ID),
    }


def _about(request: HttpRequest, found: Case) -> dict[str, Any]:
    alerts = list(reading.alerts_of(found)[:50])
    currency = alerts[0].account.currency if alerts else ""
    days = [InOut(f"{day.day:%d %b}", day.inward, day.outward) for day in reading.money_days(found)]
    user, own = request.user, cases.why_own(found, request.user)
    return {
        "case": found,
        "alerts": alerts,
        "events": found.events.select_related("by"),
        "graph": bars_in_out("In and out, day by day", days, shown=lambda minor: str(Money(minor, currency)))
        if any(day.inward or day.outward for day in days)
        else "",
        "movements": [
            (line, Money(line.amount_minor, line.account.currency)) for line in reading.last_movements(found)
        ],
        "similar": reading.similar_cases(found, user),
        "looking": reading.looking_at(found, user, at=now()),
        "clearing": cases.OUTCOMES[Case.State.CLEARED],
        "works": found.is_open and allows(user, Capability.FRAUD_DECIDE) and not own,
        "own": own,
        "at": now(),
    }
