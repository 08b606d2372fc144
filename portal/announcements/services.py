"""Writing, asking for, publishing and withdrawing announcements; reading them; their copies by mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse

from portal.announcements import queries
from portal.announcements.models import Announcement, Reading
from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.deposits.models import Product
from portal.institution.models import Branch
from portal.notifications.models import Notice
from portal.notifications.services import notify

PUBLISH = "announcement_publish"
COPIES_AT_ONCE = 200
State = Announcement.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is announced, to whom, from when to when."""

    title: str
    text: str
    severity: str
    roles: list[str]
    branches: Iterable[Branch]
    products: Iterable[Product]
    shown_from: datetime
    shown_until: datetime
    is_pinned: bool = False
    must_read: bool = False
    is_public: bool = False
    by_mail: bool = False


@transactional
def write_announcement(
    *, wanted: Wanted, announcement: Announcement | None = None, by: Any, at: datetime
) -> Announcement:
    """A draft, new or changed. Refused: another's, one that was asked for or published, an end before the beginning.

    A manager of a branch writes to that branch alone.
    """
    if announcement is not None:
        _refuse_unless(announcement, {State.DRAFT}, "Only a draft is changed.", by)
    branches = list(wanted.branches)
    if by.branch_id is not None:
        branches = [by.branch]
    _refuse(wanted, at)
    row = announcement or Announcement(written_by=by, written_at=at)
    for name in ("severity", "roles", "shown_from", "shown_until", "is_pinned", "must_read", "is_public", "by_mail"):
        setattr(row, name, getattr(wanted, name))
    row.title, row.text = wanted.title.strip(), wanted.text.strip()
    row.save()
    row.branches.set(branches)
    row.products.set(wanted.products)
    return row


@transactional
def ask_to_publish(*, announcement: Announcement, by: Any, at: datetime) -> Request:
    """Ask a second person to publish a draft. Refused: another's, one that is no draft."""
    held = _locked(announcement)
    _refuse_unless(held, {State.DRAFT}, "This was asked for already.", by)
    held.state = State.SUBMITTED
    held.save(update_fields=["state"])
    payload = {"announcement": str(held.pk)}
    return ask(act=PUBLISH, payload=payload, subject=held.title[:80], reason="", by=by, at=at)


@transactional
def publish(*, announcement: Announcement, approved_by: Any, by: Any, at: datetime) -> Announcement:
    """Show it from its beginning on. Refused: what was not asked for, and what would be over already."""
    held = _locked(announcement)
    check_publish(held, at)
    held.state, held.approved_by, held.published_at = State.PUBLISHED, approved_by, at
    held.save(update_fields=["state", "approved_by", "published_at"])
    record(verb="announcement published", subject=held.title, by=approved_by, at=at)
    return held


def check_publish(announcement: Announcement, at: datetime) -> None:
    if announcement.state != State.SUBMITTED:
        raise Refused("This is not waiting for publication.", code="state")
    if announcement.shown_until <= at:
        raise Refused("Its last day is over. Write another.", code="over")


@transactional
def withdraw(*, announcement: Announcement, by: Any, at: datetime) -> Announcement:
    """Show it no more, or give up a draft. Refused: another's. A second time changes nothing."""
    held = _locked(announcement)
    _refuse_unless(held, set(State), "", by)
    if held.state != State.WITHDRAWN:
        held.state = State.WITHDRAWN
        held.save(update_fields=["state"])
        record(verb="announcement withdrawn", subject=held.title, by=by, at=at)
    return held


@transactional
def note_reading(*, announcements: Iterable[Announcement], by: Any, at: datetime) -> int:
    """Somebody has read these; once each. Those meant for others are passed over."""
    meant = queries.announcements_for(by, at=at).filter(pk__in=[each.pk for each in announcements])
    rows = [Reading(announcement=each, user=by, at=at) for each in meant]
    return len(Reading.objects.bulk_create(rows, ignore_conflicts=True))


def send_copies(*, at: datetime) -> int:
    """Each minute: the next copies by mail of what is shown, once to each person; how many."""
    sent = 0
    for announcement in queries.in_force(at).filter(by_mail=True):
        key = f"announcement:{announcement.pk}"
        told = Notice.objects.filter(kind="announcement", user=OuterRef("pk"), key__endswith=key)
        for user in queries.audience_of(announcement).filter(~Exists(told))[: COPIES_AT_ONCE - sent]:
            context = {"title": announcement.title, "text": announcement.text}
            url = reverse("announcement_list")
            notify(kind="announcement", person=user, context=context, key=key, by=None, at=at, url=url)
            sent += 1
        if sent >= COPIES_AT_ONCE:
            break
    return sent


def _locked(announcement: Announcement) -> Announcement:
    return Announcement.objects.select_for_update(of=("self",)).get(pk=announcement.pk)


def _refuse_unless(announcement: Announcement, states: set[State], words: str, by: Any) -> None:
    if not queries.announcements_visible_to(by).filter(pk=announcement.pk).exists():
        raise Refused("This is not yours.", code="out_of_reach")
    if State(announcement.state) not in states:
        raise Refused(words, code="state")


def _refuse(wanted: Wanted, at: datetime) -> None:
    if not wanted.title.strip() or "\n" in wanted.title:
        raise Refused("A title is one line.", code="title", field="title")
    if not wanted.text.strip():
        raise Refused("Say what is announced.", code="text", field="text")
    if wanted.shown_until <= wanted.shown_from or wanted.shown_until <= at:
        raise Refused("It ends after it begins, and not in the past.", code="days", field="shown_until")
    if wanted.is_public and (wanted.roles or any(True for _ in wanted.products)):
        raise Refused(
            "What everybody sees before sign-in is for no single role or product.", code="public", field="is_public"
        )
