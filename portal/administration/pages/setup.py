"""The first run: one page that makes the institution, its first branch and its first administrator."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.access.gate import public
from portal.administration.pages.setup_form import SetupForm
from portal.administration.services.first_address import token_opens
from portal.administration.services.setting_up import set_up
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import CONFLICT, page, refused, see_other

FORM, LATE = "administration/setup.html", "administration/setup_late.html"
NEXT = "Sign in as its administrator; a second factor comes next."


@public("Nobody has an account before the institution exists; the one-time address proves who set the machine up")
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Set the institution up. 404 for any other address, and for this one once the institution exists."""
    if not token_opens(token):
        raise Http404("no such address, or it was used")
    form = SetupForm(request.POST or None, initial={"business_date": now().date()})
    if request.method != "POST":
        return page(request, FORM, {"form": form})
    if not form.is_valid():
        return refused(request, FORM, {}, form)
    try:
        set_up(**form.parts(), at=now())
    except Refused as refusal:
        if refusal.code == "set_up_already":
            return page(request, LATE, status=CONFLICT)
        return refused(request, FORM, {}, form, refusal)
    messages.success(request, f"{form.cleaned_data['name']} is set up. {NEXT}")
    return see_other(reverse("account_login"))
