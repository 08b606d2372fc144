"""Inviting people, and the page where whoever was invited chooses a password."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import public, requires
from portal.administration import queries, services
from portal.administration.pages.forms import InviteForm, PasswordForm
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.origin import address_of
from portal.base.render import page, refused, see_other
from portal.institution.queries import branches

INVITE, LIST = "administration/staff_invite.html", "administration/invitation_list.html"
ACCEPT = "administration/invitation_accept.html"
KEPT = "invitation"
INVITED = "Whoever was invited has no account yet; the link proves who they are"


@requires(Capability.USER_MANAGE)
@require_safe
def invitation_list(request: HttpRequest) -> HttpResponse:
    """Invitations nobody has accepted yet."""
    return page(request, LIST, {"invitations": queries.open_invitations(), "at": now()})


@requires(Capability.USER_MANAGE, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def staff_invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody by mail."""
    form = InviteForm(request.POST or None, branches=branches())
    if request.method != "POST":
        return page(request, INVITE, {"form": form})
    if not form.is_valid():
        return refused(request, INVITE, {}, form)
    try:
        made = services.invite(**form.cleaned_data, address=_address(request), by=request.user, at=now())
    except Refused as refusal:
        return refused(request, INVITE, {}, form, refusal)
    messages.success(request, f"The invitation for {made} is on its way.")
    return see_other(reverse("invitation_list"))


@requires(Capability.USER_MANAGE, fresh=True)
@require_POST
def invitation_send(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Send another link."""
    found = get_object_or_404(queries.open_invitations(), pk=invitation_id)
    try:
        services.send_again(invitation=found, address=_address(request), by=request.user, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"Another link for {found} is on its way. The one before is void.")
    return see_other(reverse("invitation_list"))


@requires(Capability.USER_MANAGE, fresh=True)
@require_POST
def invitation_withdraw(request: HttpRequest, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    found = get_object_or_404(queries.open_invitations(), pk=invitation_id)
    try:
        services.withdraw_invitation(invitation=found, by=request.user, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"The invitation for {found} is taken back.")
    return see_other(reverse("invitation_list"))


@public(INVITED)
@require_safe
def invitation_open(request: HttpRequest, token: str) -> HttpResponse:
    """Where the mail leads: the token goes into the session and out of the address."""
    request.session[KEPT] = token
    return redirect("invitation_accept")


@public(INVITED)
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest) -> HttpResponse:
    """Choose a password. An unknown, used, withdrawn or expired link says how to go on."""
    token = request.session.get(KEPT, "")
    invitation = queries.invitation_of(token, at=now())
    form = PasswordForm(request.POST or None)
    context: dict[str, Any] = {"invitation": invitation}
    if request.method != "POST" or invitation is None:
        return page(request, ACCEPT, {**context, "form": form}, status=200 if invitation else 410)
    if not form.is_valid():
        return refused(request, ACCEPT, context, form)
    try:
        services.accept_invitation(token=token, password=form.cleaned_data["password"], at=now())
    except Refused as refusal:
        return refused(request, ACCEPT, context, form, refusal)
    del request.session[KEPT]
    messages.success(request, "Your password is kept. Sign in with it; a second factor comes next.")
    return see_other(reverse("account_login"))


def _address(request: HttpRequest) -> str:
    """The site's address up to the token of a link."""
    return address_of(request, "invitation_open", "-").removesuffix("-/")
