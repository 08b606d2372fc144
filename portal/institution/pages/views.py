"""The calendar of holidays: which there are, one more, one less."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires, scope_of
from portal.access.grants import Scope
from portal.base.clock import now
from portal.base.fields import typed_field
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.base.render import page
from portal.institution import queries, services


class HolidayForm(forms.Form):
    """A day off: which, what it is called, where."""

    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    name = forms.CharField(label="What it is called", max_length=60)
    branch = forms.ChoiceField(label="Where", required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.branches = {branch.code: branch for branch in queries.branches_within(user, Capability.HOLIDAY_KEEP)}
        everywhere = [("", "Every branch")] if scope_of(user, Capability.HOLIDAY_KEEP) is Scope.ALL else []
        choice = typed_field(self, "branch", forms.ChoiceField)
        choice.choices = everywhere + [(code, branch.name) for code, branch in self.branches.items()]
        choice.required = not everywhere

    def values(self) -> dict[str, Any]:
        """What the service takes. Only after `is_valid`."""
        return self.cleaned_data | {"branch": self.branches.get(self.cleaned_data["branch"])}


@requires(Capability.HOLIDAY_VIEW)
@require_safe
def holiday_list(request: HttpRequest) -> HttpResponse:
    """The holidays to come, and those of a year that are over or were withdrawn."""
    day = queries.latest_business_date()
    holidays = queries.holidays_visible_to(request.user)
    context = {
        "coming": holidays.filter(day__gte=day, withdrawn_at=None),
        "over": holidays.filter(day__gte=day.replace(year=day.year - 1, day=1), day__lt=day, withdrawn_at=None),
        "withdrawn": holidays.filter(day__gte=day, withdrawn_at__isnull=False),
        "kept": set(queries.holidays_visible_to(request.user, Capability.HOLIDAY_KEEP).values_list("pk", flat=True)),
    }
    return page(request, "institution/holiday_list.html", context)


@requires(Capability.HOLIDAY_KEEP)
@shown_or_sent
def holiday_add(request: HttpRequest) -> HttpResponse:
    """Another day off."""
    form = HolidayForm(*sent(request), user=request.user)

    def act() -> None:
        services.add_holiday(**form.values(), by=request.user, at=now())

    note = "Cheques, instalments and answers that are worked out from now on pass over it; what has its day keeps it."
    up = ("Holidays", reverse("holiday_list"))
    return form_page(request, form, act, heading="Add a holiday", up=up, submit="Add the day", note=note)


@requires(Capability.HOLIDAY_KEEP)
@shown_or_sent
def holiday_withdraw(request: HttpRequest, holiday_id: int) -> HttpResponse:
    """A working day after all."""
    holiday = queries.holiday_for(request.user, holiday_id)

    def act() -> None:
        services.withdraw_holiday(holiday=holiday, by=request.user, at=now())

    return form_page(
        request,
        forms.Form(*sent(request)),
        act,
        heading=f"Withdraw {holiday.name}",
        up=("Holidays", reverse("holiday_list")),
        submit="Withdraw it",
        facts=[("Day", f"{holiday.day:%A, %d %B %Y}"), ("Where", holiday.branch or "Every branch")],
    )
