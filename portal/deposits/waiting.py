"""Reading what waits for a decision about accounts: transfers beyond a limit, closings, accounts that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from portal.approvals.models import Request
from portal.base.prepared import prepared_query
from portal.deposits import queries
from portal.deposits.models import AccountApplication, DepositAccount
from portal.deposits.services.approved import CLOSURE, CLOSURE_WISH, TRANSFER

ACTS = (TRANSFER, CLOSURE, CLOSURE_WISH)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: what, since and until when. `request` or `application` names what it is, `is_mine` who asked."""

    what: str
    since: datetime
    is_mine: bool
    until: datetime | None = None
    request: Request | None = None
    application: AccountApplication | None = None


def marked(accounts: QuerySet[DepositAccount]) -> QuerySet[DepositAccount]:
    """The same accounts, each knowing as `has_waiting` whether a request about it waits: no question more."""
    return accounts.annotate(has_waiting=Exists(_waiting().filter(subject=OuterRef("number"))))


def marked_account_for(user: Any, number: str) -> DepositAccount:
    """One `marked` account within the user's reach; 404 for every other, whether it exists or not."""
    reach = queries.reach_of(user)
    found = [] if reach is None else _marked(number, *reach.values(), names=tuple(reach))
    if not found:
        raise Http404("no such account within reach")
    return found[0]


@prepared_query
def _marked(number: str, *reach: int, names: tuple[str, ...]) -> QuerySet[DepositAccount]:
    return marked(queries.accounts_within(*reach, names=names).filter(number=number))


def waiting_on(user: Any, accounts: Sequence[DepositAccount]) -> list[Waiting]:
    """What waits on these `marked` accounts, which the user may see, the oldest first. Asks nothing where nothing waits."""
    numbers = [account.number for account in accounts if getattr(account, "has_waiting", False)]
    found = [_asked(request, user) for request in _waiting().filter(subject__in=numbers)] if numbers else []
    applied = [account.pk for account in accounts if account.state == DepositAccount.State.APPLIED]
    if applied:
        applications = AccountApplication.objects.filter(account__in=applied, is_accepted=None)
        found += [_applied(each, user) for each in applications.select_related("account__product")]
    return sorted(found, key=lambda each: each.since)


def requests_of(user: Any) -> QuerySet[Request]:
    """What this user asked for about accounts and waits."""
    return _waiting().filter(asked_by=user)


def applications_of(user: Any) -> QuerySet[AccountApplication]:
    """The accounts this user asked for that wait."""
    waiting = AccountApplication.objects.filter(asked_by=user, is_accepted=None)
    return waiting.filter(account__state=DepositAccount.State.APPLIED).select_related("account")


def _waiting() -> QuerySet[Request]:
    return Request.objects.filter(act__in=ACTS, state=Request.State.WAITING)


def _asked(request: Request, user: Any) -> Waiting:
    is_mine = request.asked_by_id == user.pk
    return Waiting(request.summary, request.asked_at, is_mine, until=request.expires_at, request=request)


def _applied(application: AccountApplication, user: Any) -> Waiting:
    what = f"{application.account.product.name} asked for: {application.purpose}"
    return Waiting(what, application.asked_at, application.asked_by_id == user.pk, application=application)
