"""The pages of an application: begun, filled in piece by piece, handed in, taken back; and what guarantors are asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires, scope_of
from portal.access.grants import Scope
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.base.money import Money
from portal.base.render import page
from portal.documents.handling import as_response
from portal.documents.uploads import contents
from portal.institution.queries import institution
from portal.loans import queries, services
from portal.loans.models import Loan, Paper
from portal.loans.pages import forms
from portal.loans.pages.shown import everyday_accounts
from portal.people.models import Customer
from portal.people.queries import customers_for

Filled = tuple[django_forms.Form, Callable[[], Any], str]


@requires(Capability.LOAN_APPLY)
@shown_or_sent
def loan_apply(request: HttpRequest) -> HttpResponse:
    """Begin an application, for oneself or for a member of the branch."""
    user: Any = request.user
    is_own = scope_of(user, Capability.LOAN_APPLY) is Scope.OWN
    form = _apply_form(request, user, is_own=is_own)

    def act() -> str:
        typed = form.cleaned_data
        loan = services.start_application(
            customer=user.customer if is_own else _member(user, typed["member"]),
            product=form.offered[typed["product"]][0],
            amount=typed["amount"],
            instalments=typed["instalments"],
            tops_up=queries.loan_by_number(typed.get("tops_up", "")),
            by=user,
            at=now(),
        )
        return reverse("loan_detail", args=[loan.number])

    up = ("Loans", reverse("loan_list"))
    return form_page(request, form, act, heading="Apply for a loan", up=up, submit="Begin the application")


def _apply_form(request: HttpRequest, user: Any, *, is_own: bool) -> forms.ApplyForm:
    profile = institution()
    return forms.ApplyForm(
        *sent(request),
        offered=queries.products_offered(),
        currency=profile.currency if profile else "",
        is_own=is_own,
        running=queries.running_loans(user.customer) if is_own else [],
        initial=request.GET.dict(),
    )


def _member(user: Any, number: str) -> Customer:
    found = customers_for(user, Capability.LOAN_APPLY).filter(number=number.strip()).first()
    if found is None:
        raise Refused("There is no member of your branch with this number.", code="nobody", field="member")
    return found


@requires(Capability.LOAN_APPLY)
@shown_or_sent
def loan_part(request: HttpRequest, loan_number: str, loan_part: str) -> HttpResponse:
    """One piece of an application: shown, and kept when it is sent."""
    loan = queries.loan_for(request.user, loan_number, Capability.LOAN_APPLY)
    if loan_part not in _PARTS:
        raise Http404("an application has no such part")
    form, act, heading = _PARTS[loan_part](request, loan)
    up = (f"{loan.product.name} …{loan.last_four}", reverse("loan_detail", args=[loan.number]))
    submit = heading if loan_part in {"submit", "withdraw"} else "Save"
    template = "loans/part.html"
    return form_page(
        request, form, act, heading=heading, up=up, submit=submit, template=template, loan=loan, part=loan_part
    )


def _asked(request: HttpRequest, loan: Loan) -> Filled:
    typed = {"amount": f"{loan.amount.to_decimal():f}", "instalments": loan.instalments}
    form = forms.AskedForm(*sent(request), loan=loan, initial=typed)
    return form, _keeps(request, loan, form), "How much, over how long"


def _purpose(request: HttpRequest, loan: Loan) -> Filled:
    form = forms.PurposeForm(*sent(request), loan=loan, initial={"purpose": loan.purpose})
    return form, _keeps(request, loan, form), "What the loan is for"


def _income(request: HttpRequest, loan: Loan) -> Filled:
    kept = {"income": loan.income_minor, "outgoings": loan.outgoings_minor}
    typed = {name: f"{Money(minor, loan.currency).to_decimal():f}" for name, minor in kept.items() if minor is not None}
    form = forms.IncomeForm(*sent(request), loan=loan, initial=typed)
    return form, _keeps(request, loan, form), "Income and outgoings"


def _account(request: HttpRequest, loan: Loan) -> Filled:
    typed = {"account": loan.pay_to.number if loan.pay_to else ""}
    form = forms.AccountForm(*sent(request), loan=loan, accounts=everyday_accounts(loan), initial=typed)

    def act() -> None:
        services.fill_in(loan=loan, values={"pay_to": form.chosen}, by=request.user, at=now())

    return form, act, "The account it is paid into"


def _keeps(request: HttpRequest, loan: Loan, form: django_forms.Form) -> Callable[[], None]:
    def act() -> None:
        services.fill_in(loan=loan, values=form.cleaned_data, by=request.user, at=now())

    return act


def _guarantors(request: HttpRequest, loan: Loan) -> Filled:
    form = forms.GuarantorForm(*sent(request), loan=loan)

    def act() -> str:
        typed = form.cleaned_data
        member = queries.member_named(typed["number"], typed["last_name"])
        services.name_guarantor(loan=loan, customer=member, amount=typed["amount"], by=request.user, at=now())
        return request.path

    return form, act, "Guarantors"


def _collateral(request: HttpRequest, loan: Loan) -> Filled:
    form = forms.CollateralForm(*sent(request), loan=loan)

    def act() -> str:
        services.add_collateral(loan=loan, **form.cleaned_data, by=request.user, at=now())
        return request.path

    return form, act, "Collateral"


def _papers(request: HttpRequest, loan: Loan) -> Filled:
    form = forms.PaperForm(*sent(request), loan=loan)

    def act() -> str:
        services.add_paper(loan=loan, **form.cleaned_data, by=request.user, at=now())
        return request.path

    return form, act, "Documents"


def _submit(request: HttpRequest, loan: Loan) -> Filled:
    def act() -> None:
        services.submit(loan=loan, by=request.user, at=now())

    return forms.EmptyForm(*sent(request)), act, "Hand in the application"


def _withdraw(request: HttpRequest, loan: Loan) -> Filled:
    form = forms.ReasonForm(*sent(request))

    def act() -> None:
        services.withdraw_application(loan=loan, **form.cleaned_data, by=request.user, at=now())

    return form, act, "Take the application back"


_PARTS: dict[str, Callable[[HttpRequest, Loan], Filled]] = {
    "asked": _asked,
    "purpose": _purpose,
    "income": _income,
    "account": _account,
    "guarantors": _guarantors,
    "collateral": _collateral,
    "papers": _papers,
    "submit": _submit,
    "withdraw": _withdraw,
}


@requires(Capability.LOAN_APPLY)
@require_POST
def loan_remove(request: HttpRequest, loan_number: str, loan_part: str, item_id: int) -> HttpResponse:
    """Take a guarantor or a collateral off an application."""
    loan = queries.loan_for(request.user, loan_number, Capability.LOAN_APPLY)
    form = forms.EmptyForm(*sent(request))

    def act() -> None:
        if loan_part == "guarantors":
            guarantor = get_object_or_404(loan.guarantors, pk=item_id)
            services.unname_guarantor(guarantor=guarantor, by=request.user, at=now())
        else:
            item = get_object_or_404(loan.collateral, pk=item_id)
            services.remove_collateral(item=item, by=request.user, at=now())

    up = ("Application", reverse("loan_detail", args=[loan.number]))
    return form_page(request, form, act, heading="Take it off", up=up, submit="Take it off")


@requires(Capability.LOAN_VIEW)
@require_safe
def loan_paper(request: HttpRequest, loan_number: str, loan_upload_id: UUID) -> HttpResponse:
    """One document of an application, for whoever may see the loan: sandboxed, a PDF as an attachment."""
    loan = queries.loan_for(request.user, loan_number)
    paper = get_object_or_404(Paper.objects.select_related("upload"), loan=loan, upload=loan_upload_id)
    try:
        return as_response(paper.upload, contents(paper.upload))
    except Refused as refusal:
        raise Http404(refusal.message) from refusal


@requires(Capability.LOAN_GUARANTEE)
@require_safe
def guarantee_list(request: HttpRequest) -> HttpResponse:
    """The loans one was asked to stand for, and those one stands for."""
    return page(request, "loans/guarantee_list.html", {"guarantees": queries.guarantees_of(request.user)})


@requires(Capability.LOAN_GUARANTEE)
@shown_or_sent
def guarantee_accept(request: HttpRequest, guarantor_id: int) -> HttpResponse:
    """Stand for a member's loan with an amount that is held until the loan is over."""
    user: Any = request.user
    guarantor = queries.guarantee_for(user, guarantor_id)
    loan = guarantor.loan
    accounts = queries.everyday_accounts(user.customer, loan.currency)
    form = forms.AccountForm(*sent(request), loan=loan, accounts=accounts)

    def act() -> None:
        services.accept_guarantee(guarantor=guarantor, account=form.chosen, by=user, at=now())

    return form_page(
        request,
        form,
        act,
        heading=f"Stand for {loan.customer.full_name}",
        up=("Guarantees", reverse("guarantee_list")),
        submit=f"Stand for {guarantor.amount}",
        facts=[("Loan", loan.amount), ("Instalments", loan.instalments), ("You stand for", guarantor.amount)],
        note="The amount stays in your account and is held until the loan is over. If the loan is not paid it may be taken.",
    )


@requires(Capability.LOAN_GUARANTEE)
@shown_or_sent
def guarantee_decline(request: HttpRequest, guarantor_id: int) -> HttpResponse:
    """Say no; nothing is held."""
    guarantor = queries.guarantee_for(request.user, guarantor_id)

    def act() -> None:
        services.decline_guarantee(guarantor=guarantor, by=request.user, at=now())

    up = ("Guarantees", reverse("guarantee_list"))
    note = "Nothing is held, and the member sees that you declined."
    heading = f"Decline to stand for {guarantor.loan.customer.full_name}"
    return form_page(request, forms.EmptyForm(*sent(request)), act, heading=heading, up=up, submit="Decline", note=note)
