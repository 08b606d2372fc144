"""Watching over the portal: the pictures of what happened, the list of exceptions, the state of the hash chains."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.audit.services import record
from portal.base.charts import InOut, bars_in_out
from portal.base.clock import now
from portal.base.fields import KeyField
from portal.base.render import UNPROCESSABLE, page, refused, see_other
from portal.institution.queries import branches, latest_business_date
from portal.reports import chains, exceptions, oversight
from portal.reports.oversight import APPROVED, BEYOND, FAILED, LOCKED_OUT, REFUSED, REJECTED, SIGNED_IN, Period, Watched

OVERVIEW, EXCEPTIONS, CHAIN = "reports/oversight.html", "reports/exceptions.html", "reports/chain.html"
MOST_DAYS, USUAL_DAYS, MONTH_DAYS = 92, 14, 30
READ = "exceptions read"
_CHARTS = (
    ("Signing in", (SIGNED_IN, "Signed in"), (FAILED, "Failed")),
    ("Shut out", (LOCKED_OUT, "Locked out"), (REFUSED, "Permission refused")),
    ("Limits exceeded, and overrides", (BEYOND, "Limit exceeded"), (APPROVED, "Override approved")),
    ("Answers of second persons", (APPROVED, "Approved"), (REJECTED, "Rejected")),
)
_TOTALS = {
    SIGNED_IN: "Signed in",
    FAILED: "Failed to sign in",
    LOCKED_OUT: "Locked out",
    REFUSED: "Permissions refused",
    BEYOND: "Limits exceeded",
    APPROVED: "Overrides approved",
}


class PeriodForm(forms.Form):
    """Which days and whose branch; empty means the last days and everybody."""

    since = forms.DateField(
        label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    branch = forms.ModelChoiceField(branches(), required=False, to_field_name="code", empty_label="All branches")

    def __init__(self, *args: Any, usual_days: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.usual_days = usual_days

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        until = cleaned.get("until") or max(latest_business_date(), now().date())
        since = cleaned.get("since") or until - timedelta(days=self.usual_days - 1)
        if since > until:
            self.add_error("until", ValidationError("The last day is before the first.", code="order"))
        elif (until - since).days >= MOST_DAYS:
            self.add_error("since", ValidationError(f"At most {MOST_DAYS} days at once.", code="long"))
        return cleaned | {"since": since, "until": until}

    def period(self) -> Period:
        """What was asked for; only after `is_valid`."""
        return Period(self.cleaned_data["since"], self.cleaned_data["until"], self.cleaned_data.get("branch"))


def _on_period(
    request: HttpRequest, template: str, usual_days: int, told: Callable[[Period], dict[str, Any]]
) -> HttpResponse:
    """A page about a period, or the form with what is wrong about it."""
    form = PeriodForm(request.GET, usual_days=usual_days)
    if not form.is_valid():
        return page(request, template, {"form": form}, status=UNPROCESSABLE)
    period = form.period()
    shown = PeriodForm(
        initial={"since": period.since, "until": period.until, "branch": period.branch and period.branch.code},
        usual_days=usual_days,
    )
    return page(request, template, {"form": shown, "period": period, **told(period)})


@requires(Capability.AUDIT_VIEW)
@require_safe
def oversight_overview(request: HttpRequest) -> HttpResponse:
    """Sign-ins, failures, lock-outs, refusals, limits and overrides as pictures, and staff who have gone quiet."""
    return _on_period(request, OVERVIEW, USUAL_DAYS, _watched)


def _watched(period: Period) -> dict[str, Any]:
    days = oversight.watched(period)
    return {
        "charts": [_chart(days, title, *pair) for title, *pair in _CHARTS],
        "totals": [(label, sum(day[name] for day in days)) for name, label in _TOTALS.items()],
        "refused": oversight.most_refused(period),
        "dormant": list(oversight.dormant_staff(period, now())),
    }


def _chart(days: list[Watched], title: str, first: tuple[str, str], second: tuple[str, str]) -> Any:
    bars = [InOut(f"{day.day:%d %b}", day[first[0]], day[second[0]]) for day in days]
    return bars_in_out(title, bars, names=(first[1], second[1]))


@requires(Capability.AUDIT_VIEW)
@require_safe
def exception_list(request: HttpRequest) -> HttpResponse:
    """What is unusual in a period, each kind named even where there is none. Reading it is itself an event."""
    return _on_period(request, EXCEPTIONS, MONTH_DAYS, lambda period: _unusual(request, period))


def _unusual(request: HttpRequest, period: Period) -> dict[str, Any]:
    record(verb=READ, detail={"since": str(period.since), "until": str(period.until)}, by=request.user, at=now())
    return {"findings": exceptions.findings(period)}


class VerifyForm(forms.Form):
    """The key makes two presses of the button one job."""

    key = KeyField()


@requires(Capability.AUDIT_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def chain_state(request: HttpRequest) -> HttpResponse:
    """How far each branch's chain reaches, when the books were last proved, and proving them again in the background."""
    form = VerifyForm(request.POST or None)
    context = {"form": form, "chains": chains.chain_states(), "last": chains.last_verification()}
    if request.method != "POST":
        return page(request, CHAIN, context)
    if not form.is_valid():
        return refused(request, CHAIN, context, form)
    job = chains.ask_to_verify(key=form.cleaned_data["key"], by=request.user, at=now())
    return see_other(reverse("job_detail", args=[job.pk]))


urlpatterns = [
    path("oversight/", oversight_overview, name="oversight"),
    path("oversight/exceptions/", exception_list, name="exception_list"),
    path("oversight/chain/", chain_state, name="chain_state"),
]
