"""`{% load receipts %}{% receipt_paper receipt %}`: a receipt as it is printed, for any page that stands above this room."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import reverse

from portal.deposits.receipts import Receipt
from portal.documents.models import in_fours
from portal.documents.qr import qr_svg

register = template.Library()


@register.inclusion_tag("deposits/_receipt.html", takes_context=True)
def receipt_paper(context: RequestContext, receipt: Receipt) -> dict[str, Any]:
    """72 mm of paper with the square code that leads to the page where it is checked. `?copy=1` marks it as a copy."""
    request = context["request"]
    address = request.build_absolute_uri(reverse("receipt_verify", args=[receipt.reference, receipt.code]))
    return {
        "receipt": receipt,
        "institution": context["institution"],
        "is_copy": "copy" in request.GET,
        "check_qr": qr_svg(address, label="Address where this receipt can be checked"),
        "spaced_code": in_fours(receipt.code),
    }
