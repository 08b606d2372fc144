"""What waits to be verified, and the decision with papers and record side by side."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import proof
from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.origin import origin_of
from portal.base.render import page, refused, see_other
from portal.base.tables import MomentColumn, PortalTable, arranged
from portal.people import queries, services
from portal.people.models import Customer, KycSubmission
from portal.people.pages.forms import DecisionForm

DETAIL = "people/verification_detail.html"


class VerificationTable(PortalTable):
    """Registrations that wait."""

    caption = "Registrations to verify"
    noun = "registrations"
    empty = "Nothing waits for you. A registration appears here as soon as it is handed in."

    full_name = django_tables2.Column(verbose_name="Name")
    number = django_tables2.Column(verbose_name="Member number")
    branch = django_tables2.Column(verbose_name="Branch", order_by=("branch__code", "submitted_at"))
    submitted_at = MomentColumn(verbose_name="Handed in")

    def render_full_name(self, value: str, record: Customer) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("verification", args=[record.number]), value)


@requires(Capability.CUSTOMER_VERIFY)
@require_safe
def verification_list(request: HttpRequest) -> HttpResponse:
    """Registrations of one's reach, the one that waits longest first."""
    table = arranged(request, VerificationTable(queries.customers_to_verify(request.user)))
    return page(request, "people/verification_list.html", {"table": table})


@requires(Capability.CUSTOMER_VERIFY)
@require_http_methods(["GET", "HEAD", "POST"])
def verification(request: HttpRequest, number: str) -> HttpResponse:
    """One registration: verify it, or give it back with what is wrong."""
    customer = get_object_or_404(queries.customers_to_verify(request.user), number=number)
    form = DecisionForm(request.POST or None)
    context = _papers(customer)
    if request.method != "POST":
        services.note_view(customer=customer, viewer=request.user, reason="Verification", at=now())
        return page(request, DETAIL, context | {"form": form})
    proof.demand(request)
    if not form.is_valid():
        return refused(request, DETAIL, context, form)
    try:
        return see_other(_decided(request, customer, form))
    except Refused as refusal:
        return refused(request, DETAIL, context, form, refusal)


def _decided(request: HttpRequest, customer: Customer, form: DecisionForm) -> str:
    """Decide, say so, and tell where to go on: to the letter that is to be handed over, else to who waits next."""
    listed = reverse("verification_list")
    if form.cleaned_data["outcome"] != "verified":
        services.reject(customer=customer, reason=form.cleaned_data["reason"], by=request.user, at=now())
        messages.success(request, f"{customer.full_name} was given back.")
        return listed
    letter = services.verify(customer=customer, origin=origin_of(request), by=request.user, at=now()).letter
    hand_over = " Print the letter and hand it over." if letter else ""
    messages.success(request, f"{customer.full_name} is verified.{hand_over}")
    return reverse("job_detail", args=[letter.pk]) if letter else listed


def _papers(customer: Customer) -> dict[str, Any]:
    identity = customer.identity_documents.filter(is_current=True).select_related("kind", "front", "back").first()
    submission: KycSubmission | None = queries.latest_submission(customer)
    return {
        "customer": customer,
        "facts": [(label, value) for label, value, _ in queries.facts_of(customer)],
        "identity": identity,
        "submission": submission,
        "changes": customer.details_changes.select_related("by")[:5],
        "duplicates": queries.duplicates_of(queries.candidate_of(customer)),
    }
