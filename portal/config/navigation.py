"""What stands in the menu: one literal table. A role sees the lines its capabilities open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.urls import reverse

from portal.access.capabilities import Capability
from portal.access.gate import allows
from portal.access.grants import Scope, scope_for
from portal.access.roles import Role
from portal.approvals import queries
from portal.base.clock import now
from portal.fraud.queries import cases as fraud
from portal.support import queries as support


@dataclass(frozen=True, slots=True)
class Link:
    """A line of the menu: where it leads, which capability opens it, and for which roles it is a daily page."""

    label: str
    url_name: str
    icon: str
    capability: Capability
    roles: frozenset[Role] = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Badge:
    """A number beside a line of the menu: asked for again at `url` whenever `channel` speaks."""

    name: str
    url: str
    channel: str
    count: int


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    url: str
    icon: str
    current: bool
    badge: Badge | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading. A closed group shows its heading alone until somebody opens it."""

    label: str
    items: list[Item]
    is_open: bool


APPROVALS, ALERTS = "Approvals", "Alerts"
_CUSTOMER = frozenset({Role.CUSTOMER})
_AT_A_GLANCE = 16
"""Up to so many lines a menu shows them all; a longer one opens the group of the current page."""

MENU: tuple[tuple[str, tuple[Link, ...]], ...] = (
    (
        "",
        (
            Link("Home", "home", "home", Capability.HOME_VIEW),
            Link("Counter", "counter", "cash", Capability.DRAWER_OPERATE),
            Link("Transfer", "transfer_start", "transfer", Capability.TRANSFER_MAKE),
            Link("Plans", "plan_list", "pig-money", Capability.PLAN_MANAGE),
            Link("Loans", "loan_list", "loan", Capability.LOAN_VIEW),
            Link("Statements", "statement_choose", "file", Capability.STATEMENT_VIEW, _CUSTOMER),
            Link("Payees", "payee_list", "users", Capability.PAYEE_MANAGE),
            Link("Standing orders", "standing_list", "refresh", Capability.STANDING_VIEW),
            Link("Customers", "customer_list", "users", Capability.CUSTOMER_SEARCH),
            Link(APPROVALS, "approvals", "approval", Capability.APPROVAL_VIEW),
            Link("Loan applications", "loan_inbox", "list-check", Capability.LOAN_REVIEW),
            Link("Loan portfolio", "loan_portfolio", "chart-bar", Capability.LOAN_PORTFOLIO_VIEW),
            Link("Tickets", "ticket_queue", "ticket", Capability.TICKET_VIEW),
            Link("Chats", "chat_desk", "messages", Capability.CHAT_ANSWER),
            Link(ALERTS, "fraud_queue", "alert-triangle", Capability.FRAUD_VIEW),
            Link("Drawers", "drawer_list", "drawer", Capability.DRAWER_VIEW),
            Link("Help", "help_list", "help", Capability.TICKET_RAISE, _CUSTOMER),
            Link("Your data", "my_data", "file", Capability.PERSONAL_DATA_EXPORT),
        ),
    ),
    (
        "Membership",
        (
            Link("Accounts", "account_list", "wallet", Capability.ACCOUNT_VIEW),
            Link("Open an account", "account_open", "plus", Capability.ACCOUNT_OPEN),
            Link("Applications", "application_list", "inbox", Capability.ACCOUNT_APPROVE),
            Link("Dormant accounts", "dormant_list", "moon", Capability.DORMANT_VIEW),
            Link("New customer", "registration_new", "user-plus", Capability.CUSTOMER_REGISTER),
            Link("Verifications", "verification_list", "user-check", Capability.CUSTOMER_VERIFY),
            Link("Retention", "retention_list", "clock", Capability.RETENTION_MANAGE),
        ),
    ),
    (
        "Cash and cheques",
        (
            Link("Cash position", "counter_position", "cash-register", Capability.VAULT_VIEW),
            Link("Vault", "vault", "vault", Capability.VAULT_VIEW),
            Link("Cheques", "cheque_list", "signature", Capability.CHEQUE_VIEW),
            Link("Rules for cheques", "cheque_rules", "adjustments", Capability.CHEQUE_RULES),
        ),
    ),
    (
        "Products",
        (
            Link("Products", "product_list", "pig-money", Capability.PRODUCT_VIEW),
            Link("Charges", "charge_list", "receipt", Capability.PRODUCT_VIEW),
            Link("Limits", "limit_list", "adjustments", Capability.LIMIT_VIEW),
            Link("Interest", "interest_runs", "percentage", Capability.INTEREST_POST),
            Link("Shares", "share_register", "file-certificate", Capability.SHARE_REGISTER_VIEW),
            Link("Loan products", "loan_product_list", "percentage", Capability.PRODUCT_VIEW),
        ),
    ),
    (
        "Books",
        (
            Link("Trial balance", "trial_balance", "scale", Capability.TRIAL_BALANCE_VIEW),
            Link("General ledger", "general_ledger", "notebook", Capability.TRIAL_BALANCE_VIEW),
            Link("Balance sheet", "balance_sheet", "stack", Capability.TRIAL_BALANCE_VIEW),
            Link("Income statement", "income_statement", "chart-bar", Capability.TRIAL_BALANCE_VIEW),
            Link("Chart of accounts", "chart_of_accounts", "list-check", Capability.CHART_VIEW),
            Link("Entries by hand", "entry_new", "pencil", Capability.ENTRY_ASK),
            Link("Closed books", "period_list", "lock", Capability.PERIOD_VIEW),
            Link("Journal export", "journal_export", "download", Capability.JOURNAL_EXPORT),
            Link("Monthly statements", "statement_runs", "file-text", Capability.STATEMENT_RUN),
            Link("Statement packs", "statement_packs", "stack", Capability.STATEMENT_EXPORT),
        ),
    ),
    (
        "What people are told",
        (
            Link("Announcements", "announcement_list", "speakerphone", Capability.ANNOUNCEMENT_VIEW),
            Link("Wording of notices", "wording_list", "mail", Capability.WORDING_MANAGE),
            Link("What was sent", "delivery_list", "send", Capability.DELIVERY_VIEW),
        ),
    ),
    (
        "Staff and access",
        (
            Link("Administration", "administration", "settings", Capability.USER_MANAGE),
            Link("Staff", "staff_list", "users", Capability.USER_VIEW),
            Link("Branches", "branch_list", "building-bank", Capability.BRANCH_VIEW),
            Link("Holidays", "holiday_list", "calendar", Capability.HOLIDAY_VIEW),
            Link("Ceilings", "ceiling_list", "adjustments", Capability.USER_VIEW),
            Link("Rules of signing in", "policy", "shield-check", Capability.POLICY_VIEW),
            Link("Permissions", "permissions", "key", Capability.PERMISSIONS_VIEW),
            Link("Tries to sign in", "attempt_list", "login", Capability.SIGNIN_VIEW),
            Link("Who is signed in", "session_everybody", "users", Capability.SESSION_MANAGE),
        ),
    ),
    (
        "Control",
        (
            Link("Overview", "oversight", "chart-bar", Capability.AUDIT_VIEW),
            Link("Exceptions", "exception_list", "flag", Capability.AUDIT_VIEW),
            Link("Chain", "chain_state", "link", Capability.AUDIT_VIEW),
            Link("Audit trail", "audit_trail", "history", Capability.AUDIT_VIEW),
            Link("Who looked at whom", "customer_views", "eye-check", Capability.CUSTOMER_LOOKS_VIEW),
            Link("Rules of the gate", "fraud_rules", "adjustments", Capability.FRAUD_RULE_EDIT),
            Link("Fraud model", "fraud_model", "chart-bar", Capability.FRAUD_MODEL_VIEW),
        ),
    ),
)

