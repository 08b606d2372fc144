"""Beginning and ending to see somebody's pages."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.administration import queries
from portal.administration import view_as as looking
from portal.administration.pages.forms import ReasonForm
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import page, refused, see_other

ASK = "administration/view_as.html"


@requires(Capability.USER_VIEW_AS, fresh=True)
@require_http_methods(["GET", "HEAD", "POST"])
def view_as(request: HttpRequest, user_id: int) -> HttpResponse:
    """Say why, and see the pages of a member of staff."""
    member = get_object_or_404(queries.staff_visible_to(request.user), pk=user_id)
    form = ReasonForm(request.POST or None)
    context = {"member": member}
    if request.method != "POST":
        return page(request, ASK, {**context, "form": form})
    if not form.is_valid():
        return refused(request, ASK, context, form)
    try:
        looking.begin(request=request, member=member, reason=form.cleaned_data["reason"], by=request.user, at=now())
    except Refused as refusal:
        return refused(request, ASK, context, form, refusal)
    return see_other(reverse("home"))


@requires(Capability.PROFILE_VIEW)
@require_POST
def view_as_end(request: HttpRequest) -> HttpResponse:
    """One's own pages again."""
    looking.end(request)
    messages.success(request, "You see your own pages again.")
    return see_other(reverse("home"))
