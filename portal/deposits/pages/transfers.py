"""A transfer in three pages: to whom, how much, check. No page keeps anything; each hands the sealed draft to the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.access import proof
from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.formpage import shown_or_sent
from portal.base.keys import new_key
from portal.base.money import Money, exponent
from portal.base.render import page, refused, see_other
from portal.deposits import limits, movements, queries, services
from portal.deposits.charges import transfer_cost
from portal.deposits.models import DepositAccount
from portal.deposits.pages.drafts import Draft, DraftLost, opened
from portal.deposits.pages.forms import OTHER, AmountForm, PayeeForm, SendForm
from portal.deposits.payees import payees_for
from portal.fraud.services.gate import ProofWanted, UnderReview
from portal.ledger.queries import entry_by_key, scope_of
from portal.signin import demands

TWICE_WITHIN = timedelta(minutes=10)
IN_WORDS_FROM = 1000
"""Amounts from here on, in major units, are also spelled out on the check page."""

_TO, _AMOUNT, _CHECK = (f"deposits/transfer_{name}.html" for name in ("to", "amount", "check"))


def _starts_again(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """No money goes without a second step of signing in. A draft that was lost leads back to the first page, saying why."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if demands.lacks_second_step(request):
            messages.error(request, "Add a second step before you send money: a password alone is too little for that.")
            return see_other(reverse("factor_list"))
        try:
            return view(request)
        except DraftLost as error:
            messages.error(request, error.message)
            return see_other(reverse("transfer_start"))

    return guarded


@requires(Capability.TRANSFER_MAKE)
@shown_or_sent
@_starts_again
def transfer_start(request: HttpRequest) -> HttpResponse:
    """To whom. A POST brings a draft back to be changed; `?from=` names the account to pay from."""
    accounts = _own_accounts(request.user)
    initial = {"source": request.GET.get("from", "")}
    if request.method == "POST":
        initial = _choices_of(_draft(request), accounts)
    form = PayeeForm(accounts=accounts, payees=list(payees_for(request.user)), initial=initial)
    return page(request, _TO, {"form": form, "accounts": accounts})


@requires(Capability.TRANSFER_MAKE)
@shown_or_sent
@_starts_again
def transfer_amount(request: HttpRequest) -> HttpResponse:
    """How much: after the payee was chosen, or when a draft comes back for another amount."""
    if request.method != "POST":
        return see_other(reverse("transfer_start"))
    if "draft" in request.POST:
        return _amount_page(request, _draft(request))
    accounts = _own_accounts(request.user)
    form = PayeeForm(request.POST, accounts=accounts, payees=list(payees_for(request.user)))
    try:
        if request.POST.get("to") == OTHER:
            services.note_payee_lookup(number=request.POST.get("number", ""), by=request.user, at=now())
    except Refused as error:
        return refused(request, _TO, {"accounts": accounts}, form, error)
    if not form.is_valid():
        return refused(request, _TO, {"accounts": accounts}, form)
    return _amount_page(request, Draft(form.source_account, form.target_account))


@requires(Capability.TRANSFER_MAKE)
@shown_or_sent
@_starts_again
def transfer_check(request: HttpRequest) -> HttpResponse:
    """What would happen, in words, before it does."""
    if request.method != "POST":
        return see_other(reverse("transfer_start"))
    draft = _draft(request)
    form = AmountForm(request.POST, source=draft.source)
    if not form.is_valid():
        return refused(request, _AMOUNT, _seen(request, draft), form)
    draft = draft.with_amount(form.cleaned_data["amount"], form.cleaned_data["memo"])
    key = new_key()
    context = _checked(request, draft) | {"form": _send_form(request, initial={"key": key})}
    return page(request, _CHECK, context | {"outcome_url": reverse("transfer_outcome", args=[key])})


@requires(Capability.TRANSFER_MAKE)
@shown_or_sent
@_starts_again
def transfer_done(request: HttpRequest) -> HttpResponse:
    """Send what was checked; then its receipt. The same form sent again leads to the same receipt."""
    if request.method != "POST":
        return see_other(reverse("transfer_start"))
    draft = _draft(request, to_send=True)
    form, user = _send_form(request, request.POST), request.user
    if not form.is_valid():
        return refused(request, _CHECK, _checked(request, draft), form)
    demands.ask_again_if_large(request, _amount_of(draft))
    try:
        if "pin" in form.fields:
            demands.take_pin(user=user, pin=form.cleaned_data["pin"], by=user, at=now())
        posted = services.transfer(
            source=draft.source,
            target=draft.target,
            amount=_amount_of(draft),
            memo=draft.memo,
            key=form.cleaned_data["key"],
            is_proved=proof.is_fresh(request),
            by=request.user,
            at=now(),
        )
    except ProofWanted:
        proof.demand(request)
        raise
    except UnderReview as waits:
        return _set_aside(request, draft, waits)
    except services.LimitReached as error:
        return _beyond_limit(request, draft, form, error)
    except Refused as error:
        return refused(request, _CHECK, _checked(request, draft), form, error)
    return see_other(reverse("receipt", args=[posted.reference]))


