"""Keeping an account: its facts and history, its states, holders, agreements, interest and closure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.approvals.services import ask
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.money import Money, exponent
from portal.base.render import page, refused, see_other
from portal.deposits import charges, keeping, queries, services
from portal.deposits.acts.closures import CLOSURE
from portal.deposits.models import DepositAccount
from portal.deposits.pages.keeping_forms import CloseForm, EditForm, HolderForm, InterestForm, ReasonForm, StateForm
from portal.deposits.services.states import WAYS, overdraft_limit_of
from portal.people.queries import customers_visible_to

ALONE_UP_TO = 1_000
"""What one person closes alone, in major units; a larger balance takes a second person."""

_FORM = "deposits/simple_form.html"
_any_method = require_http_methods(["GET", "HEAD", "POST"])
State = DepositAccount.State


@requires(Capability.ACCOUNT_VIEW)
@require_safe
def account_keeping(request: HttpRequest, number: str) -> HttpResponse:
    """What is agreed about an account and what became of it: terms, holders, states, changes, charges."""
    account = queries.account_for(request.user, number)
    rows = [(each, Money(each.amount_minor, account.currency)) for each in charges.charges_of(account)[:50]]
    context = {
        "account": account,
        "facts": keeping.facts_of(account),
        "holders": keeping.holders_of(account),
        "history": keeping.history_of(account),
        "charges": rows,
        "due": charges.due_total(account),
        "is_over": account.state in {State.CLOSED, State.DECLINED},
    }
    return page(request, "deposits/account_keeping.html", context)


@requires(Capability.ACCOUNT_STATE)
@_any_method
def account_state(request: HttpRequest, number: str) -> HttpResponse:
    """Freeze, block, release or wake an account."""
    account = queries.account_for(request.user, number, Capability.ACCOUNT_STATE)
    states = sorted(WAYS[account.state] - {State.CLOSED, State.DORMANT, State.APPROVED, State.DECLINED})
    posted = request.POST if request.method == "POST" else None
    form = StateForm(posted, states=states, is_dormant=account.state == State.DORMANT)

    def act() -> None:
        services.change_state(account=account, **form.cleaned_data, by=request.user, at=now())

    heading = f"Account …{account.last_four} is {account.get_state_display().lower()}"
    return _carried_out(request, account, form, act, heading=heading, submit="Change the state")


@requires(Capability.ACCOUNT_EDIT)
@_any_method
def account_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Agree who may move an account and how far it may be overdrawn."""
    account = queries.account_for(request.user, number, Capability.ACCOUNT_EDIT)
    limit = f"{overdraft_limit_of(account).to_decimal():f}"
    initial = {"mandate": account.mandate, "overdraft_limit": limit}
    form = EditForm(request.POST if request.method == "POST" else None, currency=account.currency, initial=initial)

    def act() -> None:
        services.edit_account(account=account, **form.cleaned_data, by=request.user, at=now())

    return _carried_out(request, account, form, act, heading=f"Change account …{account.last_four}", submit="Change")


@requires(Capability.ACCOUNT_EDIT)
@_any_method
def holder_new(request: HttpRequest, number: str) -> HttpResponse:
    """Make somebody a holder too."""
    account = queries.account_for(request.user, number, Capability.ACCOUNT_EDIT)
    form = HolderForm(request.POST if request.method == "POST" else None)
    form.fields["customer"].reach = customers_visible_to(request.user)  # type: ignore[attr-defined]

    def act() -> None:
        services.add_holder(account=account, **form.cleaned_data, by=request.user, at=now())

    heading = f"Another holder of account …{account.last_four}"
    return _carried_out(request, account, form, act, heading=heading, submit="Add the holder")


