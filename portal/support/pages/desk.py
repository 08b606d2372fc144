"""Setting up the desk: targets, deadlines, hours, canned replies."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.institution.models import Branch
from portal.institution.queries import branches
from portal.support import queries, services
from portal.support.models import Category, Macro
from portal.support.models.desk import Kind

if TYPE_CHECKING:
    CategoryBase = forms.ModelForm[Category]
else:
    CategoryBase = forms.ModelForm

FORM = "support/desk_form.html"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class MacroForm(forms.Form):
    """A canned reply."""

    name = forms.CharField(label="Name", max_length=60)
    text = forms.CharField(label="Words", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    then_state = forms.ChoiceField(
        label="Then the ticket is", required=False, choices=[("", "Waiting for the customer"), ("open", "In hand"), ("resolved", "Settled"), ("closed", "Closed")]
    )  # fmt: skip
    then_tag = forms.SlugField(label="And gets the tag", required=False, max_length=30)


class CategoryForm(CategoryBase):
    """Targets and, for complaints, the law's days; stages of a request, one a line."""

    stages = forms.CharField(
        label="Stages, one a line", required=False, widget=forms.Textarea(attrs={"rows": 5}), max_length=1000
    )

    class Meta:
        model = Category
        fields = (
            "name",
            "first_reply_hours",
            "resolve_hours",
            "acknowledge_days",
            "final_days",
            "legal_text",
            "is_offered",
        )
        labels = {  # Django's way in Meta classes
            "first_reply_hours": "First reply within, open hours",
            "resolve_hours": "Settled within, open hours",
            "acknowledge_days": "Acknowledged within, days",
            "final_days": "Final answer within, days",
            "legal_text": "What customers read of their rights",
            "is_offered": "Offered to customers",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stages"].initial = "\n".join(self.instance.steps)
        if self.instance.kind != Kind.COMPLAINT:
            for name in ("acknowledge_days", "final_days", "legal_text"):
                del self.fields[name]
        if self.instance.kind != Kind.REQUEST:
            del self.fields["stages"]

    @property
    def values(self) -> dict[str, Any]:
        """Columns and their new values, once valid."""
        given = dict(self.cleaned_data)
        stages = given.pop("stages", None)
        if stages is not None:
            given["steps"] = [line.strip()[:60] for line in stages.splitlines() if line.strip()]
        return given


class HoursForm(forms.Form):
    """From when to when on each weekday; both empty is closed."""

    def __init__(self, *args: Any, branch: Branch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        week = queries.calendar_of(branch).week
        for number, name in enumerate(DAYS):
            for index, word in enumerate(("from", "until")):
                clock = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
                start = week[number][index] if number in week else None
                label = f"{name} {word}"
                self.fields[f"{word}{number}"] = forms.TimeField(
                    label=label, required=False, widget=clock, initial=start
                )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for number, name in enumerate(DAYS):
            if bool(given.get(f"from{number}")) != bool(given.get(f"until{number}")):
                self.add_error(f"until{number}", f"{name} needs both, or neither.")
        return given

    @property
    def week(self) -> dict[int, tuple[time, time]]:
        given = self.cleaned_data
        return {day: (given[f"from{day}"], given[f"until{day}"]) for day in range(7) if given.get(f"from{day}")}


@requires(Capability.DESK_MANAGE)
@require_safe
def desk_setup(request: HttpRequest) -> HttpResponse:
    """What is set up, and the ways to change it."""
    hours = [(branch, _said(branch)) for branch in branches()]
    every = {"categories": Category.objects.all(), "macros": Macro.objects.all(), "hours": hours}
    return page(request, "support/desk_setup.html", every)


@requires(Capability.DESK_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def macro_new(request: HttpRequest) -> HttpResponse:
    return _macro(request, None)


@requires(Capability.DESK_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def macro_edit(request: HttpRequest, macro_id: int) -> HttpResponse:
    return _macro(request, get_object_or_404(Macro, pk=macro_id))


@requires(Capability.DESK_MANAGE)
@require_POST
def macro_retire(request: HttpRequest, macro_id: int) -> HttpResponse:
    """Offer it no more, or again."""
    macro = get_object_or_404(Macro, pk=macro_id)
    services.retire_macro(macro=macro, retired=not macro.is_retired, by=request.user, at=now())
    return see_other(reverse("desk_setup"))


@requires(Capability.DESK_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def category_edit(request: HttpRequest, category_id: int) -> HttpResponse:
    category = get_object_or_404(Category, pk=category_id)
    form = CategoryForm(request.POST or None, instance=category)
    fresh = Category.objects.get(pk=category_id)

    def save() -> None:
        services.change_category(category=fresh, values=form.values, by=request.user, at=now())

    return _saved(request, form, fresh.name, save)


@requires(Capability.DESK_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def hours_edit(request: HttpRequest, branch_id: int) -> HttpResponse:
    branch = get_object_or_404(branches(), pk=branch_id)
    form = HoursForm(request.POST or None, branch=branch)

    def save() -> None:
        services.set_hours(branch=branch, week=form.week, by=request.user, at=now())

    return _saved(request, form, f"Opening hours of {branch}", save)


def _macro(request: HttpRequest, macro: Macro | None) -> HttpResponse:
    names = ("name", "text", "then_state", "then_tag")
    start = {name: getattr(macro, name) for name in names} if macro else {}
    form = MacroForm(request.POST or None, initial=start)

    def save() -> None:
        given = {name: form.cleaned_data[name] for name in names}
        services.write_macro(**given, macro=macro, by=request.user, at=now())

    return _saved(request, form, macro.name if macro else "New canned reply", save)


def _saved(request: HttpRequest, form: Any, heading: str, save: Any) -> HttpResponse:
    context = {"form": form, "heading": heading}
    if request.method != "POST":
        return page(request, FORM, context)
    if not form.is_valid():
        return refused(request, FORM, context, form)
    try:
        save()
    except Refused as error:
        return refused(request, FORM, context, form, error)
    messages.success(request, "Saved.")
    return see_other(reverse("desk_setup"))


def _said(branch: Branch) -> str:
    week = queries.calendar_of(branch).week
    said = [f"{DAYS[day][:3]} {week[day][0]:%H:%M}–{week[day][1]:%H:%M}" for day in sorted(week)]
    return ", ".join(said) or "never"
