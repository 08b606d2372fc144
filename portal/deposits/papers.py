"""Plans on paper, made by the worker: the susu card, the certificates of shares and of a fixed deposit; and the rate sheet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.dateformat import format as date_format

from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import charges, fixed, kind_terms, plans, shares, susu
from portal.deposits.models import DepositAccount, Product
from portal.documents.plan import DocumentPlan


def plan_pdf(*, by: Any, at: datetime, number: str) -> DocumentPlan:
    """What the worker makes a plan's paper from. 404 unless `by` may see the account; refused: a plan without paper."""
    account = plans.plan_for(by, number)
    kind = Product.Kind(account.product.kind)
    if kind is Product.Kind.SUSU:
        return _plan(account, "susu-card", "Susu card", {"cards": _cards(account), "plan": susu.plan_of(account)})
    if kind is Product.Kind.SHARES:
        return _plan(account, "share-certificate", "Certificate of shares", _held(account))
    if kind is Product.Kind.FIXED:
        return _plan(account, "fixed-deposit", "Certificate of a fixed deposit", _term(account))
    raise Refused("This plan has no paper.", code="no_paper")


def rate_sheet_pdf(*, by: Any, at: datetime, day: str) -> DocumentPlan:
    """What the institution pays and charges on a day, on one sheet; the same for whoever asks."""
    on = date.fromisoformat(day)
    return DocumentPlan(
        kind="rate-sheet",
        title=f"Rates and charges, {date_format(on, 'j F Y')}",
        filename=f"rates-{day}.pdf",
        template="deposits/rate_sheet_pdf.html",
        context={"sheet": kind_terms.sheet(on), "charges": charges.in_force(on), "day": on},
    )


def _plan(account: DepositAccount, name: str, title: str, context: dict[str, Any]) -> DocumentPlan:
    return DocumentPlan(
        kind=name,
        title=title,
        filename=f"{name}-{account.number}.pdf",
        template=f"deposits/{name.replace('-', '_')}_pdf.html",
        context={"account": account, "day": account.branch.business_date, **context},
        subject=account.number,
    )


def _cards(account: DepositAccount) -> list[tuple[susu.DrawnCard, list[list[susu.Box]]]]:
    """The newest two cards, each with its boxes in rows of seven."""
    plan = susu.plan_of(account)
    if plan is None:
        return []
    drawn = [susu.drawn(plan, card) for card in list(plan.cards.all())[-2:]]
    return [(card, [card.boxes[start : start + 7] for start in range(0, len(card.boxes), 7)]) for card in drawn[::-1]]


def _held(account: DepositAccount) -> dict[str, Any]:
    held = shares.held_by(account)
    nominal = Money(account.product.share_class.nominal_minor, account.currency)
    return {"held": held, "nominal": nominal, "capital": Money(nominal.minor * held, nominal.currency)}


def _term(account: DepositAccount) -> dict[str, Any]:
    term = fixed.running_term(account)
    if term is None:
        raise Refused("This deposit has ended: there is nothing to certify.", code="ended")
    term.account = account
    return {"term": term, "at_maturity": fixed.at_maturity(term), "instruction": fixed.instruction_of(account)}
