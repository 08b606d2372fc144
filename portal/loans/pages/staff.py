"""What staff do with a loan: review, propose, pay out, charge, let go, give back, reverse; and what they ask a second person for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.loans import queries, services
from portal.loans.models import Loan
from portal.loans.pages import forms
from portal.loans.pages.facts import (
    capacity,
    charged_facts,
    held_again_told,
    paid_too_much,
    pay_out_facts,
    pledge_facts,
    running_facts,
    savings,
)
from portal.loans.pages.shown import everyday_accounts

Step = tuple[django_forms.Form, Callable[[], Any], str, str]
_HELD_AGAIN = "Guarantors stand again for what is owed, as far as their accounts have it. They are told."
_ASKED = "A colleague decides on this. Nothing changed yet."
Steps = dict[str, Callable[[HttpRequest, Loan], Step]]


@requires(Capability.LOAN_REVIEW)
@shown_or_sent
def loan_review(request: HttpRequest, loan_number: str, review_step: str) -> HttpResponse:
    """A step of an application: take it up, give it back, reject it, propose what is granted, note the signed letter."""
    loan = queries.loan_for(request.user, loan_number, Capability.LOAN_REVIEW)
    facts = capacity(loan) if review_step == "propose" else []
    return _step(request, loan, _REVIEW, review_step, facts=facts)


@requires(Capability.LOAN_DISBURSE, fresh=True)
@shown_or_sent
def loan_pay_out(request: HttpRequest, loan_number: str) -> HttpResponse:
    """Pay an approved loan into the member's account."""
    loan = queries.loan_for(request.user, loan_number, Capability.LOAN_DISBURSE)
    return _step(request, loan, {"pay-out": _pay_out}, "pay-out", facts=pay_out_facts(loan))


@requires(Capability.LOAN_DISBURSE)
@shown_or_sent
def loan_condition(request: HttpRequest, loan_number: str, condition_id: int) -> HttpResponse:
    """Write down that a condition is fulfilled."""
    loan = queries.loan_for(request.user, loan_number, Capability.LOAN_DISBURSE)
    condition = get_object_or_404(queries.conditions_of(loan), pk=condition_id)

    def step(request: HttpRequest, loan: Loan) -> Step:
        form = forms.NoteForm(*sent(request))

        def act() -> None:
            services.meet_condition(condition=condition, **form.cleaned_data, by=request.user, at=now())

        return form, act, "A condition is fulfilled", "It is fulfilled"

    return _step(request, loan, {"condition": step}, "condition", facts=[("Condition", condition.text)])


@requires(Capability.LOAN_CORRECT)
@shown_or_sent
def loan_correct(request: HttpRequest, loan_number: str, correct_step: str) -> HttpResponse:
    """Charge a loan, let a charge go, give back what was paid too much."""
    loan = queries.loan_for(request.user, loan_number, Capability.LOAN_CORRECT)
    return _step(request, loan, _CORRECT, correct_step, facts=charged_facts(loan))


@requires(Capability.LOAN_CORRECT, fresh=True)
@shown_or_sent
def loan_payment_reverse(request: HttpRequest, loan_number: str, payment_id: int) -> HttpResponse:
    """Undo a payment; what came later is shared out anew, and guarantors stand again for what they stood for before it."""
    loan = queries.loan_for(request.user, loan_number, Capability.LOAN_CORRECT)
    payment = get_object_or_404(queries.payments_of(loan), pk=payment_id)

    def step(request: HttpRequest, loan: Loan) -> Step:
        form = forms.ReasonForm(*sent(request))

        def act() -> None:
            key = f"loan-payment:{payment.pk}:reversed"
            made = services.reverse_payment(payment=payment, **form.cleaned_data, key=key, by=request.user, at=now())
            for told in held_again_told(made):
                messages.warning(request, told)

        return form, act, "Reverse a payment", "Reverse it"

    pledges = services.pledges_after(payment)
    facts = [("Paid on", f"{payment.on:%d %B %Y}"), ("Amount", payment.amount), *pledge_facts(pledges)]
    note = _HELD_AGAIN if pledges else ""
    return _step(request, loan, {"reverse": step}, "reverse", facts=facts, note=note, is_grave=True)


@requires(Capability.LOAN_CHANGE)
@shown_or_sent
def loan_change(request: HttpRequest, loan_number: str, change_step: str) -> HttpResponse:
    """Ask a second person to reschedule a loan, to write it off, or to take savings for it."""
    loan = queries.loan_for(request.user, loan_number, Capability.LOAN_CHANGE)
    return _step(request, loan, _CHANGE, change_step, facts=running_facts(loan), note="A colleague decides on this.")


def _step(request: HttpRequest, loan: Loan, steps: Steps, name: str, **more: Any) -> HttpResponse:
    if name not in steps:
        raise Http404("there is no such step")
    form, act, heading, submit = steps[name](request, loan)
    up = (f"{loan.product.name} …{loan.last_four}", reverse("loan_detail", args=[loan.number]))
    return form_page(request, form, act, heading=heading, up=up, submit=submit, **more)


