"""A member pays on a loan, or has the instalments taken from an account; a loan's papers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.base.render import UNPROCESSABLE, page, refused, see_other
from portal.documents.asking import paper_or_back
from portal.documents.queries import pdf_available
from portal.loans import papers, queries, services
from portal.loans.models import LIVE, Loan, Payment
from portal.loans.pages import forms
from portal.loans.pages.ahead import foreseen, settles_on
from portal.loans.pages.shown import everyday_accounts, figures

PAPER = "loans.loan_pdf"
_PAY, _CHECK = "loans/pay.html", "loans/pay_check.html"


@requires(Capability.LOAN_REPAY)
@shown_or_sent
def loan_pay(request: HttpRequest, loan_number: str) -> HttpResponse:
    """Pay what is due, more, or the whole loan, from one of one's accounts: how much, what it would do, the receipt."""
    loan = queries.loan_for(request.user, loan_number, Capability.LOAN_REPAY)
    if loan.state not in LIVE:
        messages.error(request, f"This loan is {loan.get_state_display().lower()}: it takes no payments.")
        return see_other(reverse("loan_detail", args=[loan.number]))
    told = figures(loan)
    form = _pay_form(request, loan, told)
    facts = [("Due now", told["due"]), ("Settles the loan today", told["settlement"])]
    context = {"loan": loan, "facts": facts}
    if request.method != "POST" or "change" in request.POST:
        return page(request, _PAY, context | {"form": form})
    if not form.is_valid():
        return refused(request, _PAY, context, form)
    try:
        if "confirm" in request.POST:
            return see_other(reverse("receipt", args=[_paid(request, loan, form).entry.reference]))
        return page(request, _CHECK, context | {"form": form} | foreseen(loan, form))
    except Refused as error:
        return refused(request, _PAY, context, form, error)


def _pay_form(request: HttpRequest, loan: Loan, told: dict[str, Any]) -> forms.RepayForm:
    due = told.get("due") or (told.get("next") or {}).get("amount")
    typed = {"early": loan.terms.early, "amount": f"{due.to_decimal():f}" if due else ""}
    return forms.RepayForm(*sent(request), loan=loan, accounts=everyday_accounts(loan), initial=typed)


def _paid(request: HttpRequest, loan: Loan, form: forms.RepayForm) -> Payment:
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
    return payment


@requires(Capability.LOAN_VIEW)
@require_safe
def loan_settlement(request: HttpRequest, loan_number: str) -> HttpResponse:
    """What ends a running loan on a day of one's choice, part by part; today's unless another is asked for."""
    loan = queries.loan_for(request.user, loan_number)
    if loan.state not in LIVE:
        raise Http404("only a running loan is settled")
    today = loan.branch.business_date
    form = forms.SettlementForm(request.GET if "on" in request.GET else {"on": today}, loan=loan)
    context: dict[str, Any] = {"loan": loan, "form": form, "paper_form": forms.KeyOnly() if pdf_available() else None}
    if form.is_valid():
        context |= settles_on(loan, form.cleaned_data["on"])
    return page(request, "loans/settlement.html", context, status=200 if form.is_valid() else UNPROCESSABLE)


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
    form = forms.PaperAskedForm(*sent(request), loan=loan)
    up = reverse("loan_detail", args=[loan.number])
    if not form.is_valid() or paper_kind not in dict(papers.kinds_for(loan)):
        messages.error(request, "This loan has no such paper now.")
        return see_other(up)
    args = {"number": loan.number, "kind": paper_kind, "on": form.day}
    key = f"{loan.number}:{paper_kind}:{form.cleaned_data['key']}"
    return paper_or_back(request, PAPER, args, key=key, up=up)
