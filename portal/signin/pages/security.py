"""One's own factors: what there is, another name, one less."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.access import proof
from portal.access.capabilities import Capability
from portal.access.gate import allows, requires
from portal.access.roles import STAFF
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.formpage import shown_or_sent
from portal.base.render import page, refused, see_other
from portal.signin import queries, services
from portal.signin.pages.factor_forms import NameForm, NoForm
from portal.signin.queries import Factor

_RENAME, _REMOVE = "signin/factor_rename.html", "signin/factor_remove.html"


@requires(Capability.PROFILE_VIEW)
@require_safe
def factor_list(request: HttpRequest) -> HttpResponse:
    """The factors, the recovery codes that are left, the PIN, and what may be added."""
    user: Any = request.user
    factors = queries.factors_of(user)
    kinds = {factor.kind for factor in factors}
    context = {
        "factors": factors,
        "codes_left": queries.recovery_codes_left(user),
        "addable": _addable(user, kinds),
        "pin": queries.pin_of(user) if allows(user, Capability.PIN_SET) else None,
        "sends_money": allows(user, Capability.TRANSFER_MAKE),
        "sets_pin": allows(user, Capability.PIN_SET),
        "is_demonstration": proof.is_demonstration(request),
        "is_staff": user.role in STAFF,
    }
    return page(request, "signin/factor_list.html", context)


def _addable(user: Any, kinds: set[str]) -> list[tuple[str, str, str]]:
    """What may be added: label, address, and what it is good for."""
    found = [
        ("Passkey", reverse("passkey_add"), "The strongest: your finger, face or screen lock. Nothing to type."),
        ("Authenticator app", reverse("app_add"), "An app on your phone shows a new code every half minute."),
    ]
    if user.role in STAFF:
        return found
    if queries.SMS not in kinds and queries.sms_is_possible():
        found.append(
            ("Code by text message", reverse("sent_code_add", args=["sms"]), "A code to your phone each time.")
        )
    if queries.MAIL not in kinds:
        found.append(("Code by e-mail", reverse("sent_code_add", args=["mail"]), "A code to your mailbox each time."))
    return found


@requires(Capability.PROFILE_VIEW, fresh=True)
@shown_or_sent
def factor_rename(request: HttpRequest, kind: str, factor_id: int) -> HttpResponse:
    """Another name for one of one's factors."""
    factor = _own(request, kind, factor_id)
    form = NameForm(request.POST or None, initial={"name": factor.name})
    if request.method != "POST":
        return page(request, _RENAME, {"form": form, "factor": factor})
    if not form.is_valid():
        return refused(request, _RENAME, {"factor": factor}, form)
    user: Any = request.user
    name = form.cleaned_data["name"]
    services.rename_factor(user=user, factor=factor, name=name, by=user, at=now())
    return see_other(reverse("factor_list"))


@requires(Capability.PROFILE_VIEW, fresh=True)
@shown_or_sent
def factor_remove(request: HttpRequest, kind: str, factor_id: int) -> HttpResponse:
    """Ask, and on POST take one of one's factors away."""
    user: Any = request.user
    factor, form = _own(request, kind, factor_id), NoForm(request.POST or None)
    context = {"factor": factor, "may_go": queries.may_remove(user, factor)}
    if request.method != "POST":
        return page(request, _REMOVE, context | {"form": form})
    key = request.session.session_key
    try:
        services.remove_factor(user=user, factor=factor, session_key=key, by=user, at=now())
    except Refused as error:
        return refused(request, _REMOVE, context, form, error)
    if not queries.has_factor(user):
        request.session.pop(proof.SECOND_STEP, None)
    return see_other(reverse("factor_list"))


def _own(request: HttpRequest, kind: str, pk: int) -> Factor:
    factor = queries.factor_of(request.user, kind, pk)
    if factor is None:
        raise Http404
    return factor
