"""Reading cheques: what stands on one, the rules and working days of clearing, who sees which, and what waits for whom."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.errors import Refused
from portal.deposits.calendar import add_months
from portal.deposits.models import Cheque, ChequeRules, ChequeStep, DepositAccount, Product
from portal.deposits.queries import accounts_visible_to
from portal.documents.uploaded import Upload
from portal.documents.uploads import uploads_of
from portal.institution.models import Branch
from portal.institution.queries import days_off

FRONT, BACK = "cheque-front", "cheque-back"
SORT_CODE_LENGTH = 6
PENDING = (Cheque.State.RECEIVED, Cheque.State.CLEARING)
_State = Cheque.State
_SPACES = re.compile(r"[\s.-]+")
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_RELATED = ("account__customer", "account__product", "account__branch", "account__ledger_account", "branch", "entry")
_PEOPLE = ("captured_by", "taken_by", "decided_by", "drawn_on__customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What somebody read off a cheque: its magnetic line (number, sort code, account), its day and who wrote it."""

    number: str
    sort_code: str
    drawn_account: str
    issued_on: date
    drawer_name: str
    signature_seen: bool = False

    def tidied(self) -> Read:
        """Digits without blanks and dashes. Refused: what cannot stand on a cheque."""
        number, sort_code, account = (
            _SPACES.sub("", text) for text in (self.number, self.sort_code, self.drawn_account)
        )
        _refuse_no_digits(number, 10, "number", "The cheque number is at most 10 digits.")
        _refuse_no_digits(account, 20, "drawn_account", "The account is at most 20 digits.")
        _refuse_no_digits(sort_code, SORT_CODE_LENGTH, "sort_code", "The sort code is 6 digits.")
        if len(sort_code) != SORT_CODE_LENGTH:
            raise Refused("The sort code is 6 digits.", code="micr", field="sort_code")
        name = " ".join(self.drawer_name.split())
        if not name:
            raise Refused("Enter who wrote the cheque.", code="drawer", field="drawer_name")
        return replace(self, number=number, sort_code=sort_code, drawn_account=account, drawer_name=name[:120])


def _refuse_no_digits(text: str, most: int, field: str, message: str) -> None:
    if not _DIGITS.fullmatch(text) or len(text) > most:
        raise Refused(message, code="micr", field=field)


def rules_on(currency: str, day: date) -> ChequeRules:
    """The rules that hold for a currency on a day; what a portal without rules does, where nobody made any."""
    made = ChequeRules.objects.filter(currency=currency, effective_from__lte=day).first()
    return made or ChequeRules(currency=currency, effective_from=day, reason="")


def all_rules(currency: str) -> QuerySet[ChequeRules]:
    """Every set of rules there was, is and will be; the newest first."""
    return ChequeRules.objects.filter(currency=currency).select_related("made_by", "approved_by")


def clears_on(rules: ChequeRules, day: date, branch: Branch) -> date:
    """The working day on which a cheque that a branch takes on a day has cleared, if nothing comes back."""
    closed = days_off(branch, since=day)
    return working_days_after(day, rules.hold_days, working=rules.working_days, closed=closed)


def working_days_after(day: date, number: int, *, working: str, closed: Collection[date]) -> date:
    """So many working days after a day; after none, the day itself or the next working day."""
    left = number
    while left or not _works(day, working, closed):
        day += timedelta(days=1)
        left -= left > 0 and _works(day, working, closed)
    return day


def _works(day: date, working: str, closed: Collection[date]) -> bool:
    return str(day.isoweekday()) in working and day not in closed


def is_stale(rules: ChequeRules, issued_on: date, day: date) -> bool:
    """Whether a cheque is too old to be taken on a day."""
    return add_months(issued_on, rules.stale_months) < day


def is_ours(rules: ChequeRules, sort_code: str) -> bool:
    """Whether a cheque is drawn on this institution."""
    return bool(rules.own_prefix) and sort_code.startswith(rules.own_prefix)


def drawn_account(read: Read) -> DepositAccount:
    """Our own account that a cheque is drawn on. Refused: none, or one that gives no cheques."""
    related = ("customer", "product", "branch", "ledger_account")
    found = DepositAccount.objects.select_related(*related).filter(number=read.drawn_account).first()
    if found is None:
        message = "We keep no account of this number. Compare it with the cheque. Nothing was posted."
        raise Refused(message, code="drawn_account", field="drawn_account")
    if found.product.kind != Product.Kind.CURRENT:
        message = "No cheques are drawn on this account: it is no current account. Nothing was posted."
        raise Refused(message, code="no_cheques", field="drawn_account")
    return found


def twin_of(read: Read) -> Cheque | None:
    """The cheque with the same magnetic line that is pending or was paid."""
    same = Cheque.objects.filter(number=read.number, sort_code=read.sort_code, drawn_account=read.drawn_account)
    return same.filter(state__in=(*PENDING, _State.AVAILABLE)).select_related("branch").first()


