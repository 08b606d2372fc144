"""A customer's files for those who may see the customer, and the list of who looked at whom."""

from __future__ import annotations

from uuid import UUID

import django_tables2
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.errors import Refused
from portal.base.render import page
from portal.base.tables import MomentColumn, PortalTable, arranged
from portal.documents.handling import as_response
from portal.documents.uploads import contents, uploads_of
from portal.people import queries
from portal.people.models import CustomerView
from portal.people.pages.forms import ViewsForm


@requires(Capability.CUSTOMER_VIEW)
@require_safe
def customer_file(request: HttpRequest, number: str, upload_id: UUID) -> HttpResponse:
    """One picture or paper of a customer whom this user may see or fill in: sandboxed, a PDF as an attachment."""
    customer = queries.customers_visible_to(request.user).filter(number=number).first()
    if customer is None:
        customer = get_object_or_404(queries.customers_editable_by(request.user), number=number)
    upload = get_object_or_404(uploads_of(queries.subject_of(customer)), pk=upload_id)
    try:
        return as_response(upload, contents(upload))
    except Refused as refusal:
        raise Http404(refusal.message) from refusal


class ViewsTable(PortalTable):
    """Looks at records."""

    caption = "Who looked at whom"
    noun = "looks"
    empty = "Nobody of the staff looked at a record that fits."

    at = MomentColumn(verbose_name="When")
    viewer = django_tables2.Column(verbose_name="Who", accessor="viewer__full_name")
    customer = django_tables2.Column(verbose_name="Whose record", order_by=("customer__full_name",))
    reason = django_tables2.Column(verbose_name="Why")

    def render_customer(self, value: object, record: CustomerView) -> str:
        return f"{record.customer.full_name}, {record.customer.number}"


@requires(Capability.CUSTOMER_LOOKS_VIEW)
@require_safe
def customer_views(request: HttpRequest) -> HttpResponse:
    """Every look at a record within one's reach, newest first, by member, by member of staff, by day."""
    form = ViewsForm(request.GET)
    found = queries.views_visible_to(request.user)
    if form.is_valid():
        found = queries.views_that_fit(found, **form.cleaned_data)
    table = arranged(request, ViewsTable(found))
    return page(request, "people/view_list.html", {"form": form, "table": table, "here": reverse("customer_views")})
