"""Answering a request, and looking for those that are over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from portal.approvals.acts import known_acts
from portal.approvals.models import Request

APPROVE, REJECT = "approve", "reject"


class DecisionForm(forms.Form):
    """The answer (the button that was pressed) and a comment, which a refusal needs."""

    comment = forms.CharField(
        label="Comment",
        required=False,
        max_length=500,
        help_text="Needed when you refuse.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    answer = forms.ChoiceField(choices=[(APPROVE, "Approve"), (REJECT, "Refuse")], widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("answer") == REJECT and not cleaned.get("comment"):
            self.add_error(
                "comment", ValidationError("Say why not: the person who asked will read it.", code="comment")
            )
        return cleaned


class FilterForm(forms.Form):
    """What to look for among requests; empty fields do not narrow."""

    text = forms.CharField(
        label="Words", required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"})
    )
    act = forms.ChoiceField(label="What", required=False)
    state = forms.ChoiceField(label="How it ended", required=False)
    since = forms.DateField(
        label="Asked from", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = sorted((act.title, name) for name, act in known_acts().items())
        over = [choice for choice in Request.State.choices if choice[0] != Request.State.WAITING]
        self._choose("act", [(name, title) for title, name in acts])
        self._choose("state", over)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", ValidationError("The last day is before the first.", code="order"))
        return cleaned

    def narrowed(self, requests: QuerySet[Request]) -> QuerySet[Request]:
        """The requests that fit; only after `is_valid`."""
        wanted = self.cleaned_data
        text = Q(summary__icontains=wanted["text"]) | Q(subject__icontains=wanted["text"])
        text |= Q(asked_by__full_name__icontains=wanted["text"])
        exact = {name: wanted[name] for name in ("act", "state") if wanted[name]}
        days = {"asked_at__date__gte": wanted["since"], "asked_at__date__lte": wanted["until"]}
        narrow = exact | {lookup: day for lookup, day in days.items() if day}
        return requests.filter(**narrow).filter(text if wanted["text"] else Q())

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "Everything"), *choices]
