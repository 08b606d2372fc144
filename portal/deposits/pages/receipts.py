"""The pages of receipts: on screen and 80 mm paper, as PDF, and for whoever holds one and asks whether it is genuine."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import public, requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.fields import KeyField
from portal.base.keys import new_key
from portal.base.render import UNPROCESSABLE, page, refused, see_other
from portal.deposits import receipts
from portal.documents.asking import ask_for_paper
from portal.documents.papers import note_paper, papers_made
from portal.documents.queries import PDF_HINT, pdf_available
from portal.documents.services import may_check

TOO_MANY_REQUESTS = 429
_SIZES = (("80mm", "80 mm strip"), ("58mm", "58 mm strip"), ("a4", "A4 sheet"))
SCREEN, PDF = "screen", "deposits.receipt_pdf"


class PdfForm(forms.Form):
    """Which paper. The key makes two presses of the button one document."""

    key = KeyField()
    size = forms.ChoiceField(choices=_SIZES, label="Paper")


class CheckForm(forms.Form):
    """What stands below the square code of a receipt."""

    reference = forms.CharField(max_length=20, label="Reference")
    code = forms.CharField(max_length=20, label="Code")

    def clean(self) -> dict[str, Any]:
        return {name: receipts.plain(text) for name, text in self.cleaned_data.items()}


@requires(Capability.RECEIPT_VIEW)
@require_safe
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    """One receipt; what was printed before is marked as a copy."""
    found = receipts.receipt_for(request.user, reference)
    printed = request.GET.get("printed", "")
    noted = printed.isdecimal() and int(printed) == papers_made(receipts.PAPER, reference) - 1
    printing = {"printing": int(printed)} if noted else {}
    return page(request, "deposits/receipt.html", _context(found) | printing, partials=("paper",))


def _context(found: receipts.Receipt) -> dict[str, Any]:
    return {"receipt": found, "form": PdfForm(), "pdf_hint": "" if pdf_available() else PDF_HINT}


@requires(Capability.RECEIPT_VIEW)
@require_POST
def receipt_print(request: HttpRequest, reference: str) -> HttpResponse:
    """Note that the paper is printed now, and show it as it is to be printed: the original, or COPY with its number."""
    found = receipts.receipt_for(request.user, reference)
    key = new_key()
    copy = note_paper(kind=receipts.PAPER, reference=reference, paper=SCREEN, key=key, by=request.user, at=now())
    if not getattr(request, "htmx", False):
        return see_other(f"{reverse('receipt', args=[reference])}?printed={copy}")
    return page(request, "deposits/receipt.html", _context(found) | {"printing": copy}, partials=("paper",))


@requires(Capability.RECEIPT_VIEW)
@require_POST
def receipt_pdf(request: HttpRequest, reference: str) -> HttpResponse:
    """Have the PDF made; the job's page leads to it."""
    user: Any = request.user
    found = receipts.receipt_for(user, reference)
    form = PdfForm(request.POST)
    if not form.is_valid():
        return refused(request, "deposits/receipt.html", _context(found), form)
    size, key = form.cleaned_data["size"], form.cleaned_data["key"]
    copy = note_paper(kind=receipts.PAPER, reference=reference, paper=size, key=key, by=user, at=now())
    args = {"reference": reference, "size": size, "copy": copy}
    try:
        return ask_for_paper(request, PDF, args, key=f"{reference}:{size}:{key}")
    except Refused as error:
        return refused(request, "deposits/receipt.html", _context(found), form, error)


@public("Whoever holds a receipt may ask whether it is genuine")
@require_http_methods(["GET", "HEAD", "POST"])
def receipt_check(request: HttpRequest) -> HttpResponse:
    """Where reference and code are typed in from the paper."""
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        return see_other(reverse("receipt_verify", args=[typed["reference"], typed["code"]]))
    return page(request, "deposits/receipt_check.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200)


@public("Whoever holds a receipt may ask whether it is genuine")
@require_safe
def receipt_verify(request: HttpRequest, reference: str, code: str) -> HttpResponse:
    """Genuine, with what the paper must say; or the same page saying that it is not known."""
    context: dict[str, Any] = {"form": CheckForm(), "asked": True}
    if not may_check(address=request.META.get("REMOTE_ADDR", "")):
        return page(request, "deposits/receipt_check.html", context | {"too_many": True}, status=TOO_MANY_REQUESTS)
    return page(request, "deposits/receipt_check.html", context | {"receipt": receipts.genuine(reference, code)})


urlpatterns = [
    path("receipts/check/", receipt_check, name="receipt_check"),
    path("receipts/check/<str:reference>/<str:code>/", receipt_verify, name="receipt_verify"),
    path("receipts/<str:reference>/", receipt, name="receipt"),
    path("receipts/<str:reference>/print/", receipt_print, name="receipt_print"),
    path("receipts/<str:reference>/pdf/", receipt_pdf, name="receipt_pdf"),
]
