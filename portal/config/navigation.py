"""What stands in the menu: one literal table. A role sees the lines its capabilities open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from portal.access.capabilities import Capability
from portal.access.gate import allows
from portal.access.roles import Role


@dataclass(frozen=True, slots=True)
class Link:
    """A line of the menu: where it leads, which capability opens it, and for which roles it is a daily page."""

    label: str
    url_name: str
    icon: str
    capability: Capability
    roles: frozenset[Role] = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    url: str
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    items: list[Item]


_CUSTOMER = frozenset({Role.CUSTOMER})
_STAFF = frozenset(Role) - _CUSTOMER

MENU: tuple[tuple[str, tuple[Link, ...]], ...] = (
    (
        "",
        (
            Link("Home", "home", "home", Capability.HOME_VIEW),
            Link("Counter", "counter", "cash", Capability.DRAWER_OPERATE),
            Link("Transfer", "transfer_start", "transfer", Capability.TRANSFER_MAKE),
            Link("Statements", "statement_choose", "file", Capability.STATEMENT_VIEW, _CUSTOMER),
            Link("Customers", "customer_list", "users", Capability.CUSTOMER_SEARCH),
        ),
    ),
    (
        "Books",
        (
            Link("Trial balance", "trial_balance", "scale", Capability.TRIAL_BALANCE_VIEW),
            Link("Journal export", "journal_export", "download", Capability.JOURNAL_EXPORT),
            Link("Interest", "interest_runs", "percentage", Capability.INTEREST_POST),
        ),
    ),
    (
        "Control",
        (
            Link("Permissions", "permissions", "key", Capability.PERMISSIONS_VIEW),
            Link("Audit trail", "audit_trail", "history", Capability.AUDIT_VIEW),
        ),
    ),
)


def navigation(user: Any, path: str) -> list[Group]:
    """The groups of links this user may follow, the one that contains `path` marked current."""
    groups = []
    for label, links in MENU:
        shown = [link for link in links if allows(user, link.capability) and user.role in link.roles]
        items = [_item(link, path) for link in shown if _exists(link)]
        if items:
            groups.append(Group(label, items))
    return groups


def _exists(link: Link) -> bool:
    try:
        return bool(reverse(link.url_name))
    except NoReverseMatch:
        return False


def _item(link: Link, path: str) -> Item:
    url = reverse(link.url_name)
    current = path == url if url == "/" else path.startswith(url)
    return Item(link.label, url, link.icon, current)