@requires(Capability.ACCOUNT_EDIT)
@_any_method
def holder_end(request: HttpRequest, number: str, holder_id: int) -> HttpResponse:
    """Let a further holder go."""
    account = queries.account_for(request.user, number, Capability.ACCOUNT_EDIT)
    holder = account.holders.select_related("customer").filter(pk=holder_id).first()
    if holder is None:
        raise Http404("no such holder of this account")
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        services.end_holder(holder=holder, reason=form.cleaned_data["reason"], by=request.user, at=now())

    heading = f"{holder.customer.full_name} holds the account no more"
    return _carried_out(request, account, form, act, heading=heading, submit="End the holding", is_grave=True)


@requires(Capability.INTEREST_APPLY)
@_any_method
def account_interest(request: HttpRequest, number: str) -> HttpResponse:
    """Post one account's interest up to a day."""
    account = queries.account_for(request.user, number, Capability.INTEREST_APPLY)
    form = InterestForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        services.apply_interest(account=account, **form.cleaned_data, by=request.user, at=now())

    note = "The monthly run goes on from the day after: nothing is posted twice."
    heading = f"Post the interest of account …{account.last_four}"
    return _carried_out(request, account, form, act, heading=heading, submit="Post the interest", note=note)


@requires(Capability.ACCOUNT_CLOSE)
@_any_method
def account_close(request: HttpRequest, number: str) -> HttpResponse:
    """Close an account for good; a large balance waits for a second person."""
    account = queries.account_for(request.user, number, Capability.ACCOUNT_CLOSE)
    targets = keeping.payout_targets(account)
    form = CloseForm(request.POST if request.method == "POST" else None, targets=targets)
    funds = queries.funds_of(account)

    def act() -> None:
        typed = form.cleaned_data
        target = next((each for each in targets if each.number == typed["target"]), None)
        if funds.booked.minor > ALONE_UP_TO * 10 ** exponent(account.currency):
            payload = {"account": number, "target": typed["target"], "reason": typed["reason"], "key": typed["key"]}
            services.refuse_closing(account, typed["reason"], target)
            ask(
                act=CLOSURE,
                payload=payload,
                subject=number,
                reason=typed["reason"],
                branch=account.branch,
                amount=funds.booked,
                by=request.user,
                at=now(),
            )
            messages.success(request, "Sent for approval. The account stays open until a colleague has approved it.")
            return
        services.close_account(
            account=account, reason=typed["reason"], target=target, key=typed["key"], asked_by=request.user, at=now()
        )

    facts = [("Balance", funds.booked), ("Still owed in charges", charges.due_total(account))]
    note = "Interest up to yesterday is posted first, what is owed is taken, and the rest goes where you say."
    heading = f"Close account …{account.last_four}"
    return _carried_out(
        request, account, form, act, heading=heading, submit="Close the account", facts=facts, note=note, is_grave=True
    )


def _carried_out(
    request: HttpRequest, account: DepositAccount, form: forms.Form, act: Callable[[], None], **shown: Any
) -> HttpResponse:
    """Show the form, or do what it says and go back to the account; a refusal loses nothing typed."""
    url = reverse("account_keeping", args=[account.number])
    context = {"up": url, "up_label": f"Account …{account.last_four}", **shown}
    if request.method != "POST":
        return page(request, _FORM, context | {"form": form})
    if not form.is_valid():
        return refused(request, _FORM, context, form)
    try:
        act()
    except Refused as error:
        return refused(request, _FORM, context, form, error)
    return see_other(url)


urlpatterns = [
    path("accounts/<str:number>/keeping/", account_keeping, name="account_keeping"),
    path("accounts/<str:number>/state/", account_state, name="account_state"),
    path("accounts/<str:number>/agreement/", account_edit, name="account_edit"),
    path("accounts/<str:number>/holders/new/", holder_new, name="holder_new"),
    path("accounts/<str:number>/holders/<int:holder_id>/end/", holder_end, name="holder_end"),
    path("accounts/<str:number>/interest/", account_interest, name="account_interest"),
    path("accounts/<str:number>/close/", account_close, name="account_close"),
]
