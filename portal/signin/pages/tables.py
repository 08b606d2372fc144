"""Lists of sessions and of attempts."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.base.tables import MomentColumn, PortalTable
from portal.base.templatetags.portal import status_badge
from portal.signin.models import SignInAttempt, SignInSession

Outcome = SignInAttempt.Outcome
_BADGES = {Outcome.SUCCEEDED: "confirmed", Outcome.LOCKED: "locked", Outcome.SUSPENDED: "suspended"}


class PastSessionTable(PortalTable):
    """One's own sessions that are over."""

    caption = "Sessions that ended, the last thirty days"
    noun = "sessions"
    empty = "No session ended in the last thirty days."

    started_at = MomentColumn(verbose_name="Signed in")
    ended_at = MomentColumn(verbose_name="Ended")
    words = django_tables2.Column(verbose_name="Device")
    source = django_tables2.Column(verbose_name="Address", empty_values=(None,))
    ended_because = django_tables2.Column(verbose_name="Why", accessor="ended_in_words", orderable=False)

    class Meta:
        model = SignInSession
        fields = ("started_at", "ended_at", "words", "source", "ended_because")


class OpenSessionTable(PortalTable):
    """Everybody's open sessions, for the administrator."""

    caption = "Who is signed in now"
    noun = "sessions"
    empty = "Nobody is signed in."

    user = django_tables2.Column(verbose_name="Person", accessor="user__full_name")
    role = django_tables2.Column(verbose_name="Role", accessor="user__get_role_display", order_by="user__role")
    words = django_tables2.Column(verbose_name="Device")
    source = django_tables2.Column(verbose_name="Address", empty_values=(None,))
    started_at = MomentColumn(verbose_name="Signed in")
    seen_at = MomentColumn(verbose_name="Last seen")
    end = django_tables2.TemplateColumn(
        verbose_name="End", template_name="signin/_end_session.html", orderable=False, accessor="pk"
    )

    class Meta:
        model = SignInSession
        fields = ("user", "role", "words", "source", "started_at", "seen_at", "end")

    def __init__(self, *args: Any, this_key: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.this_key = this_key


class AttemptTable(PortalTable):
    """Tries to sign in."""

    caption = "Tries to sign in, newest first"
    noun = "tries"
    empty = "No tries match."

    at = MomentColumn(verbose_name="When", order_by="pk")
    person = django_tables2.Column(
        verbose_name="Person", accessor="user__full_name", default="Nobody here", orderable=False
    )
    tried = django_tables2.Column(verbose_name="Address tried", orderable=False)
    outcome = django_tables2.Column(verbose_name="Outcome", orderable=False)
    source = django_tables2.Column(verbose_name="From", orderable=False, empty_values=())
    note = django_tables2.Column(verbose_name="Note", orderable=False)

    class Meta:
        model = SignInAttempt
        fields = ("at", "person", "tried", "outcome", "source", "note")

    def render_outcome(self, record: SignInAttempt) -> SafeString | str:
        return status_badge(_BADGES.get(Outcome(record.outcome), "failed"), record.get_outcome_display())

    def render_source(self, record: SignInAttempt) -> str:
        place = record.source or "No address"
        return f"{place}, {record.device}, known" if record.is_known_device else f"{place}, {record.device}"


class LogTable(PortalTable):
    """Who signed in and out."""

    caption = "Signed in and out, newest first"
    noun = "sessions"
    empty = "Nobody signed in so. Widen the days, or clear the search."

    started_at = MomentColumn(verbose_name="Signed in", order_by="pk")
    user = django_tables2.Column(verbose_name="Person", accessor="user__full_name")
    words = django_tables2.Column(verbose_name="Device", orderable=False)
    seen_at = MomentColumn(verbose_name="Last seen")
    ended_at = MomentColumn(verbose_name="Ended", default="Not yet")
    ended_because = django_tables2.Column(
        verbose_name="Why", accessor="ended_in_words", orderable=False, empty_values=()
    )

    class Meta:
        model = SignInSession
        fields = ("started_at", "user", "words", "seen_at", "ended_at", "ended_because")

    def render_user(self, record: SignInSession) -> SafeString:
        branch = f", {record.user.branch}" if record.user.branch else ""
        return format_html(
            '{}<span class="sub">{}{}</span>', record.user.full_name, record.user.get_role_display(), branch
        )

    def render_words(self, record: SignInSession) -> SafeString:
        return format_html('{}<span class="sub">{}</span>', record.words, record.source or "No address")

    def render_ended_because(self, record: SignInSession) -> SafeString | str:
        if record.ended_at is None:
            return status_badge("active", "Signed in")
        by = record.ended_by if record.ended_by_id not in {None, record.user_id} else None
        return f"{record.ended_in_words}, {by}" if by else record.ended_in_words
