"""Reading the books for reports, each within the reader's reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.base.money import Money
from portal.institution.models import Branch
from portal.institution.queries import branches_within
from portal.ledger.models import Account, Entry, Posting, Side

PAGE_ROWS = 50


def branch_asked_for(user: Any, capability: Capability, code: str) -> Branch | None:
    """The branch with this code, or None for all. 404 beyond reach; whoever has one branch only always gets that one."""
    branches = branches_within(user, capability)
    if code and not code.isalnum():
        raise Http404("no such branch")
    if code:
        return get_object_or_404(branches, code=code)
    if scope_of(user, capability) is Scope.ALL:
        return None
    return get_object_or_404(branches)


def branches_chosen(user: Any, branch: Branch | None) -> QuerySet[Branch]:
    """The branches of a trial balance: the one chosen, or all within reach."""
    branches = branches_within(user, Capability.TRIAL_BALANCE_VIEW)
    return branches.filter(pk=branch.pk) if branch is not None else branches


def is_open(day: date, branch: Branch | None) -> bool:
    """Whether some branch still takes entries on this day or before: its figures are provisional."""
    branches = Branch.objects.filter(pk=branch.pk) if branch is not None else Branch.objects.all()
    return branches.filter(Q(business_date__lte=day) | Q(history_from__lte=day)).exists()


def heading_for(user: Any, code: str) -> Account:
    """A line of the chart by its code, as some branch within reach has it; 404 when none has."""
    branches = branches_within(user, Capability.TRIAL_BALANCE_VIEW)
    found = Account.objects.filter(code=code, branch__in=branches).order_by("branch__code").first()
    if found is None:
        raise Http404("no such line")
    return found


def account_for(user: Any, account_id: int) -> Account:
    """One detail account of the ledger within reach; 404 for every other."""
    branches = branches_within(user, Capability.LEDGER_VIEW)
    accounts = Account.objects.select_related("branch", "parent").filter(branch__in=branches, is_header=False)
    return get_object_or_404(accounts, pk=account_id)


def accounts_under(code: str, branches: QuerySet[Branch]) -> QuerySet[Account]:
    """The detail accounts behind a line of the trial balance: those with its code, or right below it."""
    wanted = Q(code=code) | Q(parent__code=code)
    return (
        Account.objects.filter(wanted, branch__in=branches, is_header=False)
        .select_related("branch")
        .order_by("code", "pk")
    )


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A posting as a line of its account's ledger. `balance` is None for accounts that keep no running balance."""

    posting: Posting
    debit: Money | None
    credit: Money | None
    balance: Money | None

    @property
    def place(self) -> str:
        """Names where this line stands, so that the next page can start after it."""
        posting = self.posting
        if posting.seq is not None:
            return f"{posting.business_date}_{posting.seq}"
        return f"{posting.business_date}_{posting.entry_id}_{posting.line}"


def ledger_lines(account: Account, *, until: date, since: date | None, after: str = "") -> list[LedgerLine]:
    """An account's lines up to a day, newest first: one more than a page, so that one knows whether there are more.

    `after` is the `place` of the last line seen; a place that is none is 404. One query, whatever the account holds.
    """
    lines = Posting.objects.filter(account=account, business_date__lte=until).select_related("entry")
    if since is not None:
        lines = lines.filter(business_date__gte=since)
    if after:
        lines = lines.filter(_beyond(after))
    ordered = lines.order_by("-business_date", "-seq", "-entry_id", "-line")
    return [_ledger_line(posting, account) for posting in ordered[: PAGE_ROWS + 1]]


def _beyond(place: str) -> Q:
    """What comes after a place in the order: newest day first, then by `seq`, or by entry and line."""
    try:
        day_text, *rest = place.split("_")
        day = date.fromisoformat(day_text)
        if len(rest) == 1:
            return Q(business_date__lte=day) & (Q(business_date__lt=day) | Q(seq__lt=int(rest[0])))
        entry_id, line = UUID(rest[0]), int(rest[1])
    except (ValueError, IndexError) as error:
        raise Http404("no such place") from error
    same_day = Q(entry_id__lt=entry_id) | Q(entry_id=entry_id, line__lt=line)
    return Q(business_date__lte=day) & (Q(business_date__lt=day) | same_day)


def _ledger_line(posting: Posting, account: Account) -> LedgerLine:
    amount = Money(posting.amount_minor, account.currency)
    is_debit = posting.side == Side.DEBIT
    after = posting.balance_after_minor
    balance = None if after is None else Money(after, account.currency)
    return LedgerLine(posting, amount if is_debit else None, None if is_debit else amount, balance)


def entries_visible_to(user: Any) -> QuerySet[Entry]:
    """The entries that touch a branch whose books this user may read."""
    branches = branches_within(user, Capability.LEDGER_VIEW)
    touching = Posting.objects.filter(entry=OuterRef("pk"), account__branch__in=branches)
    return Entry.objects.filter(Q(branch__in=branches) | Exists(touching))


def entry_for(user: Any, reference: str) -> Entry:
    """One entry that touches a branch within reach; 404 for every other."""
    entries = entries_visible_to(user).select_related("branch", "actor", "reverses", "reversed_by", "seal")
    return get_object_or_404(entries, reference=reference)


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A line of an entry, its account open to the reader or not."""

    posting: Posting
    debit: Money | None
    credit: Money | None
    is_open: bool


def lines_of(user: Any, entry: Entry) -> list[EntryLine]:
    """The lines of an entry in their order; an account of a branch beyond reach is named, not linked."""
    branches = set(branches_within(user, Capability.LEDGER_VIEW).values_list("pk", flat=True))
    postings = Posting.objects.filter(entry=entry).select_related("account__branch").order_by("line")
    lines = []
    for posting in postings:
        line = _ledger_line(posting, posting.account)
        lines.append(EntryLine(posting, line.debit, line.credit, posting.account.branch_id in branches))
    return lines


def latest_day(branch: Branch | None) -> date | None:
    """The open business day of a branch, or the latest of all; None before there is a branch."""
    if branch is not None:
        return branch.business_date
    found: date | None = Branch.objects.aggregate(latest=Max("business_date"))["latest"]
    return found
