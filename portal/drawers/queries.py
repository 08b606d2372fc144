"""Reading drawers: who works with which, what passed through, what the reports say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.approvals.models import Request
from portal.base.money import Money
from portal.base.prepared import prepared_query
from portal.drawers.models import (
    CashMovement,
    Drawer,
    DrawerCount,
    DrawerCountLine,
    DrawerSession,
    RecountOrder,
    Variance,
    VaultTransfer,
)
from portal.institution.models import Branch
from portal.ledger.chart import DRAWERS, VAULT, branch_account
from portal.ledger.models import Balance, EntryKind

LAST = 8
VARIANCE_ACT = "drawer_variance"
TAKE_OVER_ACT = "drawer_take_over"
TENTHS = 10


def drawers_channel(drawer: Drawer) -> str:
    """What the pages of a branch's cash listen to."""
    return f"drawers:{drawer.branch_id}"


def may_listen(user: Any, name: str) -> bool:
    """Whether an open page of this user may be told that cash moved in a branch: who sees its vault."""
    scope = scope_of(user, Capability.VAULT_VIEW)
    return scope is Scope.ALL or (scope is Scope.BRANCH and name == str(user.branch_id))


def drawers_for(user: Any) -> QuerySet[Drawer]:
    """The drawers of a cashier's branch."""
    drawers = Drawer.objects.filter(branch_id=user.branch_id, is_active=True)
    return drawers.select_related("ledger_account", "branch")


def free_drawers_for(user: Any) -> QuerySet[Drawer]:
    """Those of them that nobody has open."""
    taken = DrawerSession.objects.exclude(state=DrawerSession.State.CLOSED).values("drawer")
    return drawers_for(user).exclude(pk__in=taken)


def sessions() -> QuerySet[DrawerSession]:
    """Sessions with all that a page about them names."""
    return DrawerSession.objects.select_related("drawer__branch", "drawer__ledger_account", "cashier", "variance")


def open_session_of(user: Any) -> DrawerSession | None:
    """The session this person has open, in whatever state short of closed."""
    return next(iter(_held_by(user.pk)), None)


@prepared_query
def _held_by(cashier: int) -> QuerySet[DrawerSession]:
    related = ("drawer__ledger_account__balance", "drawer__branch")
    held = DrawerSession.objects.select_related(*related).filter(cashier_id=cashier)
    return held.exclude(state=DrawerSession.State.CLOSED).order_by()


def sessions_visible_to(user: Any) -> QuerySet[DrawerSession]:
    """A cashier's own sessions, a manager's branch's, everybody's for those who look after all."""
    scope = scope_of(user, Capability.DRAWER_VIEW)
    if scope is Scope.ALL:
        return sessions()
    if scope is Scope.BRANCH:
        return sessions().filter(drawer__branch_id=user.branch_id)
    return sessions().filter(cashier_id=user.pk) if scope is Scope.OWN else DrawerSession.objects.none()


def unclosed_in(branch: Branch) -> QuerySet[DrawerSession]:
    """The sessions of a branch that have not been counted and closed, with their drawers."""
    open_ones = DrawerSession.objects.filter(drawer__branch=branch).exclude(state=DrawerSession.State.CLOSED)
    return open_ones.select_related("drawer").order_by("opened_at")


def branches_kept_by(user: Any) -> QuerySet[Branch]:
    """The branches whose drawers this user adds, names and retires."""
    return Branch.objects.all() if scope_of(user, Capability.DRAWER_MANAGE) is Scope.ALL else Branch.objects.none()


def drawers_kept_by(user: Any) -> QuerySet[Drawer]:
    """Their drawers, retired ones too."""
    return Drawer.objects.filter(branch__in=branches_kept_by(user)).select_related("branch", "ledger_account")


def kept_drawers(branch: Branch) -> list[tuple[Drawer, Money]]:
    """A branch's drawers in their order, each with the most it may hold."""
    drawers = Drawer.objects.filter(branch=branch).select_related("ledger_account").order_by("-is_active", "name")
    return [(drawer, Money(drawer.cash_limit_minor, drawer.currency)) for drawer in drawers]


def currency_of(branch: Branch) -> str:
    """The currency a branch's drawers count."""
    return branch_account(branch.pk, DRAWERS).currency


def held_in(drawer: Drawer) -> Money:
    """What the books say lies in a drawer now. Not for the eyes of whoever is about to count it."""
    balance = Balance.objects.values_list("balance_minor", flat=True).get(account_id=drawer.ledger_account_id)
    return Money(balance, drawer.currency)


def vault_holds(branch: Branch) -> Money:
    """What the books say lies in a branch's vault now."""
    balance = vault_balance(branch)
    return Money(balance.balance_minor, balance.account.currency)


def vault_balance(branch: Branch) -> Balance:
    """The running balance of a branch's vault."""
    return Balance.objects.select_related("account").get(account_id=branch_account(branch.pk, VAULT).pk)


