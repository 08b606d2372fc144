"""A member's own note and picture beside a movement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.render import refused, see_other
from portal.deposits import movements, queries, services
from portal.deposits.models import DepositAccount, MovementNote
from portal.deposits.notes import note_of
from portal.documents.handling import as_response
from portal.documents.uploads import contents

DETAIL = "deposits/movement_detail.html"


class NoteForm(forms.Form):
    """Words and a picture; an empty form forgets both."""

    text = forms.CharField(
        label="Your note",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Only you read it.",
    )
    picture = forms.FileField(
        label="Photograph, of a bill for instance",
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    drops_picture = forms.BooleanField(label="Take the photograph away", required=False)

    def __init__(self, *args: Any, note: MovementNote | None, **kwargs: Any) -> None:
        kwargs["initial"] = {"text": note.text if note else ""}
        super().__init__(*args, **kwargs)
        if note is None or note.picture_id is None:
            del self.fields["drops_picture"]
        else:
            self.fields["picture"].label = "Another photograph"


def shown_note(user: Any, parts: list[movements.Movement]) -> dict[str, Any]:
    """What a member's page of a movement shows of their own note: what is kept, and the form."""
    note = note_of(user.customer_id, parts[0].entry_id)
    return {"note": note, "form": NoteForm(note=note)}


@requires(Capability.ACCOUNT_NICKNAME)
@require_POST
def movement_note(request: HttpRequest, number: str, reference: str) -> HttpResponse:
    """Keep a note and a picture beside a movement of one's own."""
    user: Any = request.user
    account, parts = _movement(request, number, reference)
    note = note_of(user.customer_id, parts[0].entry_id)
    form = NoteForm(request.POST, request.FILES, note=note)
    context = {"account": account, "movement": parts[0], "parts": parts, "is_own": True, "note": note}
    if not form.is_valid():
        return refused(request, DETAIL, context, form)
    try:
        services.keep_note(customer=user.customer, entry_id=parts[0].entry_id, **form.cleaned_data, by=user, at=now())
    except Refused as error:
        return refused(request, DETAIL, context, form, error)
    return see_other(reverse("movement_detail", args=[number, reference]))


@requires(Capability.ACCOUNT_NICKNAME)
@require_safe
def movement_picture(request: HttpRequest, number: str, reference: str) -> HttpResponse:
    """The picture one keeps beside a movement: sandboxed, for oneself alone."""
    user: Any = request.user
    _, parts = _movement(request, number, reference)
    note = note_of(user.customer_id, parts[0].entry_id)
    if note is None or note.picture is None:
        raise Http404("no picture is kept here")
    try:
        return as_response(note.picture, contents(note.picture))
    except Refused as refusal:
        raise Http404(refusal.message) from refusal


def _movement(request: HttpRequest, number: str, reference: str) -> tuple[DepositAccount, list[movements.Movement]]:
    account = queries.account_for(request.user, number, Capability.ACCOUNT_NICKNAME)
    return account, movements.movement(account, reference)


urlpatterns = [
    path("accounts/<str:number>/movements/<str:reference>/note/", movement_note, name="movement_note"),
    path("accounts/<str:number>/movements/<str:reference>/picture/", movement_picture, name="movement_picture"),
]
