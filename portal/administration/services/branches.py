"""Branches: opening one with its books, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.institution.models import Branch
from portal.institution.queries import institution, latest_business_date
from portal.ledger import chart

OPENING, CHANGE = "branch_opening", "branch_change"
OPENED, CHANGED = "branch opened", "branch changed"
_CODE_DIGITS = 2


@dataclass(frozen=True, slots=True)
class BranchFacts:
    """What people know a branch by."""

    name: str
    address: str = ""
    phone: str = ""
    opening_hours: str = ""


@transactional
def open_branch(*, code: str, facts: BranchFacts, currency: str, business_date: date, by: Any, at: datetime) -> Branch:
    """A branch with the default chart in its currency, open on a business day. Nothing is in its books yet.

    Refused: a code that is not two digits or is used, a name that is empty or used. Whoever calls has the second
    person's leave, where one is needed.
    """
    check_opening(code=code, facts=facts)
    branch = Branch.objects.create(code=code, business_date=business_date, **asdict(facts))
    chart.open_chart(branch=branch, currency=currency)
    record(verb=OPENED, subject=str(branch), detail={"code": code, "currency": currency}, by=by, at=at)
    return branch


@transactional
def change_branch(*, branch: Branch, facts: BranchFacts, by: Any, at: datetime) -> Branch:
    """Another name, address, telephone or hours. The trail keeps what was there before."""
    held = Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)
    check_change(branch=held, facts=facts)
    for name, value in asdict(facts).items():
        setattr(held, name, value)
    held.save(update_fields=list(asdict(facts)))
    record(verb=CHANGED, subject=str(held), by=by, at=at)
    return held


@transactional
def ask_for_branch(*, code: str, facts: BranchFacts, reason: str, by: Any, at: datetime) -> Request:
    """Ask that a further branch be opened on the institution's open day."""
    payload = {"code": code, **asdict(facts)}
    return ask(act=OPENING, payload=payload, subject=facts.name, reason=reason, by=by, at=at)


@transactional
def ask_for_branch_change(*, branch: Branch, facts: BranchFacts, reason: str, by: Any, at: datetime) -> Request:
    """Ask that something known of a branch becomes another."""
    payload = {"branch": branch.pk, **asdict(facts)}
    return ask(act=CHANGE, payload=payload, subject=branch.name, reason=reason, by=by, at=at)


def carry_out_opening(*, payload: Mapping[str, Any], by: Any, at: datetime) -> Branch:
    """The branch that was asked for, on the day that is open now. Refused before the institution exists."""
    house = institution()
    if house is None:
        raise Refused("Set the institution up first.", code="no_institution")
    day = latest_business_date()
    facts = facts_of(payload)
    return open_branch(code=payload["code"], facts=facts, currency=house.currency, business_date=day, by=by, at=at)


def facts_of(payload: Mapping[str, Any]) -> BranchFacts:
    """What a payload says a branch is known by."""
    return BranchFacts(**{name: payload[name] for name in ("name", "address", "phone", "opening_hours")})


def check_opening(*, code: str, facts: BranchFacts) -> None:
    """Refuse a code that is not two digits or is used, a name that is empty or used."""
    if len(code) != _CODE_DIGITS or not (code.isascii() and code.isdigit()):
        raise Refused("Enter two digits, like 04.", code="code", field="code")
    if Branch.objects.filter(code=code).exists():
        raise Refused("Another branch has this code.", code="code_taken", field="code")
    _check_name(Branch.objects.filter(name__iexact=facts.name).exists(), facts)


def check_change(*, branch: Branch, facts: BranchFacts) -> None:
    """Refuse a name that is empty or another branch's, and a change that changes nothing."""
    _check_name(Branch.objects.filter(name__iexact=facts.name).exclude(pk=branch.pk).exists(), facts)
    if known_of(branch) == facts:
        raise Refused("That is what is known of it already.", code="same")


def known_of(branch: Branch) -> BranchFacts:
    """What people know a branch by now."""
    return BranchFacts(branch.name, branch.address, branch.phone, branch.opening_hours)


def _check_name(taken: bool, facts: BranchFacts) -> None:  # private, and said at both calls
    if not facts.name.strip():
        raise Refused("Enter a name.", code="name", field="name")
    if taken:
        raise Refused("Another branch has this name.", code="name_taken", field="name")