def fullness_tenths(drawer: Drawer, moved_minor: int = 0) -> int:
    """How full a drawer is against its limit, in tenths: near enough to act on, too coarse to count by.

    From the balance that came with the drawer; `moved_minor` is what went in (or out, below zero) since.
    """
    limit = drawer.cash_limit_minor
    held = drawer.ledger_account.balance.balance_minor + moved_minor
    return max(0, min(TENTHS, (held * TENTHS * 2 + limit) // (limit * 2))) if limit else TENTHS


def recount_order(session: DrawerSession) -> RecountOrder | None:
    """The count that this session's manager waits for."""
    return RecountOrder.objects.filter(session=session, count=None).select_related("ordered_by").first()


def waiting_variance(session: DrawerSession) -> Request | None:
    """The difference of this session that somebody else is to decide on."""
    waiting = Request.objects.filter(act__in=(VARIANCE_ACT, TAKE_OVER_ACT), state=Request.State.WAITING)
    return waiting.filter(payload__session=session.pk).first()


def last_movements(session: DrawerSession, most: int = LAST) -> QuerySet[CashMovement]:
    """The newest movements of a session, newest first."""
    return session.movements.select_related("entry").order_by("-id")[:most]


@dataclass(frozen=True, slots=True)
class KindTotal:
    """So many movements of one kind one way, and their sum."""

    label: str
    way: str
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Report:
    """What an X or a Z report is made of. Expected = opening + received - paid."""

    session: DrawerSession
    opening: Money
    kinds: list[KindTotal]
    received: Money
    paid: Money
    variance: Variance | None

    @property
    def expected(self) -> Money:
        return self.opening + self.received - self.paid

    @property
    def difference(self) -> Money:
        """What was counted above what was expected; below zero when cash was missing."""
        return Money(self.variance.difference_minor if self.variance else 0, self.opening.currency)

    @property
    def counted(self) -> Money:
        """What lay in the drawer at the end; of a closed session only."""
        return self.expected + self.difference

    @property
    def is_short(self) -> bool:
        return self.difference.minor < 0

    @property
    def is_above_tolerance(self) -> bool:
        return abs(self.difference).minor > self.session.drawer.tolerance_minor

    @property
    def z_number(self) -> str:
        """Six digits, as printed."""
        return f"{self.session.z_number or 0:06d}"


def report(session: DrawerSession) -> Report:
    """Everything that passed through a drawer in a session, by kind."""
    currency = session.drawer.currency
    opening = session.counts.filter(kind=DrawerCount.Kind.OPENING).values_list("total_minor", flat=True).first()
    rows = (
        session.movements.values_list("entry__kind", "way")
        .annotate(count=Count("id"), total=Sum("amount_minor"))
        .order_by("way", "entry__kind")
    )
    kinds = [KindTotal(EntryKind(kind).label, way, count, Money(total, currency)) for kind, way, count, total in rows]
    kinds += _with_vault(session)
    return Report(
        session=session,
        opening=Money(opening or 0, currency),
        kinds=kinds,
        received=_sum(kinds, CashMovement.Way.IN, currency),
        paid=_sum(kinds, CashMovement.Way.OUT, currency),
        variance=Variance.objects.filter(session=session).first(),
    )


def _with_vault(session: DrawerSession) -> list[KindTotal]:
    """Cash that came from the vault or went to it while the drawer was open.

    The float came with the opening, and is counted there; what is handed in at the close bears the key of its count.
    """
    passed = VaultTransfer.objects.filter(session=session, state=VaultTransfer.State.CONFIRMED)
    passed = passed.filter(decided_at__gt=session.opened_at).exclude(key__in=session.counts.values("key"))
    rows = passed.order_by("way").values_list("way").annotate(count=Count("id"), total=Sum("amount_minor"))
    ways = {
        VaultTransfer.Way.TO_DRAWER.value: ("Cash from the vault", CashMovement.Way.IN),
        VaultTransfer.Way.TO_VAULT.value: ("Cash to the vault", CashMovement.Way.OUT),
    }
    return [KindTotal(*ways[way], count, Money(total, session.drawer.currency)) for way, count, total in rows]


def _sum(kinds: list[KindTotal], way: str, currency: str) -> Money:
    return sum((kind.amount for kind in kinds if kind.way == way), Money.zero(currency))


def last_count(session: DrawerSession) -> list[tuple[int, Money, Money]]:
    """The count that stands, largest first: how many, what one is worth, what they make."""
    count = session.counts.order_by("-id").first()
    currency = session.drawer.currency
    lines = count.lines.order_by("-value_minor") if count else DrawerCountLine.objects.none()
    return [
        (line.quantity, Money(line.value_minor, currency), Money(line.value_minor * line.quantity, currency))
        for line in lines
    ]


def same_lines(count: DrawerCount, counts: Mapping[int, int]) -> bool:
    """Whether a count was made of just these notes."""
    return dict(count.lines.values_list("value_minor", "quantity")) == dict(counts)