def _take_up(request: HttpRequest, loan: Loan) -> Step:
    def act() -> None:
        services.take_up(loan=loan, by=request.user, at=now())

    return forms.EmptyForm(*sent(request)), act, "Look this application through", "Begin"


def _return(request: HttpRequest, loan: Loan) -> Step:
    form = forms.ReturnForm(*sent(request))

    def act() -> None:
        services.return_application(loan=loan, lacks=form.lacks, by=request.user, at=now())

    return form, act, "Give the application back", "Give it back"


def _reject(request: HttpRequest, loan: Loan) -> Step:
    form = forms.ReasonForm(*sent(request))

    def act() -> None:
        services.reject_application(loan=loan, **form.cleaned_data, by=request.user, at=now())

    return form, act, "Reject the application", "Reject it"


def _signed(request: HttpRequest, loan: Loan) -> Step:
    form = forms.SignedForm(*sent(request))

    def act() -> None:
        services.accept_offer(loan=loan, **form.cleaned_data, by=request.user, at=now())

    return form, act, "The member signed the letter", "It is signed"


def _propose(request: HttpRequest, loan: Loan) -> Step:
    typed = {"amount": f"{loan.amount.to_decimal():f}", "instalments": loan.instalments, "rate": _rate(loan)}
    form = forms.GrantForm(*sent(request), loan=loan, initial=typed)

    def act() -> None:
        values = dict(form.cleaned_data)
        rate, conditions = values.pop("rate"), values.pop("conditions").splitlines()
        services.propose(
            loan=loan, rate_bps=int(rate * 100), conditions=conditions, **values, by=request.user, at=now()
        )
        messages.success(request, _ASKED)

    return form, act, "Propose what is granted", "Ask for the decision"


def _pay_out(request: HttpRequest, loan: Loan) -> Step:
    def act() -> None:
        services.disburse(loan=loan, by=request.user, at=now())

    return forms.EmptyForm(*sent(request)), act, "Pay the loan out", "Pay it out"


def _charge(request: HttpRequest, loan: Loan) -> Step:
    form = forms.ChargeForm(*sent(request), loan=loan)

    def act() -> None:
        services.charge_loan(loan=loan, kind="fee", **form.cleaned_data, by=request.user, at=now())

    return form, act, "Charge a fee", "Charge it"


def _waive(request: HttpRequest, loan: Loan) -> Step:
    form = forms.WaiveForm(*sent(request), loan=loan)

    def act() -> None:
        services.charge_loan(loan=loan, **form.cleaned_data, waives=True, by=request.user, at=now())

    return form, act, "Let a charge go", "Let it go"


def _refund(request: HttpRequest, loan: Loan) -> Step:
    over = paid_too_much(loan)
    typed = {"amount": f"{over.to_decimal():f}" if over else ""}
    form = forms.RefundForm(*sent(request), loan=loan, accounts=everyday_accounts(loan), initial=typed)

    def act() -> None:
        typed = form.cleaned_data
        services.refund_over(
            loan=loan, amount=typed["amount"], key=typed["key"], target=form.chosen, by=request.user, at=now()
        )

    return form, act, "Give back what was paid too much", "Give it back"


def _reschedule(request: HttpRequest, loan: Loan) -> Step:
    form = forms.RescheduleForm(*sent(request), loan=loan, initial={"rate": _rate(loan)})

    def act() -> None:
        typed = form.cleaned_data
        payload = {
            "instalments": typed["instalments"],
            "rate_bps": int(typed["rate"] * 100),
            "grace": typed["grace"],
        }
        _ask(request, loan, services.RESCHEDULE, payload, typed["reason"])

    return form, act, "Reschedule the loan", "Ask for the decision"


def _write_off(request: HttpRequest, loan: Loan) -> Step:
    form = forms.ReasonForm(*sent(request))

    def act() -> None:
        _ask(request, loan, services.WRITE_OFF, {}, form.cleaned_data["reason"])

    return form, act, "Write the loan off", "Ask for the decision"


def _recover(request: HttpRequest, loan: Loan) -> Step:
    form = forms.RecoverForm(*sent(request), loan=loan, savings=savings(loan))

    def act() -> None:
        typed = form.cleaned_data
        payload = {
            "account": typed["number"],
            "amount_minor": typed["amount"].minor,
            "key": typed["key"],
        }
        _ask(request, loan, services.RECOVER, payload, typed["reason"])

    return form, act, "Take savings for the loan", "Ask for the decision"


def _ask(request: HttpRequest, loan: Loan, act: str, payload: dict[str, Any], reason: str) -> None:
    services.ask_for_change(act=act, loan=loan, payload=payload, reason=reason, by=request.user, at=now())
    messages.success(request, _ASKED)


def _rate(loan: Loan) -> str:
    return f"{loan.rate_bps // 100}.{loan.rate_bps % 100:02d}"


_REVIEW: Steps = {"take-up": _take_up, "return": _return, "reject": _reject, "propose": _propose, "signed": _signed}
_CORRECT: Steps = {"charge": _charge, "waive": _waive, "refund": _refund}
_CHANGE: Steps = {"reschedule": _reschedule, "write-off": _write_off, "recover": _recover}
