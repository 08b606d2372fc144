"""The rules of signing in: what holds, what held, and asking for others."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.access.policy import ALWAYS_PASSKEY, BOUNDS, Policy
from portal.access.roles import STAFF, Role
from portal.administration.acts.policy import LABELS, said
from portal.administration.pages.forms import text_field
from portal.administration.services.policies import ask_for_large_transfer, ask_for_policy
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.fields import AmountField
from portal.base.money import Money
from portal.base.render import page, refused, see_other
from portal.institution.queries import institution
from portal.signin import queries
from portal.signin.services import check_policy

SHOWN, ASK, LARGE = (f"administration/{name}.html" for name in ("policy", "policy_ask", "large_transfer_ask"))
_HELP = {
    "idle_minutes": "Then whoever did nothing is signed out, two minutes after a warning.",
    "longest_hours": "However busy somebody is.",
    "password_alone": "Characters, of whoever has no second factor.",
    "password_with_factor": "Characters, of everybody else.",
    "approval_hours": "Then what a second person did not answer must be asked for again.",
}
_MORE_ROLES = [(role.value, role.label) for role in Role if role in STAFF - ALWAYS_PASSKEY]


class PolicyForm(forms.Form):
    """Every rule within its bounds, and why."""

    passkey_roles = forms.MultipleChoiceField(
        label=LABELS["passkey_roles"],
        required=False,
        choices=_MORE_ROLES,
        widget=forms.CheckboxSelectMultiple,
        help_text="Administrators and operations managers must have one anyway.",
    )
    tells_every_sign_in = forms.BooleanField(
        label="Mail each time somebody signs in",
        required=False,
        help_text="Without it a mail is sent when the device is new.",
    )
    reason = text_field("Why", most=300)
    field_order = (*BOUNDS, "passkey_roles", "tells_every_sign_in", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, bound in BOUNDS.items():
            self.fields[name] = forms.IntegerField(
                label=LABELS[name],
                min_value=bound.least,
                max_value=bound.most,
                help_text=f"{_HELP[name]} {bound.least} to {bound.most}.",
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
        self.order_fields(self.field_order)

    def wanted(self) -> Policy:
        """The rules; only after `is_valid`."""
        given = self.cleaned_data
        numbers: dict[str, int] = {name: given[name] for name in BOUNDS}
        roles = ALWAYS_PASSKEY | frozenset(given["passkey_roles"])
        return Policy(**numbers, passkey_roles=roles, tells_every_sign_in=given["tells_every_sign_in"])


class LargeTransferForm(forms.Form):
    """From which amount on, and why."""

    amount = AmountField(label="From", help_text="Smaller transfers go without asking again who one is.")
    reason = text_field("Why", most=300)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount = self.fields["amount"]
        if isinstance(amount, AmountField):
            amount.currency = currency


@requires(Capability.POLICY_VIEW)
@require_safe
def policy_shown(request: HttpRequest) -> HttpResponse:
    """The rules that hold, since when, and those before."""
    rules = queries.policy_in_force()
    context = {
        "rules": [(label, said(rules, name)) for name, label in LABELS.items()],
        "rows": list(queries.policies()),
        "large": _large(),
        "large_rows": [(row, Money(row.amount_minor, row.currency)) for row in queries.large_transfers()],
    }
    return page(request, SHOWN, context)


@requires(Capability.POLICY_MANAGE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def policy_ask(request: HttpRequest) -> HttpResponse:
    """Ask for other rules: first whom they would touch is shown, and the second press asks."""
    form = PolicyForm(request.POST or None, initial=_initial(queries.policy_in_force()))
    if request.method != "POST":
        return page(request, ASK, {"form": form})
    if not form.is_valid():
        return refused(request, ASK, {}, form)
    wanted = form.wanted()
    try:
        check_policy(wanted)
        if "ask" not in request.POST:
            return page(request, ASK, {"form": form, "touched": queries.touched_by(wanted, at=now())})
        ask_for_policy(wanted=wanted, reason=form.cleaned_data["reason"], by=request.user, at=now())
    except Refused as refusal:
        return refused(request, ASK, {}, form, refusal)
    messages.success(request, "Asked for. Somebody else decides.")
    return see_other(reverse("approvals_asked"))


@requires(Capability.POLICY_MANAGE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def large_transfer_ask(request: HttpRequest) -> HttpResponse:
    """Ask that transfers ask again who one is from another amount on."""
    form = LargeTransferForm(request.POST or None, currency=_currency())
    context = {"large": _large()}
    if request.method != "POST":
        return page(request, LARGE, {**context, "form": form})
    if not form.is_valid():
        return refused(request, LARGE, context, form)
    try:
        ask_for_large_transfer(**form.cleaned_data, by=request.user, at=now())
    except Refused as refusal:
        return refused(request, LARGE, context, form, refusal)
    messages.success(request, "Asked for. Somebody else decides.")
    return see_other(reverse("approvals_asked"))


def _initial(rules: Policy) -> dict[str, Any]:
    numbers = {name: getattr(rules, name) for name in BOUNDS}
    roles = sorted(rules.passkey_roles - ALWAYS_PASSKEY)
    return {**numbers, "passkey_roles": roles, "tells_every_sign_in": rules.tells_every_sign_in}


def _large() -> Money | None:
    return queries.large_transfer_from(_currency()) if _currency() else None


def _currency() -> str:
    house = institution()
    return house.currency if house else ""
