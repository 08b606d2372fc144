"""The versions of an application in words, and what changed between two of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from portal.base.differences import differing
from portal.base.money import Money
from portal.loans import offers, queries
from portal.loans.models import Loan, Paper, StateChange
from portal.loans.services.applying import EDITABLE
from portal.loans.services.versions import contents_of
from portal.people.models import Customer

NOW = "now"
"""The key of an application as it is being filled in again."""
_STEPS = {Loan.State.SUBMITTED: "handed in", Loan.State.APPROVED: "as granted"}


@dataclass(frozen=True, slots=True)
class Edition:
    """One version as pages show it: the key it is chosen by, its name, the step that made it, all of it in words."""

    key: str
    name: str
    change: StateChange | None
    told: Mapping[str, str]


def editions(loan: Loan) -> list[Edition]:
    """An application's versions, the newest first; before them, what is being changed since it was given back."""
    kept = list(queries.versions_of(loan))
    is_open = bool(kept) and loan.state in EDITABLE
    present = contents_of(loan) if is_open else {}
    names = _names([*(version.contents for version in kept), present])
    found = [
        Edition(
            str(version.number),
            _name(version.number, version.change),
            version.change,
            _told(loan, version.contents, names),
        )
        for version in kept
    ]
    if is_open and present != kept[0].contents:
        found.insert(0, Edition(NOW, "As it is now, not handed in", None, _told(loan, present, names)))
    return found


def _name(number: int, change: StateChange) -> str:
    return f"Version {number}, {_STEPS.get(Loan.State(change.after), 'kept')} {change.on:%d %b %Y}"


def _names(contents: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The guarantors of all versions by member number."""
    numbers = {number for each in contents for number, _ in each.get("guarantors", ())}
    return dict(Customer.objects.filter(number__in=numbers).values_list("number", "full_name")) if numbers else {}


def _told(loan: Loan, contents: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    """What a version says, as label and text."""
    told = {
        "Amount": _money(contents["amount_minor"], loan),
        "Instalments": str(contents["instalments"]),
        "Rate a year": offers.per_cent(contents["rate_bps"]),
        "Purpose": contents["purpose"] or "–",
        "Income a month": _money(contents["income_minor"], loan),
        "Outgoings a month": _money(contents["outgoings_minor"], loan),
        "Paid into account": f"…{contents['account'][-4:]}" if contents["account"] else "–",
    }
    told |= {f"Guarantor {names.get(number, number)}": _money(minor, loan) for number, minor in contents["guarantors"]}
    return told | _secured(loan, contents["collateral"]) | _papers(contents["papers"])


def _secured(loan: Loan, collateral: Iterable[tuple[str, int]]) -> dict[str, str]:
    """Each thing with its value; things that are called the same stand together."""
    worth: Counter[str] = Counter()
    for description, minor in collateral:
        worth[description] += minor
    return {f"Collateral: {description}": _money(minor, loan) for description, minor in worth.items()}


def _papers(papers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The documents by kind, each with the moment it was added."""
    added: dict[str, list[str]] = {}
    for kind, at in papers:
        moment = localtime(datetime.fromisoformat(at))
        added.setdefault(Paper.Kind(kind).label, []).append(f"{moment:%d %b %Y, %H:%M}")
    return {f"Document: {label}": "; ".join(moments) for label, moments in added.items()}


def _money(minor: int | None, loan: Loan) -> str:
    return "–" if minor is None else str(Money(minor, loan.currency))


def last_change(found: list[Edition]) -> dict[str, Any]:
    """What the newest version changed, for a page that shows it beside other things; nothing of a single one."""
    if len(found) < 2:
        return {}
    after, before = found[0], found[1]
    return {"before": before, "after": after, "rows": differing(before.told, after.told)}


def given_back_on(loan: Loan) -> tuple[date, list[str]] | None:
    """When an application was given back and what it lacks, line by line; None for one that was not."""
    if loan.state != Loan.State.RETURNED:
        return None
    back = StateChange.objects.filter(loan=loan, after=Loan.State.RETURNED).last()
    return (back.on, back.reason.splitlines()) if back else None
