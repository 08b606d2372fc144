"""A member accepts what was granted, having read its terms and its letter."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.formpage import form_page, shown_or_sent
from portal.base.render import see_other
from portal.documents.queries import pdf_available
from portal.loans import papers, queries, services
from portal.loans.models import Loan
from portal.loans.pages.forms import AcceptForm, KeyOnly
from portal.signin import demands

ACCEPT = "loans/accept.html"


@requires(Capability.LOAN_ACCEPT, fresh=True)
@shown_or_sent
def loan_accept(request: HttpRequest, loan_number: str) -> HttpResponse:
    """Accept an offer: its terms, its letter, and with a fresh proof one's word for both. Twice is the same acceptance."""
    loan = queries.loan_for(request.user, loan_number, Capability.LOAN_ACCEPT)
    up = (f"{loan.product.name} …{loan.last_four}", reverse("loan_detail", args=[loan.number]))
    known = queries.acceptance_of(loan)
    if known is None and demands.lacks_second_step(request):
        messages.error(request, "Add a second step before you accept a loan: a password alone is too little for that.")
        return see_other(reverse("factor_list"))
    if known is not None or loan.state != Loan.State.APPROVED:
        messages.info(request, "You have accepted this offer." if known else "There is no offer to accept any more.")
        return see_other(up[1])
    form = AcceptForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        services.accept_offer(loan=loan, by=request.user, at=now())
        messages.success(request, f"You have accepted {loan.amount}. Your branch pays it out.")

    more: dict[str, Any] = {"loan": loan, "facts": papers.offer_facts(loan), "conditions": queries.conditions_of(loan)}
    more["paper_form"] = KeyOnly() if pdf_available() else None
    return form_page(
        request, form, act, up=up, heading="Accept the offer", submit="Accept the offer", template=ACCEPT, **more
    )
