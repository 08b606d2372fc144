"""The final answer to a complaint, its redress, and the register for the regulator."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.exports import Cell, csv_chunks, download
from portal.base.render import page, refused, see_other
from portal.support import queries, services
from portal.support.models import Complaint
from portal.support.pages.forms import RedressForm, SettleForm

FORM = "support/complaint_form.html"
COLUMNS = (
    "number", "branch", "category", "received", "acknowledge_by", "acknowledged", "final_by", "answered", "in_time",
    "outcome", "root_cause", "redress", "currency",
)  # fmt: skip


class RangeForm(forms.Form):
    """Which days; empty: the last twelve months."""

    start = forms.DateField(required=False)
    end = forms.DateField(required=False)


@requires(Capability.COMPLAINT_SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def complaint_settle(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Outcome, root cause and finding: the final answer."""
    complaint = _complaint(request, ticket_id)
    form = SettleForm(request.POST or None)
    context = {"complaint": complaint, "form": form, "title": "Final answer", "submit": "Give the final answer"}
    if request.method != "POST":
        return page(request, FORM, context)
    if not form.is_valid():
        return refused(request, FORM, context, form)
    try:
        services.settle_complaint(complaint=complaint, **form.cleaned_data, by=request.user, at=now())
    except Refused as error:
        return refused(request, FORM, context, form, error)
    return see_other(reverse("ticket_detail", args=[ticket_id]))


@requires(Capability.COMPLAINT_SETTLE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def complaint_redress(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """Ask a second person for money that makes good."""
    complaint = _complaint(request, ticket_id)
    form = RedressForm(request.POST or None, customer=complaint.ticket.customer)
    context = {"complaint": complaint, "form": form, "title": "Redress", "submit": "Ask for approval"}
    if request.method != "POST":
        return page(request, FORM, context)
    if not form.is_valid():
        return refused(request, FORM, context, form)
    given = {name: form.cleaned_data[name] for name in ("account", "amount", "reason", "key")}
    try:
        services.ask_for_redress(complaint=complaint, **given, by=request.user, at=now())
    except Refused as error:
        return refused(request, FORM, context, form, error)
    messages.success(request, "A second person is asked. Nothing is paid until then.")
    return see_other(reverse("ticket_detail", args=[ticket_id]))


@requires(Capability.COMPLAINT_EXPORT)
@require_safe
def complaint_csv(request: HttpRequest) -> HttpResponseBase:
    """The register of complaints as the regulator asks for it."""
    form = RangeForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    end = given.get("end") or now().date()
    start = given.get("start") or end - timedelta(days=365)
    found = queries.complaints_for_export(request.user, start, end).prefetch_related("redresses")
    rows = (_row(complaint, end) for complaint in found)
    name = f"complaints-{start}-{end}.csv"
    return download(csv_chunks(COLUMNS, rows), name=name, media_type="text/csv; charset=utf-8")


def _row(complaint: Complaint, today: date) -> list[Cell]:
    ticket = complaint.ticket
    redresses = list(complaint.redresses.all())
    paid = sum((redress.amount for redress in redresses[1:]), redresses[0].amount) if redresses else None
    answered = complaint.settled_at.date() if complaint.settled_at else None
    return [
        ticket.number,
        ticket.branch.code,
        ticket.category.name,
        ticket.raised_at,
        complaint.acknowledge_by,
        complaint.acknowledged_at,
        complaint.final_by,
        complaint.settled_at,
        "yes" if (answered or today) <= complaint.final_by else "no",
        complaint.outcome,
        complaint.cause,
        paid,
        redresses[0].currency if redresses else "",
    ]


def _complaint(request: HttpRequest, ticket_id: UUID) -> Complaint:
    tickets = queries.tickets_for(request.user, Capability.COMPLAINT_SETTLE)
    complaints = Complaint.objects.select_related("ticket__customer", "ticket__branch", "ticket__category")
    return get_object_or_404(complaints.filter(ticket__in=tickets), ticket=ticket_id)
