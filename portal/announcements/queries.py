"""Which announcements somebody sees, and who has read one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.access.roles import Role
from portal.announcements.models import Announcement, Reading
from portal.base.clock import now
from portal.base.remembered import remembered
from portal.deposits.models import DepositAccount
from portal.people.models import User

FIRST = 3


def in_force(at: datetime) -> QuerySet[Announcement]:
    """Those that are published and shown at a moment, pinned ones first."""
    shown = Q(shown_from__lte=at, shown_until__gt=at)
    return Announcement.objects.filter(shown, state=Announcement.State.PUBLISHED)


def announcements_for(user: Any, *, at: datetime) -> QuerySet[Announcement]:
    """Those meant for this reader: by role, by branch, by product; each with whether it was read."""
    found = in_force(at).filter(Q(roles=[]) | Q(roles__contains=[user.role])).filter(_branch(user))
    if user.role == Role.CUSTOMER:
        held = DepositAccount.objects.filter(customer_id=user.customer_id).values("product")
        found = found.filter(Q(products=None) | Q(products__in=held))
    read = Reading.objects.filter(announcement=OuterRef("pk"), user=user)
    return found.annotate(is_read=Exists(read)).distinct()


def unread_duties(user: Any, *, at: datetime) -> QuerySet[Announcement]:
    """What this reader must have read before the next transaction."""
    return _unread(user, at).filter(must_read=True)


def public_announcements(*, at: datetime) -> QuerySet[Announcement]:
    """What anybody sees before signing in."""
    return in_force(at).filter(is_public=True)


def news_for(user: Any, *, at: datetime) -> list[Announcement]:
    """The first of what this reader has not read: what is published at most some seconds old, what was read always new.

    Every first page asks. Where nothing is announced to the reader nothing is asked of the database.
    """
    meant = [each for each in _shown_at(at) if is_meant_for(each, user)]
    if not meant:
        return []
    read = Reading.objects.filter(user=user, announcement__in=meant).values_list("announcement", flat=True)
    seen = set(read)
    return [each for each in meant if each.pk not in seen][:FIRST]


def _shown_at(at: datetime) -> list[Announcement]:
    """Those of `published` that are shown at a moment."""
    return [each for each in published() if each.shown_from <= at < each.shown_until]


def is_meant_for(announcement: Announcement, user: Any) -> bool:
    """Whether somebody belongs to an announcement's readers: as `announcements_for` asks it of the database."""
    if announcement.roles and user.role not in announcement.roles:
        return False
    branches, products = _keys(announcement.branches.all()), _keys(announcement.products.all())
    if branches and own_branch(user) not in (None, *branches):
        return False
    if not products or user.role != Role.CUSTOMER:
        return True
    return DepositAccount.objects.filter(customer_id=user.customer_id, product__in=products).exists()


@remembered
def published() -> list[Announcement]:
    """All that is published and not over, with who it is for, pinned ones first; at most some seconds old."""
    found = Announcement.objects.filter(state=Announcement.State.PUBLISHED, shown_until__gt=now())
    return list(found.order_by("-is_pinned", "-shown_from").prefetch_related("branches", "products"))


def shown_to_all() -> list[Announcement]:
    """What stands before sign-in, at most some seconds old."""
    return [each for each in _shown_at(now()) if each.is_public][:FIRST]


def has_duties() -> bool:
    """Whether there is anything at all that must be read, at most some seconds old: asked before each transaction."""
    return any(each.must_read for each in published())


def announcements_visible_to(user: Any) -> QuerySet[Announcement]:
    """What somebody wrote or looks after: a manager's own, all for who sees all."""
    scope = scope_of(user, Capability.ANNOUNCEMENT_WRITE)
    found = Announcement.objects.select_related("written_by", "approved_by").order_by("-written_at")
    if scope is Scope.ALL:
        return found
    return found.filter(written_by=user) if scope is Scope.BRANCH else found.none()


def audience_of(announcement: Announcement) -> QuerySet[User]:
    """The users it is meant for."""
    found = User.objects.filter(is_active=True)
    if announcement.roles:
        found = found.filter(role__in=announcement.roles)
    branches = _keys(announcement.branches.all())
    if branches:
        found = found.filter(Q(branch__in=branches) | Q(customer__branch__in=branches))
    products = _keys(announcement.products.all())
    if products:
        holders = DepositAccount.objects.filter(product__in=products).values("customer")
        found = found.filter(Q(customer=None) | Q(customer__in=holders))
    return found


def readers_of(announcement: Announcement) -> QuerySet[Reading]:
    return announcement.readings.select_related("user").order_by("-at")


def not_read(announcement: Announcement) -> int:
    """How many of those it is meant for have not read it."""
    read = Reading.objects.filter(announcement=announcement, user=OuterRef("pk"))
    return audience_of(announcement).filter(~Exists(read)).count()


def _unread(user: Any, at: datetime) -> QuerySet[Announcement]:
    read = Reading.objects.filter(announcement=OuterRef("pk"), user=user)
    return announcements_for(user, at=at).filter(~Exists(read))


def _branch(user: Any) -> Q:
    own = own_branch(user)
    return Q(branches=None) | Q(branches=own) if own is not None else Q()


def own_branch(user: Any) -> int | None:
    """The branch whose announcements somebody reads; None for who reads those of all."""
    branch: int | None = user.customer.branch_id if user.role == Role.CUSTOMER else user.branch_id
    return branch


def _keys(rows: Iterable[Any]) -> list[int]:
    return [row.pk for row in rows]
