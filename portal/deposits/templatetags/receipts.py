"""`{% load receipts %}{% receipt_paper receipt %}`: a receipt as it is printed, for any page that stands above this room."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from portal.access.roles import Role
from portal.base.origin import address_of
from portal.deposits.receipts import PAPER, Receipt
from portal.documents.models import in_fours
from portal.documents.papers import papers_made
from portal.documents.qr import qr_svg

register = template.Library()


@register.inclusion_tag("deposits/_receipt.html", takes_context=True)
def receipt_paper(context: RequestContext, receipt: Receipt) -> dict[str, Any]:
    """72 mm of paper with the square code that leads to the page where it is checked.

    While it is printed (`printing`: which copy) it bears that number; at any other time the one the next printing gets.
    The first printing at a counter has a second paper, which the branch keeps.
    """
    request = context["request"]
    printing = context.get("printing")
    address = address_of(request, "receipt_verify", receipt.reference, receipt.code)
    return {
        "receipt": receipt,
        "institution": context["institution"],
        "copy": papers_made(PAPER, receipt.reference) if printing is None else printing,
        "is_printing": printing is not None,
        "for_branch": printing == 0 and bool(receipt.place) and request.user.role != Role.CUSTOMER,
        "check_qr": qr_svg(address, label="Address where this receipt can be checked"),
        "spaced_code": in_fours(receipt.code),
    }
