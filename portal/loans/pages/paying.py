"""A member pays on a loan, or has the instalments taken from an account; a loan's papers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.base.render import see_other
from portal.documents.services import ask_for_document
from portal.loans import papers, queries, services
from portal.loans.pages import forms
from portal.loans.pages.shown import everyday_accounts, figures


@requires(Capability.LOAN_REPAY)
@shown_or_sent
def loan_pay(request: HttpRequest, loan_number: str) -> HttpResponse:
    """Pay what is due, more, or the whole loan, from one of one's accounts."""
    loan = queries.loan_for(request.user, loan_number, Capability.LOAN_REPAY)
    told = figures(loan)
    due = told.get("due") or (told.get("next") or {}).get("amount")
    typed = {"early": loan.terms.early, "amount": f"{due.to_decimal():f}" if due else ""}
    form = forms.RepayForm(*sent(request), loan=loan, accounts=everyday_accounts(loan), initial=typed)

    def act() -> None:
        payment = services.repay(
            loan=loan,
            amount=form.cleaned_data["amount"],
            source=form.chosen,
            key=form.cleaned_data["key"],
            early=form.cleaned_data["early"],
            by=request.user,
            at=now(),
        )
        messages.success(request, f"{payment.amount} was paid on your loan.")

    facts = [("Due now", told["due"]), ("Settles the loan today", told["settlement"])] if told else []
    up = (f"{loan.product.name} …{loan.last_four}", reverse("loan_detail", args=[loan.number]))
    return form_page(request, form, act, heading="Pay on this loan", up=up, submit="Pay", facts=facts)


@requires(Capability.LOAN_REPAY)
@shown_or_sent
def loan_collecting(request: HttpRequest, loan_number: str) -> HttpResponse:
    """Have instalments taken from an account on the days they fall due."""
    loan = queries.loan_for(request.user, loan_number, Capability.LOAN_REPAY)
    held = queries.collects_from(loan)
    typed = {"account": held.number if held else ""}
    form = forms.CollectForm(*sent(request), loan=loan, accounts=everyday_accounts(loan), initial=typed)

    def act() -> None:
        account = form.chosen if form.cleaned_data["account"] else None
        services.collect_from(loan=loan, account=account, by=request.user, at=now())

    up = (f"{loan.product.name} …{loan.last_four}", reverse("loan_detail", args=[loan.number]))
    return form_page(request, form, act, heading="How instalments are paid", up=up, submit="Save")


@requires(Capability.LOAN_VIEW)
@require_POST
def loan_pdf(request: HttpRequest, loan_number: str, paper_kind: str) -> HttpResponse:
    """Have a paper of the loan made as a PDF; the job's page leads to it."""
    user: Any = request.user
    loan = queries.loan_for(user, loan_number)
    form = forms.KeyOnly(*sent(request))
    up = reverse("loan_detail", args=[loan.number])
    if not form.is_valid() or paper_kind not in dict(papers.kinds_for(loan)):
        messages.error(request, "This loan has no such paper now.")
        return see_other(up)
    try:
        job = ask_for_document(
            builder="loans.loan_pdf",
            args={"number": loan.number, "kind": paper_kind},
            origin=request.build_absolute_uri("/").rstrip("/"),
            key=f"loan:{user.pk}:{loan.number}:{paper_kind}:{form.cleaned_data['key']}",
            by=user,
            at=now(),
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
        return see_other(up)
    return see_other(reverse("job_detail", args=[job.pk]))
