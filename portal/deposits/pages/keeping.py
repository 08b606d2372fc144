"""Keeping an account: its facts and history, its states, holders, agreements, interest and closure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires, scope_of
from portal.access.grants import Scope
from portal.base.clock import now
from portal.base.fields import typed_field
from portal.base.formpage import form_page, sent, shown_or_sent
from portal.base.money import Money
from portal.base.render import page
from portal.deposits import charges, keeping, limits, queries, services, waiting
from portal.deposits.models import DepositAccount
from portal.deposits.pages.keeping_forms import (
    CloseForm,
    EditForm,
    HolderForm,
    InterestForm,
    MemberField,
    ReasonForm,
    StateForm,
)
from portal.deposits.services.closing import CLOSABLE, EVERYDAY
from portal.deposits.services.states import WAYS, overdraft_limit_of
from portal.people.queries import customers_visible_to

State = DepositAccount.State


@requires(Capability.ACCOUNT_VIEW)
@require_safe
def account_keeping(request: HttpRequest, number: str) -> HttpResponse:
    """What is agreed about an account and what became of it: terms, holders, states, changes, charges."""
    account = waiting.marked_account_for(request.user, number)
    waits = waiting.waiting_on(request.user, [account])
    rows = [(each, Money(each.amount_minor, account.currency)) for each in charges.charges_of(account)[:50]]
    is_over = account.state in {State.CLOSED, State.DECLINED}
    context = {
        "account": account,
        "facts": keeping.facts_of(account),
        "holders": keeping.holders_of(account),
        "history": keeping.history_of(account),
        "limits": [] if is_over or account.product.kind not in EVERYDAY else limits.left_of(account),
        "charges": rows,
        "due": charges.due_total(account),
        "is_over": is_over,
        "waiting": waits,
        "is_own": scope_of(request.user, Capability.ACCOUNT_VIEW) is Scope.OWN,
        "may_close": not waits and account.state in CLOSABLE and account.product.kind in EVERYDAY,
    }
    return page(request, "deposits/account_keeping.html", context)


@requires(Capability.ACCOUNT_STATE, fresh=True)
@shown_or_sent
def account_state(request: HttpRequest, number: str) -> HttpResponse:
    """Freeze, block, release or wake an account."""
    account = queries.account_for(request.user, number, Capability.ACCOUNT_STATE)
    states = sorted(WAYS[account.state] - {State.CLOSED, State.DORMANT, State.APPROVED, State.DECLINED})
    form = StateForm(*sent(request), states=states, is_dormant=account.state == State.DORMANT)

    def act() -> None:
        services.change_state(account=account, **form.cleaned_data, by=request.user, at=now())

    heading = f"Account …{account.last_four} is {account.get_state_display().lower()}"
    return _kept(request, account, form, act, heading=heading, submit="Change the state")


@requires(Capability.ACCOUNT_EDIT, fresh=True)
@shown_or_sent
def account_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Agree who may move an account and how far it may be overdrawn."""
    account = queries.account_for(request.user, number, Capability.ACCOUNT_EDIT)
    limit = f"{overdraft_limit_of(account).to_decimal():f}"
    initial = {"mandate": account.mandate, "overdraft_limit": limit}
    form = EditForm(*sent(request), currency=account.currency, initial=initial)

    def act() -> None:
        services.edit_account(account=account, **form.cleaned_data, by=request.user, at=now())

    return _kept(request, account, form, act, heading=f"Change account …{account.last_four}", submit="Change")


@requires(Capability.ACCOUNT_EDIT, fresh=True)
@shown_or_sent
def holder_new(request: HttpRequest, number: str) -> HttpResponse:
    """Make somebody a holder too."""
    account = queries.account_for(request.user, number, Capability.ACCOUNT_EDIT)
    form = HolderForm(*sent(request))
    typed_field(form, "customer", MemberField).reach = customers_visible_to(request.user)

    def act() -> None:
        services.add_holder(account=account, **form.cleaned_data, by=request.user, at=now())

    heading = f"Another holder of account …{account.last_four}"
    return _kept(request, account, form, act, heading=heading, submit="Add the holder")


@requires(Capability.ACCOUNT_EDIT, fresh=True)
@shown_or_sent
def holder_end(request: HttpRequest, number: str, holder_id: int) -> HttpResponse:
    """Let a further holder go."""
    account = queries.account_for(request.user, number, Capability.ACCOUNT_EDIT)
    holder = account.holders.select_related("customer").filter(pk=holder_id).first()
    if holder is None:
        raise Http404("no such holder of this account")
    form = ReasonForm(*sent(request))

    def act() -> None:
        services.end_holder(holder=holder, reason=form.cleaned_data["reason"], by=request.user, at=now())

    heading = f"{holder.customer.full_name} holds the account no more"
    return _kept(request, account, form, act, heading=heading, submit="End the holding", is_grave=True)