def _set_aside(request: HttpRequest, draft: Draft, waits: UnderReview) -> HttpResponse:
    """The transfer was kept for a review: nothing is left to do here but to know it."""
    messages.warning(request, waits.message)
    return see_other(reverse("account_detail", args=[draft.source.number]))


def _beyond_limit(request: HttpRequest, draft: Draft, form: SendForm, error: services.LimitReached) -> HttpResponse:
    """What a limit holds back: said, and where the rule allows it put before a second person."""
    if not error.may_ask or "ask" not in request.POST:
        return refused(request, _CHECK, _checked(request, draft) | {"may_ask": error.may_ask}, form, error)
    try:
        services.ask_for_transfer(
            source=draft.source,
            target=draft.target,
            amount=_amount_of(draft),
            memo=draft.memo,
            key=form.cleaned_data["key"],
            reason=error.message,
            by=request.user,
            at=now(),
        )
    except Refused as refusal:
        return refused(request, _CHECK, _checked(request, draft), form, refusal)
    messages.success(request, "Asked for. Nothing has moved: your branch decides, and you see it in your account.")
    return see_other(reverse("account_detail", args=[draft.source.number]))


@requires(Capability.TRANSFER_MAKE)
@require_safe
def transfer_outcome(request: HttpRequest, key: str) -> HttpResponse:
    """What became of a transfer whose answer never arrived: its receipt, or the certainty that nothing was sent."""
    entry = entry_by_key(scope=scope_of(request.user), key=key)
    return page(request, "deposits/transfer_outcome.html", {"entry": entry})


def _send_form(request: HttpRequest, data: Any = None, **kwargs: Any) -> SendForm:
    return SendForm(data, with_pin=demands.wants_pin(request.user), **kwargs)


def _own_accounts(user: Any) -> list[DepositAccount]:
    accounts = queries.accounts_visible_to(user, Capability.TRANSFER_MAKE)
    accounts = accounts.exclude(product__kind__in=services.BY_OWN_RULES)
    return list(accounts.exclude(state__in=[DepositAccount.State.CLOSED, DepositAccount.State.FROZEN]))


def _draft(request: HttpRequest, *, to_send: bool = False) -> Draft:
    return opened(request.POST.get("draft", ""), request.user, to_send=to_send)


def _choices_of(draft: Draft, accounts: list[DepositAccount]) -> dict[str, str]:
    """A draft's accounts as they were chosen on the first page."""
    is_own = any(account.number == draft.target.number for account in accounts)
    chosen = {"to": draft.target.number} if is_own else {"to": OTHER, "number": draft.target.number}
    return {"source": draft.source.number, **chosen}


def _amount_page(request: HttpRequest, draft: Draft) -> HttpResponse:
    amount = f"{draft.amount.to_decimal():f}" if draft.amount else ""
    form = AmountForm(source=draft.source, initial={"amount": amount, "memo": draft.memo})
    return page(request, _AMOUNT, {**_seen(request, draft), "form": form})


def _seen(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    return {
        "draft": draft,
        "sealed": draft.sealed(request.user),
        "is_own": draft.target.customer_id == draft.source.customer_id,
        "funds": queries.funds_as_loaded(draft.source),
    }


def _checked(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    """What the check page says: verb, amount, name, last four digits, fee, balance after, what today's limits leave, and a
    doubt about doing it twice.
    """
    amount = _amount_of(draft)
    seen, fee = _seen(request, draft), transfer_cost(draft.source, draft.target, amount).amount
    return {
        **seen,
        "amount": amount,
        "fee": fee,
        "balance_after": seen["funds"].booked - amount - fee,
        "left": limits.left_to(draft.source, draft.target, now()),
        "spell_out": amount.minor >= IN_WORDS_FROM * 10 ** exponent(amount.currency),
        "twin": movements.transfer_like(draft.source, draft.target, amount, now() - TWICE_WITHIN),
    }


def _amount_of(draft: Draft) -> Money:
    if draft.amount is None:
        raise DraftLost("This transfer has no amount yet. Nothing was sent. Start again.")
    return draft.amount
