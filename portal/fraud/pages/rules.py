"""Rules of the gate: those in force, trying one on the last ninety days, asking for another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.base.render import page, refused, see_other
from portal.documents.queries import pdf_available
from portal.fraud.judging import PARAMETERS
from portal.fraud.models import Condition, RuleVersion
from portal.fraud.pages.forms import ConditionForm, RuleForm, initial_of
from portal.fraud.queries.force import rule_history, rules_coming, rules_present
from portal.fraud.queries.work import BACKTEST
from portal.fraud.rulebook import card_of, told
from portal.fraud.services.rules import ask_for_backtest, ask_for_rule
from portal.institution.queries import institution
from portal.outbox.models import Job
from portal.outbox.queries import jobs_visible_to

LIST, FORM, CARD = "fraud/rules.html", "fraud/rule.html", "fraud/rule_card.html"
LIVE_ONLY = {Condition.FAILED_PINS, Condition.NEW_DEVICE}
"""What only a movement as it happens has: a trial on the past finds nothing."""


@requires(Capability.FRAUD_VIEW)
@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """Every rule as it stands today."""
    day = now().date()
    known = [*rules_present(day), *rules_coming(day)]
    rows = [(each, told(each.condition, each.parameters)) for each in sorted(known, key=lambda rule: rule.code)]
    return page(request, LIST, {"rows": rows, "day": day, "form": ConditionForm()})


@requires(Capability.FRAUD_VIEW)
@require_safe
def rule_card(request: HttpRequest, rule_code: str) -> HttpResponse:
    """A rule as it stands, what it changed from version to version, and what came of it."""
    card = card_of(rule_code, at=now())
    if card is None:
        raise Http404
    return page(request, CARD, {"card": card, "has_paper": pdf_available()})


@requires(Capability.FRAUD_RULE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: HttpRequest) -> HttpResponse:
    """A rule nobody had; `?condition=` says what it looks at."""
    condition = request.GET.get("condition", "")
    if condition not in PARAMETERS:
        return see_other(reverse("fraud_rules"))
    return _edited(request, None, condition, "")


@requires(Capability.FRAUD_RULE_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, rule_code: str) -> HttpResponse:
    """Another version of a rule. `?tried=` shows what a trial found."""
    found = rule_history(rule_code).first()
    tried = _tried(request, rule_code)
    if found is None and tried is None:
        raise Http404
    condition = found.condition if found else tried.payload["rule"]["condition"]  # type: ignore[union-attr]  # see above
    return _edited(request, found, condition, rule_code)


def _edited(request: HttpRequest, found: RuleVersion | None, condition: str, code: str) -> HttpResponse:
    profile, tried = institution(), _tried(request, code)
    currency = profile.currency if profile else ""
    start = initial_of(tried.payload["rule"] if tried else found, condition, now().date(), currency)
    start["reason"] = tried.payload.get("reason", "") if tried else ""
    form = RuleForm(
        request.POST if request.method == "POST" else None,
        condition=condition,
        code=code,
        currency=currency,
        initial=start,
    )
    context = {
        "form": form,
        "rule": found,
        "tried": tried,
        "condition": Condition(condition).label,
        "is_live_only": condition in LIVE_ONLY,
        "card": card_of(code, at=now()) if found else None,
    }
    if request.method != "POST":
        return page(request, FORM, context)
    if not form.is_valid():
        return refused(request, FORM, context, form)
    try:
        return _asked(request, form)
    except Refused as error:
        return refused(request, FORM, context, form, error)


def _asked(request: HttpRequest, form: RuleForm) -> HttpResponse:
    """Try it, or put it before a second person."""
    user: Any = request.user
    if "try" in request.POST:
        reason = form.cleaned_data["reason"]
        job = ask_for_backtest(rule=form.plain(), key=new_key(), reason=reason, by=user, at=now())
        return see_other(reverse("job_detail", args=[job.pk]))
    tried = _tried(request, form.code)
    ask_for_rule(rule=form.plain(), reason=form.cleaned_data["reason"], tried=tried, by=user, at=now())
    messages.success(request, "Asked for. The rule changes once a second person has approved it.")
    return see_other(reverse("fraud_rules"))


def _tried(request: HttpRequest, code: str) -> Job | None:
    """The trial of this rule that `?tried=` names, if it is over and this person's own."""
    jobs = jobs_visible_to(request.user).filter(kind=BACKTEST, state=Job.State.DONE, payload__rule__code=code)
    return (
        next((job for job in jobs if str(job.pk) == request.GET.get("tried")), None) if "tried" in request.GET else None
    )
