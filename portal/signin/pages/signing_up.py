"""Opening a profile from home: what one types, then the code from the mail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from portal.access.gate import public
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other
from portal.institution.queries import branches
from portal.signin import queries
from portal.signin import visit as visits
from portal.signin.models import SignUp
from portal.signin.pages.forms import SignUpCodeForm, SignUpForm
from portal.signin.services import begin_sign_up, confirm_sign_up, mail_again

PENDING = "sign_up"
"""The session's key for what waits for its code."""
_BEFORE = "Nobody has a capability before there is somebody"


@public(_BEFORE)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Name, address, branch and password. The answer is the same whether the address has a profile or not."""
    if request.user.is_authenticated:
        return redirect("home")
    if not branches().exists():
        return page(request, "account/signup_closed.html")
    form = SignUpForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return page(request, "account/signup.html", {"form": form})
    if not form.is_valid():
        return refused(request, "account/signup.html", {}, form)
    try:
        made = begin_sign_up(**form.cleaned_data, visit=visits.current(), at=now())
    except Refused as error:
        return refused(request, "account/signup.html", {}, form, error)
    request.session[PENDING] = str(made.pk)
    return see_other(reverse("sign_up_code"))


@public(_BEFORE)
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_code(request: HttpRequest) -> HttpResponse:
    """The code from the mail; with it there is somebody, who is signed in at once."""
    pending = _pending(request)
    if pending is None:
        return redirect("account_signup")
    form = SignUpCodeForm(request.POST if request.method == "POST" else None)
    context = {"email": pending.email}
    if request.method != "POST":
        return page(request, "account/signup_code.html", {**context, "form": form})
    if not form.is_valid():
        return refused(request, "account/signup_code.html", context, form)
    try:
        user = confirm_sign_up(sign_up_id=pending.pk, code=form.cleaned_data["code"], at=now())
    except Refused as error:
        return refused(request, "account/signup_code.html", context, form, error)
    del request.session[PENDING]
    login(request, user)
    messages.success(request, f"Welcome, {user.full_name}. Your address is confirmed.")
    return see_other(reverse("home"))


@public(_BEFORE)
@require_POST
def sign_up_again(request: HttpRequest) -> HttpResponse:
    """Another code; the one before is void."""
    pending = _pending(request)
    if pending is None:
        return redirect("account_signup")
    try:
        mail_again(sign_up=pending, at=now())
        messages.success(request, "Another code is on its way.")
    except Refused as error:
        messages.error(request, error.message)
    return see_other(reverse("sign_up_code"))


def _pending(request: Any) -> SignUp | None:
    """What this browser typed and has not confirmed."""
    known = request.session.get(PENDING)
    if known is None or request.user.is_authenticated:
        return None
    return queries.pending_sign_up(UUID(known))
