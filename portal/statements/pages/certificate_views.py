"""Asking for a balance certificate."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.origin import origin_of
from portal.base.render import page, refused, see_other
from portal.deposits.models import ChargeKind
from portal.deposits.queries import account_for
from portal.statements import services
from portal.statements.pages.forms import CertificateForm
from portal.statements.periods import A_DAY

TEMPLATE = "statements/certificate.html"


@requires(Capability.STATEMENT_DOWNLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
def balance_certificate(request: HttpRequest, number: str) -> HttpResponse:
    """The day to certify, by default the last that is over; then the page where the certificate will be."""
    account = account_for(request.user, number, Capability.STATEMENT_DOWNLOAD)
    cost = services.paper_cost(account=account, kind=ChargeKind.CERTIFICATE, by=request.user)
    form = CertificateForm(
        request.POST or None,
        initial={"day": account.branch.business_date - A_DAY},
        cost=cost,
        always_pays=services.always_pays(request.user),
    )
    context = {"account": account, "form": form}
    if request.method != "POST":
        return page(request, TEMPLATE, context)
    if not form.is_valid():
        return refused(request, TEMPLATE, context, form)
    given = {"day": form.cleaned_data["day"], "key": form.cleaned_data["key"], "is_charged": form.is_charged}
    try:
        job = services.ask_for_certificate(
            account=account, origin=origin_of(request), **given, by=request.user, at=now()
        )
    except Refused as error:
        return refused(request, TEMPLATE, context, form, error)
    return see_other(reverse("job_detail", args=[job.pk]))