BADGES: dict[str, tuple[str, str, Capability]] = {
    APPROVALS: ("approvals", queries.CHANNEL, Capability.APPROVAL_DECIDE),
    support.TICKETS: ("ticket", "queue:all", Capability.TICKET_WORK),
    support.CHATS: ("chat", "chat:desk", Capability.CHAT_ANSWER),
    support.HELP: ("help", "user:{}", Capability.CHAT_OPEN),
    ALERTS: ("fraud", "fraud:queue", Capability.FRAUD_DECIDE),
}
"""What waits, beside a line of the menu: the badge's name, its channel (`{}` is who looks), and for whom."""


def navigation(user: Any, path: str) -> list[Group]:
    """The groups of links this user may follow, the one that contains `path` marked current."""
    menu = _menu_of(user.role)
    current = max((item.url for _, items in menu for item in items if _leads_to(item.url, path)), key=len, default="")
    is_short = sum(len(items) for _, items in menu) <= _AT_A_GLANCE
    groups = [
        Group(label, [_at(item, current) for item in items], is_short or any(item.url == current for item in items))
        for label, items in menu
    ]
    badges = _badges_of(user)
    for group in groups:
        group.items[:] = [replace(item, badge=badges.get(item.label)) for item in group.items]
    return groups


def _badges_of(user: Any) -> dict[str, Badge]:
    """The numbers beside lines of the menu, by label: what waits for this user. One statement a room."""
    mine = {label: badge for label, badge in BADGES.items() if allows(user, badge[2])}
    counts = {APPROVALS: queries.waiting_count(user)} if APPROVALS in mine else {}
    if ALERTS in mine:
        counts[ALERTS] = fraud.waiting_count(user, at=now())
    if mine.keys() - counts.keys():
        counts |= support.waits(user)
    return {
        label: Badge(name, reverse(f"{name}_badge"), channel.format(user.pk), counts[label])
        for label, (name, channel, _) in mine.items()
        if label in counts
    }


@cache
def _menu_of(role: str) -> list[tuple[str, list[Item]]]:
    """A role's lines of the menu. Capabilities belong to roles, so this is worked out once."""
    menu = []
    for label, links in MENU:
        items = [
            Item(link.label, reverse(link.url_name), link.icon, current=False)
            for link in links
            if scope_for(role, link.capability) is not Scope.NONE and role in link.roles
        ]
        if items:
            menu.append((label, items))
    return menu


def _leads_to(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def _at(item: Item, current: str) -> Item:
    """Of two lines that lead to a page, like a list and what is made from it, the longer address is the current one."""
    return replace(item, current=True) if item.url == current else item
