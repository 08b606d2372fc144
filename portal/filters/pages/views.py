"""Keeping and forgetting a filter; then one is back on the list."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import see_other
from portal.filters import queries, services


class KeepForm(forms.Form):
    """A name for what a list shows now. `place` is the name of the list's address."""

    place = forms.SlugField(max_length=40)
    name = forms.CharField(max_length=40, required=False)
    query = forms.CharField(max_length=2000, required=False)


@requires(Capability.HOME_VIEW)
@require_POST
def filter_keep(request: HttpRequest) -> HttpResponse:
    """Keep the filter of a list, and show the list by it."""
    form = KeepForm(request.POST)
    url = _list(request.POST.get("place", ""))
    if not form.is_valid() or not url:
        messages.error(request, "This filter cannot be kept.")
        return see_other(reverse("home"))
    try:
        kept = services.keep_filter(**form.cleaned_data, by=request.user, at=now())
    except Refused as refusal:
        messages.error(request, refusal.message)
        return see_other(f"{url}?{queries.plain_query(form.cleaned_data['query'])}")
    messages.success(request, f"Kept as “{kept.name}”.")
    return see_other(f"{url}?{kept.query}")


@requires(Capability.HOME_VIEW)
@require_POST
def filter_forget(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Forget one of one's own filters."""
    kept = get_object_or_404(queries.filters_of(request.user), pk=filter_id)
    services.forget_filter(kept=kept, by=request.user, at=now())
    messages.success(request, f"“{kept.name}” is forgotten.")
    return see_other(_list(kept.place) or reverse("home"))


def _list(place: str) -> str:
    """The address of a list, whose name alone is enough to find it; nothing for any other name."""
    try:
        return reverse(place)
    except NoReverseMatch:
        return ""
