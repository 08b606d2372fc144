"""Deciding cases, setting rules, training the model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.text import slugify

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.fields import AmountField, typed_field, use_currency
from portal.base.money import Money
from portal.fraud.judging import PARAMETERS, Parameter
from portal.fraud.models import Case, Channel, Condition, Level, RuleVersion, Verdict
from portal.fraud.queries.cases import deciders_beside, deciders_for
from portal.fraud.services import cases
from portal.fraud.services.models import LEAST_ALERTS, MOST_ALERTS
from portal.institution.models import Branch
from portal.people.models import User

_DAY = {"type": "date"}


MOST_STEPS = 750
"""A slider of more steps than this hits nothing."""


class SliderInput(forms.NumberInput):
    """A number that may be typed, with a slider beside it where scripts run: the number is what is sent."""

    template_name = "fraud/slider.html"


class VerdictForm(forms.Form):
    """Was it fraud, and why."""

    outcome = forms.ChoiceField(
        label="Verdict",
        choices=[(Case.State.FRAUD, "Fraud"), (Case.State.CLEARED, "No fraud")],
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(label="Because", choices=Case.Reason)
    note = forms.CharField(
        label="What was found",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed for fraud.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class QueueForm(forms.Form):
    """Narrowing the queue."""

    q = forms.CharField(label="Member or case", required=False, max_length=80)
    level = forms.TypedChoiceField(
        label="From this severity",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Any"), (Level.HIGH, "High"), (Level.CRITICAL, "Critical")],
    )
    branch = forms.ModelChoiceField(Branch.objects.none(), label="Branch", required=False, empty_label="All")
    is_held = forms.BooleanField(label="With something held", required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if scope_of(user, Capability.FRAUD_VIEW) is Scope.ALL:
            typed_field(self, "branch", forms.ModelChoiceField).queryset = Branch.objects.order_by("code")
        else:
            del self.fields["branch"]


class TriageForm(forms.Form):
    """One step for several cases: what to do, and the reason or the colleague that goes with it."""

    DONE: ClassVar = {
        "assign": "handed to {to}",
        "escalate": "escalated",
        "snooze": "put off until tomorrow",
        "wake": "brought back",
        "hold": "held: what leaves these members' accounts waits for a review",
        "clear": "cleared",
    }
    step = forms.ChoiceField(
        choices=[(name, name) for name in DONE], error_messages={"required": "Choose what to do with them."}
    )
    to = forms.ModelChoiceField(User.objects.none(), label="Assign to", required=False, empty_label="Me")
    reason = forms.ChoiceField(
        label="No fraud, because",
        required=False,
        choices=[(reason, Case.Reason(reason).label) for reason in cases.OUTCOMES[Case.State.CLEARED]],
    )
    why = forms.CharField(label="Hold their movements, because", required=False, max_length=140)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_triage_%s", **kwargs})
        colleagues = deciders_beside(user)
        typed_field(self, "to", forms.ModelChoiceField).queryset = colleagues
        self.fields["why"].widget.attrs["autocomplete"] = "off"

    @property
    def done(self) -> str:
        """What was done to them, behind their number."""
        return self.DONE[self.cleaned_data["step"]].format(to=self.cleaned_data["to"] or "you")

    def act(self, case: Case, *, version: str, by: Any, at: datetime) -> None:
        """Take the step on one case. Refused like the step itself; `version` empty looks at no version."""
        told = {"case": case, "version": int(version) if version.isdecimal() else None, "by": by, "at": at}
        step, to = self.cleaned_data["step"], self.cleaned_data["to"]
        if step == "assign":
            cases.take(**told) if to is None else cases.assign(**told, to=to)
        elif step == "hold":
            cases.hold_movements(**told, why=self.cleaned_data["why"])
        elif step == "clear":
            cases.decide(**told, outcome=Case.State.CLEARED, reason=self.cleaned_data["reason"], note="")
        else:
            {"escalate": cases.escalate, "snooze": cases.snooze, "wake": cases.wake}[step](**told)


class StepForm(forms.Form):
    """A step on one case, and a word on why where it wants one."""

    why = forms.CharField(label="Because", required=False, max_length=140)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class AssignForm(forms.Form):
    """To which colleague, and what they should know."""

    to = forms.ModelChoiceField(User.objects.none(), label="Colleague", empty_label="Choose")
    why = forms.CharField(label="What they should know", required=False, max_length=300)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed_field(self, "to", forms.ModelChoiceField).queryset = deciders_for(case.branch_id).exclude(pk=user.pk)


class NoteForm(forms.Form):
    text = forms.CharField(label="Note", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class RuleForm(forms.Form):
    """A rule whose condition is known: its numbers, what it does, from when, and why."""

    name = forms.CharField(label="Name", max_length=80)
    channel = forms.ChoiceField(label="Channel", required=False, choices=Channel)
    on_incoming = forms.BooleanField(label="Looks at incoming money too", required=False)
    verdict = forms.TypedChoiceField(label="Does", coerce=int, choices=Verdict)
    weight = forms.IntegerField(
        label="Weight",
        min_value=0,
        max_value=100,
        widget=SliderInput,
        help_text="Weights of 60 together make an alert, of 100 a critical one.",
    )
    is_on = forms.BooleanField(label="Is on", required=False)
    effective_from = forms.DateField(label="Begins", widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    reason = forms.CharField(label="Why", max_length=140, required=False, help_text="Needed to ask for it.")

    def __init__(self, *args: Any, condition: str, code: str, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.condition, self.code = condition, code
        for each in PARAMETERS[condition]:
            self.fields[each.name] = _field_of(each)
        use_currency(self, currency)
        self.order_fields(["name", *(each.name for each in PARAMETERS[condition])])

    def plain(self) -> dict[str, Any]:
        """The rule in plain values; only after `is_valid`."""
        typed = self.cleaned_data
        numbers = {each.name: _minor(typed[each.name]) for each in PARAMETERS[self.condition]}
        return {
            "code": self.code or slugify(typed["name"])[:40],
            "name": typed["name"],
            "condition": self.condition,
            "parameters": numbers,
            "channel": typed["channel"],
            "on_incoming": int(typed["on_incoming"]),
            "weight": typed["weight"],
            "verdict": typed["verdict"],
            "is_on": int(typed["is_on"]),
            "effective_from": typed["effective_from"].isoformat(),
        }


def initial_of(rule: RuleVersion | Mapping[str, Any] | None, condition: str, day: Any, currency: str) -> dict[str, Any]:
    """What the form of a rule begins with: the rule as it is, or as it was tried."""
    if rule is None:
        return {"effective_from": day, "is_on": True, "weight": 30, "verdict": int(Verdict.ALLOW)}
    names = ("name", "channel", "on_incoming", "verdict", "weight", "is_on")
    values = {name: rule[name] if isinstance(rule, Mapping) else getattr(rule, name) for name in names}
    # A trial keeps 0 and 1, and a box takes a nought for a tick.
    values |= {name: bool(values[name]) for name in ("on_incoming", "is_on")}
    kept = rule["parameters"] if isinstance(rule, Mapping) else rule.parameters
    for each in PARAMETERS[condition]:
        value = kept.get(each.name, 0)
        values[each.name] = f"{Money(value, currency).to_decimal():f}" if each.is_amount else value
    begins = date.fromisoformat(rule["effective_from"]) if isinstance(rule, Mapping) else day
    return {**values, "effective_from": max(begins, day)}


def _field_of(each: Parameter) -> forms.Field:
    """How a number of a rule is typed: an amount, one of some levels, or a number with a slider where its bounds are near."""
    if each.is_amount:
        return AmountField(label=each.label, allow_zero=True)
    if each.choices:
        return forms.TypedChoiceField(label=each.label, coerce=int, choices=each.choices)
    widget = SliderInput if each.most - each.least <= MOST_STEPS else forms.NumberInput
    return forms.IntegerField(label=each.label, min_value=each.least, max_value=each.most, widget=widget)


def _minor(value: Any) -> int:
    return value.minor if isinstance(value, Money) else int(value)


class ConditionForm(forms.Form):
    """What a new rule looks at."""

    condition = forms.ChoiceField(label="Looks at", choices=Condition)


class TrainingForm(forms.Form):
    alerts_a_day = forms.IntegerField(label="Alerts a day", min_value=LEAST_ALERTS, max_value=MOST_ALERTS, initial=10)


class PeriodForm(forms.Form):
    """A stretch of days, the first and the last included."""

    since = forms.DateField(label="From", widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    until = forms.DateField(label="To", widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))

    with_alerts = forms.BooleanField(label="Raise alerts of it", required=False)

    def wanted(self) -> dict[str, Any]:
        """The period's first and last moment, and whether alerts are raised; only after `is_valid`."""
        first, last = self.cleaned_data["since"], self.cleaned_data["until"] + timedelta(days=1)
        return {
            "with_alerts": self.cleaned_data["with_alerts"],
            "since": datetime.combine(first, time(), UTC),
            "until": datetime.combine(last, time(), UTC),
        }


class ReasonForm(forms.Form):
    why = forms.CharField(label="Why", max_length=140)