@requires(Capability.INTEREST_APPLY, fresh=True)
@shown_or_sent
def account_interest(request: HttpRequest, number: str) -> HttpResponse:
    """Post one account's interest up to a day."""
    account = queries.account_for(request.user, number, Capability.INTEREST_APPLY)
    form = InterestForm(*sent(request))

    def act() -> None:
        services.apply_interest(account=account, **form.cleaned_data, by=request.user, at=now())

    note = "The monthly run goes on from the day after: nothing is posted twice."
    heading = f"Post the interest of account …{account.last_four}"
    return _kept(request, account, form, act, heading=heading, submit="Post the interest", note=note)


@requires(Capability.ACCOUNT_CLOSE, fresh=True)
@shown_or_sent
def account_close(request: HttpRequest, number: str) -> HttpResponse:
    """Close an account for good; a large balance waits for a second person."""
    account = queries.account_for(request.user, number, Capability.ACCOUNT_CLOSE)
    targets = keeping.payout_targets(account)
    form = CloseForm(*sent(request), targets=targets, remains=bool(queries.funds_of(account).booked))

    def act() -> None:
        target = next((each for each in targets if each.number == form.cleaned_data["target"]), None)
        given = {"account": account, "target": target} | {name: form.cleaned_data[name] for name in ("reason", "key")}
        if services.needs_second_person(account, by=request.user):
            services.ask_for_closing(**given, by=request.user, at=now())
            messages.success(request, "Sent for approval. The account stays open until a colleague has approved it.")
        else:
            services.close_account(**given, asked_by=request.user, at=now())

    return _kept(request, account, form, act, **_closing(account, by=request.user))


@requires(Capability.ACCOUNT_CLOSE_ASK, fresh=True)
@shown_or_sent
def account_close_ask(request: HttpRequest, number: str) -> HttpResponse:
    """A member asks for an account of their own to be closed; the branch decides."""
    account = queries.account_for(request.user, number, Capability.ACCOUNT_CLOSE_ASK)
    targets = keeping.payout_targets(account)
    form = CloseForm(*sent(request), targets=targets, remains=bool(queries.funds_of(account).booked))

    def act() -> None:
        target = next((each for each in targets if each.number == form.cleaned_data["target"]), None)
        given = {name: form.cleaned_data[name] for name in ("reason", "key")}
        services.wish_for_closing(account=account, target=target, **given, by=request.user, at=now())
        messages.success(request, "Your branch has your request. The account stays open until it has decided.")

    note = "Interest up to the day before is posted first, and what is owed in charges is taken. A closed account stays closed."
    shown = _closing(account, by=request.user) | {"submit": "Ask for it to be closed", "note": note}
    return _kept(request, account, form, act, **shown)


def _closing(account: DepositAccount, *, by: Any) -> dict[str, Any]:
    """What the page of closing says beside its form."""
    note = "Interest up to yesterday is posted first, what is owed is taken, and the rest goes where you say."
    asks = services.needs_second_person(account, by=by)
    if asks:
        note += " A balance like this takes a second person: you ask, and a colleague decides."
    facts = [("Balance", queries.funds_of(account).booked), ("Still owed in charges", charges.due_total(account))]
    heading = f"Close account …{account.last_four}"
    submit = "Ask for it to be closed" if asks else "Close the account"
    return {"heading": heading, "submit": submit, "facts": facts, "note": note, "is_grave": True}


def _kept(
    request: HttpRequest, account: DepositAccount, form: forms.Form, act: Callable[[], None], **shown: Any
) -> HttpResponse:
    """Show the form, or do what it says and go back to the account."""
    url = reverse("account_keeping", args=[account.number])
    return form_page(request, form, act, up=(f"Account …{account.last_four}", url), **shown)


urlpatterns = [
    path("accounts/<str:number>/keeping/", account_keeping, name="account_keeping"),
    path("accounts/<str:number>/state/", account_state, name="account_state"),
    path("accounts/<str:number>/agreement/", account_edit, name="account_edit"),
    path("accounts/<str:number>/holders/new/", holder_new, name="holder_new"),
    path("accounts/<str:number>/holders/<int:holder_id>/end/", holder_end, name="holder_end"),
    path("accounts/<str:number>/interest/", account_interest, name="account_interest"),
    path("accounts/<str:number>/close/", account_close, name="account_close"),
    path("accounts/<str:number>/close/request/", account_close_ask, name="account_close_ask"),
]
