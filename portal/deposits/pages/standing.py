"""Standing orders: the list, a new one, one with its history, and what its owner does to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires, scope_of
from portal.access.grants import Scope
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.fields import AmountField, KeyField, typed_field, use_currency
from portal.base.render import page, refused, see_other
from portal.deposits import plans, queries, services, standing
from portal.deposits.models import DepositAccount, Product, Rhythm
from portal.deposits.pages.forms import SendForm
from portal.deposits.pages.plan_forms import AccountField
from portal.deposits.payees import payees_for
from portal.signin import demands

LIST, NEW, CHECK, DETAIL = (f"deposits/standing_{name}.html" for name in ("list", "new", "check", "detail"))
PER_PAGE = 40


def _day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


class OrderForm(forms.Form):
    """What is sent, to whom, how often. Payees are one's own accounts and those one saved."""

    key = KeyField()
    source = AccountField(label="From")
    target = forms.ChoiceField(label="To", help_text="Your own accounts and your saved payees.")
    amount = AmountField(label="Amount")
    memo = forms.CharField(label="What for", required=False, max_length=100, widget=forms.TextInput())
    rhythm = forms.ChoiceField(label="How often", choices=Rhythm, initial=Rhythm.MONTHLY)
    first_on = _day("First on")
    last_on = _day("Last on", required=False, help_text="Leave empty to go on until you end it.")
    times = forms.IntegerField(label="Or so many times", required=False, min_value=1, max_value=1000)
    retry_days = forms.IntegerField(
        label="Days to try again", min_value=0, max_value=10, initial=3, help_text="When there is too little money."
    )

    def __init__(self, *args: Any, own: list[DepositAccount], saved: list[DepositAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed_field(self, "source", AccountField).offer(_everyday(own))
        use_currency(self, own[0].currency if own else "")
        self.targets = {account.number: account for account in (*saved, *own)}
        choices = [(each.number, f"{each.customer.full_name} …{each.last_four}") for each in saved]
        choices += [(each.number, f"My {each.name} …{each.last_four}") for each in own]
        typed_field(self, "target", forms.ChoiceField).choices = choices

    def clean_target(self) -> DepositAccount:
        found = self.targets.get(self.cleaned_data["target"])
        if found is None:
            raise ValidationError("Choose whom to pay.", code="target")
        return found


def _everyday(accounts: list[DepositAccount]) -> list[DepositAccount]:
    """Those of the accounts that orders are paid from."""
    return [account for account in accounts if account.product.kind in plans.EVERYDAY]


class ChangeForm(forms.Form):
    """What its owner does to an order; the day says which time is meant."""

    act = forms.ChoiceField(choices=[(act, act) for act in ("pause", "resume", "skip", "end")])
    due_on = forms.DateField(required=False)
    reason = forms.CharField(required=False, max_length=140)


@requires(Capability.STANDING_VIEW)
@require_safe
def standing_list(request: HttpRequest) -> HttpResponse:
    """The orders within reach, the next to be done on top; ended ones on request."""
    ended = "ended" in request.GET
    orders = standing.with_last(standing.orders_visible_to(request.user))
    orders = orders.filter(state="ended") if ended else orders.exclude(state="ended")
    found = Paginator(orders.order_by("next_due", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    return page(request, LIST, {"orders": found, "ended": ended, "is_own": _is_own(request)})


@requires(Capability.STANDING_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def standing_new(request: HttpRequest) -> HttpResponse:
    """Give an order, a later day or again and again: what, then all of it to check, then it stands."""
    if demands.lacks_second_step(request):
        messages.error(request, "Add a second step before you send money: a password alone is too little for that.")
        return see_other(reverse("factor_list"))
    own, saved = _parties(request.user)
    accounts = _everyday(own)
    initial = {"first_on": accounts[0].branch.business_date if accounts else None}
    form = OrderForm(request.POST or None, own=own, saved=saved, initial=initial)
    context = {"form": form, "accounts": accounts, "targets": [*saved, *own]}
    if request.method != "POST" or "change" in request.POST:
        return page(request, NEW, context)
    if not form.is_valid():
        return refused(request, NEW, context, form)
    try:
        services.check_standing(**{name: form.cleaned_data[name] for name in services.CHECKED})
    except Refused as error:
        return refused(request, NEW, context, form, error)
    return _given(request, form) if "confirm" in request.POST else page(request, CHECK, _checked(request, form))


def _given(request: HttpRequest, form: OrderForm) -> HttpResponse:
    """Take the order that was checked: as sure of who gives it as for a transfer of the same amount."""
    user: Any = request.user
    send = SendForm(request.POST, with_pin=demands.wants_pin(user))
    if not send.is_valid():
        return refused(request, CHECK, _checked(request, form), send)
    demands.ask_again_if_large(request, form.cleaned_data["amount"])
    try:
        demands.take_pin(user=user, pin=send.cleaned_data.get("pin", ""), by=user, at=now())
        order = services.order_standing(**form.cleaned_data, by=user, at=now())
    except Refused as error:
        return refused(request, CHECK, _checked(request, form), send, error)
    return see_other(reverse("standing_detail", args=[order.pk]))


def _checked(request: HttpRequest, order: OrderForm) -> dict[str, Any]:
    """What the check page says: who is paid how much out of what, how often, until when."""
    typed = order.cleaned_data
    source, target = typed["source"], typed["target"]
    whose = f"My {target.name}" if target.customer_id == source.customer_id else target.customer.full_name
    rhythm = Rhythm(typed["rhythm"])
    until = "until you end it"
    if typed["times"]:
        until = "once" if typed["times"] == 1 else f"{typed['times']} times"
    elif typed["last_on"]:
        until = f"until {typed['last_on']:%d %B %Y}"
    rows = [
        ("Amount each time", typed["amount"]),
        ("From", f"{source.name} …{source.last_four}"),
        ("To", f"{whose} …{target.last_four}"),
        ("How often", rhythm.label),
        ("First on", f"{typed['first_on']:%d %B %Y}"),
        ("What for", typed["memo"] or "–"),
        ("Too little money", _retried(typed["retry_days"])),
    ]
    if rhythm is not Rhythm.ONCE:
        rows.insert(5, ("How long", until))
    pin = SendForm(with_pin=demands.wants_pin(request.user), initial={"key": typed["key"]})
    return {"order": order, "rows": rows, "form": pin}


def _retried(days: int) -> str:
    if not days:
        return "You are told on the day itself"
    return f"Tried again on {days} more day{'' if days == 1 else 's'}, then you are told"


def _parties(user: Any) -> tuple[list[DepositAccount], list[DepositAccount]]:
    """One's own accounts that orders pay from or into, everyday ones and contributions, and those of saved payees."""
    own = queries.accounts_visible_to(user, Capability.STANDING_MANAGE).filter(state__in=plans.TAKE_MONEY)
    kinds = (*plans.EVERYDAY, Product.Kind.CONTRIBUTION)
    return list(own.filter(product__kind__in=kinds).order_by("number")), [each.account for each in payees_for(user)]


@requires(Capability.STANDING_VIEW)
@require_safe
def standing_detail(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """One order, what came of it so far, and what its owner may do."""
    return page(request, DETAIL, _seen(request, order_id))


def _seen(request: HttpRequest, order_id: UUID) -> dict[str, Any]:
    order = standing.order_for(request.user, order_id)
    changes = order.changes.select_related("by").order_by("-at")
    return {
        "order": order,
        "coming": standing.coming(order),
        "retried": _retried(order.retry_days),
        "attempts": standing.attempts_of(order),
        "changes": changes,
        "is_own": _is_own(request),
    }


@requires(Capability.STANDING_MANAGE)
@require_POST
def standing_change(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """Pause, take up again, leave out once, or end."""
    order = standing.order_for(request.user, order_id, to_change=True)
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return refused(request, DETAIL, _seen(request, order_id), form)
    given: dict[str, Any] = {"order": order, "by": request.user, "at": now()}
    act, reason = form.cleaned_data["act"], form.cleaned_data["reason"]
    try:
        if act == "pause":
            services.pause_standing(**given, reason=reason)
        elif act == "resume":
            services.resume_standing(**given)
        elif act == "skip":
            services.skip_standing(**given, due_on=form.cleaned_data["due_on"])
        else:
            services.end_standing(**given, reason=reason)
    except Refused as error:
        return refused(request, DETAIL, _seen(request, order_id), form, error)
    return see_other(reverse("standing_detail", args=[order.pk]))


def _is_own(request: HttpRequest) -> bool:
    return scope_of(request.user, Capability.STANDING_VIEW) is Scope.OWN


urlpatterns = [
    path("standing-orders/", standing_list, name="standing_list"),
    path("standing-orders/new/", standing_new, name="standing_new"),
    path("standing-orders/<uuid:order_id>/", standing_detail, name="standing_detail"),
    path("standing-orders/<uuid:order_id>/change/", standing_change, name="standing_change"),
]
