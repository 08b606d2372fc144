"""A customer's own data to take home, and former customers whose time to be forgotten has come."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.access import proof
from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.approvals.services import ask
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.origin import origin_of
from portal.base.render import page, refused, see_other
from portal.base.tables import DayColumn, MomentColumn, PortalTable, arranged
from portal.home.pages.forms import ForgetForm
from portal.home.queries.forgetting import asked_for, packed_by, retention_lines
from portal.home.services.personal_data import KEPT, ask_for_personal_data

RETENTION = "home/retention.html"


@requires(Capability.PERSONAL_DATA_EXPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: HttpRequest) -> HttpResponse:
    """What is kept about the customer, packed by the worker; asked for again with a fresh proof of who one is."""
    if request.method != "POST":
        packed = packed_by(request.user, since=now() - KEPT)
        return page(request, "home/my_data.html", {"form": Form(), "packed": packed})
    proof.demand(request)
    try:
        job = ask_for_personal_data(origin=origin_of(request), by=request.user, at=now())
    except Refused as refusal:
        return refused(request, "home/my_data.html", {}, Form(request.POST), refusal)
    return see_other(reverse("job_detail", args=[job.pk]))


class RetentionTable(PortalTable):
    """Former customers."""

    caption = "Former customers"
    noun = "former customers"
    empty = "Nobody has left, or everybody who left is anonymous already."

    number = django_tables2.Column(verbose_name="Member number")
    full_name = django_tables2.Column(verbose_name="Name")
    branch = django_tables2.Column(verbose_name="Branch")
    closed_at = MomentColumn(verbose_name="Left")
    forgettable_on = DayColumn(verbose_name="May be forgotten from", orderable=False)
    what = django_tables2.Column(verbose_name="State", orderable=False, empty_values=())

    def render_what(self, record: Any) -> str:
        if record.number in self.context.get("waiting", ()):
            return "Waits for a second person"
        return "May be forgotten" if record.is_ripe else "The law asks to keep it"


@requires(Capability.RETENTION_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def retention_list(request: HttpRequest) -> HttpResponse:
    """Who left, and from when on they may be forgotten; asking for it goes to a second person."""
    form = ForgetForm(request.POST or None, auto_id=f"%s-{request.POST.get('number', '')[:12]}")
    if request.method != "POST":
        return page(request, RETENTION, _retention(request) | {"form": form})
    proof.demand(request)
    if not form.is_valid():
        return refused(request, RETENTION, _retention(request), form)
    said = form.cleaned_data
    try:
        ask(
            act="anonymisation",
            payload={"number": said["number"], "reason": said["reason"]},
            subject=said["number"],
            reason=said["reason"],
            by=request.user,
            at=now(),
        )
    except Refused as refusal:
        return refused(request, RETENTION, _retention(request), form, refusal)
    return see_other(reverse("retention_list"))


def _retention(request: HttpRequest) -> dict[str, Any]:
    lines = retention_lines(now())
    waiting = asked_for(line.number for line in lines)
    ripe = [line for line in lines if line.is_ripe and line.number not in waiting]
    return {"table": arranged(request, RetentionTable(lines)), "waiting": waiting, "ripe": ripe}