def cheques_visible_to(user: Any, capability: Capability = Capability.CHEQUE_VIEW) -> QuerySet[Cheque]:
    """The cheques within reach: a member's own, those taken in one's branch, or all."""
    cheques = Cheque.objects.select_related(*_RELATED, *_PEOPLE)
    scope = scope_of(user, capability)
    if scope is Scope.ALL:
        return cheques
    if scope is Scope.BRANCH and user.branch_id is not None:
        return cheques.filter(branch_id=user.branch_id)
    if scope is Scope.OWN:
        return cheques.filter(account__in=accounts_visible_to(user, capability).order_by().values("pk"))
    return cheques.none()


def cheque_for(user: Any, cheque_id: UUID, capability: Capability = Capability.CHEQUE_VIEW) -> Cheque:
    """One cheque within the user's reach; 404 for every other, whether it exists or not."""
    found = cheques_visible_to(user, capability).filter(pk=cheque_id).first()
    if found is None:
        raise Http404("no such cheque")
    return found


@dataclass(frozen=True, slots=True)
class Shelf:
    """One heap of the queue: its code in the address, its name, and what lies on it."""

    code: str
    label: str
    filters: Q
    empty: str


TO_READ, DUE, OVERDUE, CLEARING, DECIDED = "read", "due", "overdue", "clearing", "decided"


def shelves(day: date) -> list[Shelf]:
    """How the queue is sorted on a business day."""
    clearing = Q(state=_State.CLEARING)
    return [
        Shelf(TO_READ, "To be read", Q(state=_State.RECEIVED), "No cheque waits to be read."),
        Shelf(DUE, "Due today", clearing & Q(due_on=day), "No cheque is due today."),
        Shelf(OVERDUE, "Overdue", clearing & Q(due_on__lt=day), "No cheque is overdue."),
        Shelf(CLEARING, "Clearing", clearing & Q(due_on__gt=day), "No cheque is clearing."),
        Shelf(DECIDED, "Decided", ~Q(state__in=PENDING), "No cheque was decided yet."),
    ]


def counted(cheques: QuerySet[Cheque], heaps: Sequence[Shelf]) -> dict[str, int]:
    """How many cheques lie on each shelf. One query."""
    counts = {heap.code: Count("pk", filter=heap.filters) for heap in heaps}
    return cheques.order_by().aggregate(**counts)


def found_by(cheques: QuerySet[Cheque], text: str) -> QuerySet[Cheque]:
    """Those whose cheque number, account or member's name fits."""
    digits = _SPACES.sub("", text)
    return cheques.filter(
        Q(number=digits) | Q(account__number=digits) | Q(account__customer__full_name__icontains=text)
    )


def undecided_in(branch: Branch, day: date) -> QuerySet[Cheque]:
    """The cheques that should be decided before the branch's day ends: due on it or before."""
    return Cheque.objects.filter(branch=branch, state=_State.CLEARING, due_on__lte=day)


def blocks_day_end(branch: Branch) -> int:
    """How many undecided cheques keep a branch from ending its day, where the rules say that they do."""
    due = undecided_in(branch, branch.business_date)
    currencies = set(due.order_by().values_list("account__product__currency", flat=True))
    strict = [code for code in currencies if rules_on(code, branch.business_date).blocks_day_end]
    return due.filter(account__product__currency__in=strict).count()


def steps_of(cheque: Cheque) -> QuerySet[ChequeStep]:
    """What became of a cheque, in order."""
    return cheque.steps.select_related("by", "entry")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a cheque's way as its owner reads it: passed, where it is, or to come."""

    label: str
    is_done: bool
    day: date | None = None


def way_of(cheque: Cheque) -> list[Stage]:
    """Received → checked → clearing (until) → available; what was returned or not taken ends there."""
    reached = {step.state for step in cheque.steps.all()}
    ends = {_State.RETURNED, _State.REFUSED, _State.CANCELLED} & reached
    stages = [Stage(_State(state).label, state in reached) for state in (_State.RECEIVED, _State.CHECKED)]
    if not cheque.is_own and (not ends or _State.CLEARING in reached):
        stages.append(Stage(_State.CLEARING.label, _State.CLEARING in reached, None if ends else cheque.due_on))
    if not ends or _State.AVAILABLE in reached:
        stages.append(Stage(_State.AVAILABLE.label, _State.AVAILABLE in reached))
    stages = [stage for stage in stages if stage.is_done or not ends]
    return [*stages, *(Stage(_State(state).label, is_done=True) for state in ends)]


def subject_of(cheque: Cheque) -> str:
    """Whose pictures they are."""
    return f"cheque:{cheque.pk.hex}"


def pictures_of(cheque: Cheque) -> dict[str, Upload]:
    """The newest picture of each side that may be shown."""
    found: dict[str, Upload] = {}
    for upload in uploads_of(subject_of(cheque)):
        found.setdefault(upload.purpose, upload)
    return found
