"""A cheque's deposit slip: on screen, for 80 mm paper and A4, and as PDF."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.errors import Refused
from portal.base.render import page, refused
from portal.deposits.cheque_slips import slip_for
from portal.deposits.pages.receipts import PdfForm
from portal.documents.asking import ask_for_paper
from portal.documents.queries import PDF_HINT, pdf_available

SLIP, PDF = "deposits/cheque_slip.html", "deposits.cheque_slip_pdf"


def _context(request: HttpRequest, cheque_id: UUID) -> dict[str, Any]:
    slip = slip_for(request.user, cheque_id)
    hint = "" if pdf_available() else PDF_HINT
    return {**slip, "is_sheet": request.GET.get("paper") == "a4", "form": PdfForm(), "pdf_hint": hint}


@requires(Capability.CHEQUE_VIEW)
@require_safe
def cheque_slip(request: HttpRequest, cheque_id: UUID) -> HttpResponse:
    """The deposit slip, for 80 mm paper or A4 (`?paper=a4`)."""
    return page(request, SLIP, _context(request, cheque_id))


@requires(Capability.CHEQUE_VIEW)
@require_POST
def cheque_slip_pdf(request: HttpRequest, cheque_id: UUID) -> HttpResponse:
    """Have the slip's PDF made; the job's page leads to it."""
    context = _context(request, cheque_id)
    form = PdfForm(request.POST)
    if not form.is_valid():
        return refused(request, SLIP, context, form)
    size, key = form.cleaned_data["size"], form.cleaned_data["key"]
    args = {"cheque": str(cheque_id), "size": size}
    try:
        return ask_for_paper(request, PDF, args, key=f"{cheque_id}:{size}:{key}")
    except Refused as error:
        return refused(request, SLIP, context, form, error)


urlpatterns = [
    path("cheques/<uuid:cheque_id>/slip/", cheque_slip, name="cheque_slip"),
    path("cheques/<uuid:cheque_id>/slip/pdf/", cheque_slip_pdf, name="cheque_slip_pdf"),
]
