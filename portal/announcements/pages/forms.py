"""What is announced."""

from __future__ import annotations

from typing import Any

from django import forms

from portal.access.roles import Role
from portal.announcements.models import Announcement
from portal.announcements.services import Wanted
from portal.deposits.models import Product
from portal.institution.models import Branch

CLOCK = {"type": "datetime-local"}
_FORMAT = "%Y-%m-%dT%H:%M"


def _moment(label: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs=CLOCK, format=_FORMAT)
    return forms.DateTimeField(label=label, widget=widget, input_formats=[_FORMAT, "%Y-%m-%d %H:%M"])


class AnnouncementForm(forms.Form):
    """Words, audience, days. Whoever belongs to a branch writes to that branch."""

    title = forms.CharField(label="Title", max_length=120)
    text = forms.CharField(label="Text", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    severity = forms.ChoiceField(label="It is", choices=Announcement.Severity.choices)
    roles = forms.MultipleChoiceField(
        label="For",
        required=False,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="None: everybody.",
    )
    branches = forms.ModelMultipleChoiceField(
        Branch.objects.all(),
        label="In",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None: every branch.",
    )
    products = forms.ModelMultipleChoiceField(
        Product.objects.all(),
        label="Customers with",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None: with any account.",
    )
    shown_from = _moment("Shown from")
    shown_until = _moment("Shown until")
    is_pinned = forms.BooleanField(label="Stands on top", required=False)
    must_read = forms.BooleanField(label="Must be read before the next transaction", required=False)
    is_public = forms.BooleanField(label="Shown before sign-in too", required=False)
    by_mail = forms.BooleanField(label="A copy as a notice and by e-mail", required=False)

    def __init__(self, *args: Any, user: Any, announcement: Announcement | None = None, **kwargs: Any) -> None:
        start = {name: getattr(announcement, name) for name in _PLAIN} if announcement else {}
        if announcement:
            start |= {"branches": announcement.branches.all(), "products": announcement.products.all()}
        super().__init__(*args, **{"initial": start, **kwargs})
        if user.branch_id is not None:
            del self.fields["branches"]

    @property
    def wanted(self) -> Wanted:
        given = dict(self.cleaned_data)
        given.setdefault("branches", [])
        return Wanted(**given)


_PLAIN = (
    "title", "text", "severity", "roles", "shown_from", "shown_until", "is_pinned", "must_read", "is_public", "by_mail",
)  # fmt: skip
