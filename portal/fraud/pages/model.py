"""The model: what it learned from, how its levels were cut, how far the present has drifted, how often it was right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.fraud.calibration import DRIFT_STRONG, DRIFT_WATCH, drift
from portal.fraud.habits import NINE, TIMES
from portal.fraud.models import Level, ModelInForce, ModelVersion, ScoredMovement
from portal.fraud.pages.forms import PeriodForm, ReasonForm, TrainingForm
from portal.fraud.queries.cases import alerts_since, precision_by_month
from portal.fraud.queries.force import force_now
from portal.fraud.queries.work import MOST_ANALYSES, TRAIN, Analysis, analyses_visible_to, under_way
from portal.fraud.services.models import ask_for_analysis, ask_for_training, put_in_force
from portal.fraud.telling import FEATURES_IN_WORDS
from portal.outbox.models import Job
from portal.outbox.queries import jobs_visible_to

PAGE, ANALYSIS = "fraud/model.html", "fraud/analysis.html"
MOST_VERSIONS, MOST_FOR_DRIFT = 12, 2_000
DRIFT_DAYS, ALERT_DAYS = timedelta(days=14), timedelta(days=28)


@requires(Capability.FRAUD_MODEL_VIEW)
@require_safe
def model(request: HttpRequest) -> HttpResponse:
    """The model in force and those before it."""
    return page(request, PAGE, _about(request.user))


@requires(Capability.FRAUD_MODEL_MANAGE)
@require_POST
def model_train(request: HttpRequest) -> HttpResponse:
    """Ask the worker to train now."""
    form = TrainingForm(request.POST)
    if not form.is_valid():
        return refused(request, PAGE, _about(request.user) | {"training_form": form}, form)
    try:
        job = ask_for_training(alerts_a_day=form.cleaned_data["alerts_a_day"], by=request.user, at=now())
    except Refused as error:
        return refused(request, PAGE, _about(request.user) | {"training_form": form}, form, error)
    return see_other(reverse("job_detail", args=[job.pk]))


@requires(Capability.FRAUD_MODEL_MANAGE)
@require_POST
def model_analyse(request: HttpRequest) -> HttpResponse:
    """Ask the worker to score a period that the gate did not see."""
    form = PeriodForm(request.POST)
    if not form.is_valid():
        return refused(request, PAGE, _about(request.user) | {"period_form": form}, form)
    try:
        job = ask_for_analysis(**form.wanted(), by=request.user, at=now())
    except Refused as error:
        return refused(request, PAGE, _about(request.user) | {"period_form": form}, form, error)
    return see_other(reverse("job_detail", args=[job.pk]))


@requires(Capability.FRAUD_MODEL_VIEW)
@require_safe
def model_analysis(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """What an analysis has found; one that is under way is followed where all work is."""
    job = get_object_or_404(analyses_visible_to(request.user), pk=job_id)
    if job.state != Job.State.DONE:
        followed = jobs_visible_to(request.user).filter(pk=job.pk).exists()
        return see_other(reverse("job_detail", args=[job.pk]) if followed else reverse("fraud_model"))
    return page(request, ANALYSIS, {"found": Analysis.of(job, request.user)})


@requires(Capability.FRAUD_MODEL_MANAGE, fresh=True)
@require_POST
def model_in_force(request: HttpRequest, model_number: int) -> HttpResponse:
    """Roll back to an earlier version, or forward again."""
    version = get_object_or_404(ModelVersion, number=model_number)
    form: forms.Form = ReasonForm(request.POST)
    if not form.is_valid():
        return refused(request, PAGE, _about(request.user) | {"rollback_form": form}, form)
    try:
        put_in_force(version=version, why=form.cleaned_data["why"], by=request.user, at=now())
    except Refused as error:
        return refused(request, PAGE, _about(request.user) | {"rollback_form": form}, form, error)
    messages.success(request, f"{version} is in force.")
    return see_other(reverse("fraud_model"))


def _about(user: Any) -> dict[str, Any]:
    """What the page shows, whichever form was sent from it."""
    day = now().date()
    current = ModelInForce.objects.select_related("version", "by").order_by("-pk").first()
    version = current.version if current else None
    return {
        "current": current,
        "version": version,
        "trouble": force_now(day).trouble,
        "levels": _levels(version),
        "alerts_a_day": f"{alerts_since(now() - ALERT_DAYS) / ALERT_DAYS.days:.1f}",
        "training": under_way(TRAIN),
        "analyses": [(job, Analysis.of(job, user)) for job in analyses_visible_to(user)[:MOST_ANALYSES]],
        "drifts": _drifts(version),
        "precision": precision_by_month(),
        "versions": ModelVersion.objects.defer("forest", "nine", "ranker").select_related("trained_by")[:MOST_VERSIONS],
        "features": [(FEATURES_IN_WORDS[name], name) for name in (*TIMES, *NINE)],
        "training_form": TrainingForm(initial={"alerts_a_day": version.alerts_a_day if version else 10}),
        "period_form": PeriodForm(initial={"since": day - timedelta(days=30), "until": day}),
        "rollback_form": ReasonForm(),
        "form": TrainingForm(),
    }


def _levels(version: ModelVersion | None) -> list[tuple[str, str]]:
    """From which score on each level begins."""
    if version is None:
        return []
    levels = [level for level in Level if level.name.lower() in version.thresholds]
    return [(level.label, f"{version.thresholds[level.name.lower()] / 10_000:.1f}") for level in levels]


def _drifts(version: ModelVersion | None) -> list[tuple[str, str, str, str]]:
    """Each feature of the forests with its stability index over the last two weeks, and what that means."""
    if version is None or not version.bins:
        return []
    recent = ScoredMovement.objects.filter(at__gt=now() - DRIFT_DAYS, is_incoming=False).order_by("-at")
    figures = list(recent.values_list("figures", flat=True)[:MOST_FOR_DRIFT])
    found = drift({name: version.bins[name] for name in (*TIMES, *NINE) if name in version.bins}, figures)
    ordered = sorted(found.items(), key=lambda pair: -pair[1])
    return [(FEATURES_IN_WORDS[name], name, f"{index:.2f}", _word(index)) for name, index in ordered]


def _word(index: float) -> str:
    return "steady" if index < DRIFT_WATCH else "moves" if index < DRIFT_STRONG else "another population"
