"""Asking for an account, opening one for a member, and deciding on what was asked for."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.fields import typed_field
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.base.render import page
from portal.deposits import keeping, services
from portal.deposits.pages.keeping_forms import ApplyForm, DecisionForm, MemberField, OpenForm
from portal.people.queries import customers_visible_to


@requires(Capability.ACCOUNT_APPLY)
@shown_or_sent
def account_apply(request: HttpRequest) -> HttpResponse:
    """A customer asks for an account of their own."""
    customer = keeping.customer_of(request.user)
    if customer is None:
        raise Http404("only a member asks for an account")
    form = ApplyForm(*sent(request), products=keeping.offered_products())

    def act() -> str:
        given = {"customer": customer, "branch": customer.branch, **form.cleaned_data}
        asked = services.apply_for_account(**given, by=request.user, at=now())
        messages.success(request, "We have your application. You see here what becomes of it.")
        return reverse("account_keeping", args=[asked.account.number])

    return form_page(request, form, act, heading="Ask for an account", up=_accounts(), submit="Send")


@requires(Capability.ACCOUNT_OPEN)
@shown_or_sent
def account_open(request: HttpRequest) -> HttpResponse:
    """Open an account for a member; where the product wants it, a second person decides."""
    member = {"customer": request.GET.get("customer", "")}
    form = OpenForm(*sent(request), products=keeping.offered_products(), initial=member)
    for name in ("customer", "other"):
        typed_field(form, name, MemberField).reach = customers_visible_to(request.user)

    def act() -> str:
        typed = dict(form.cleaned_data)
        other = typed.pop("other")
        others = (other,) if other else ()
        branch = typed["customer"].branch
        asked = services.apply_for_account(**typed, branch=branch, others=others, by=request.user, at=now())
        return reverse("account_keeping", args=[asked.account.number])

    return form_page(request, form, act, heading="Open an account", up=_accounts(), submit="Open the account")


@requires(Capability.ACCOUNT_APPROVE)
@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    """The accounts that were asked for and wait."""
    return page(request, "deposits/application_list.html", {"applications": keeping.applications_for(request.user)})


@requires(Capability.ACCOUNT_APPROVE)
@shown_or_sent
def application_decide(request: HttpRequest, application_id: int) -> HttpResponse:
    """Approve or decline one of them."""
    application = get_object_or_404(keeping.applications_for(request.user), pk=application_id)
    account = application.account
    form = DecisionForm(*sent(request))
    heading = f"{account.customer.full_name} asks for {account.product.name}"
    facts = [("Purpose", application.purpose), ("Asked by", application.asked_by), ("Branch", account.branch.name)]

    def act() -> None:
        services.decide_application(application=application, **form.cleaned_data, by=request.user, at=now())

    up = reverse("application_list")
    return form_page(request, form, act, heading=heading, up=("Applications", up), submit="Decide", facts=facts)


def _accounts() -> tuple[str, str]:
    """Where one comes from."""
    return "Accounts", reverse("account_list")


urlpatterns = [
    path("accounts/apply/", account_apply, name="account_apply"),
    path("accounts/open/", account_open, name="account_open"),
    path("accounts/applications/", application_list, name="application_list"),
    path("accounts/applications/<int:application_id>/", application_decide, name="application_decide"),
]
