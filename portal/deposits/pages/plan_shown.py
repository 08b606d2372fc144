"""What a plan's page shows, kind by kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from portal.base import charts
from portal.base.money import Money, format_amount
from portal.deposits import contributions, fixed, shares, susu
from portal.deposits.models import DepositAccount, Product
from portal.deposits.pages.plan_forms import PauseForm
from portal.deposits.queries import funds_of, terms_on
from portal.deposits.templatetags.plans import percent
from portal.institution.queries import latest_business_date

PARTS = {
    Product.Kind.SUSU: "deposits/_plan_susu.html",
    Product.Kind.SHARES: "deposits/_plan_shares.html",
    Product.Kind.CONTRIBUTION: "deposits/_plan_contribution.html",
    Product.Kind.FIXED: "deposits/_plan_fixed.html",
}


def shown(product: Product, account: DepositAccount | None = None) -> dict[str, Any]:
    """The context of a plan's page; without an account what its product offers today."""
    kind = Product.Kind(product.kind)
    day = account.branch.business_date if account else latest_business_date()
    context: dict[str, Any] = {"kind": kind.value, "part": PARTS[kind], "day": day}
    if account is not None:
        context["funds"] = funds_of(account)
        context |= _PLANS[kind](account, day)
    return context | _OFFERS[kind](product, day)


def foreseen(product: Product, typed: dict[str, Any]) -> dict[str, Any]:
    """What a fixed deposit as typed would come to, as its owner reads it. Refused: what the chart has no rate for."""
    if product.kind != Product.Kind.FIXED:
        return {}
    day = typed["source"].branch.business_date
    offered = fixed.offer_or_refuse(product, typed["amount"], typed["months"], day)
    facts: list[tuple[str, Any]] = [
        ("Rate a year", percent(offered.rate_bps)),
        ("Matures", f"{offered.matures_on:%d %B %Y}"),
        ("Interest", offered.interest),
        ("Tax on it", offered.tax),
        ("Paid out then", offered.net),
    ]
    return {"foreseen": [fact for fact in facts if fact[1] or fact[0] != "Tax on it"]}


def _susu(account: DepositAccount, day: date) -> dict[str, Any]:
    plan = susu.plan_of(account)
    if plan is None:
        return {}
    plan.account = account
    cards = [susu.drawn(plan, card) for card in plan.cards.all()]
    return {
        "plan": plan,
        "cards": cards[::-1],
        "behind": susu.days_behind(plan, day),
        "pause": susu.open_pause(plan),
        "pause_form": PauseForm(),
        "full": susu.settlement_figures(plan, running_too=False),
        "all": susu.settlement_figures(plan, running_too=True),
        "payments": susu.payments_of(plan),
    }


def _shares(account: DepositAccount, day: date) -> dict[str, Any]:
    held, price = shares.held_by(account), shares.price_on(account.product, day)
    return {
        "held": held,
        "worth": Money(price.minor * held, price.currency) if price else None,
        "dealings": [
            (dealing, Money(dealing.price_minor * abs(dealing.shares), account.currency))
            for dealing in shares.dealings_of(account)
        ],
        "dividends": [(part, Money(part.amount_minor, account.currency)) for part in shares.dividends_of(account)],
    }


def _contribution(account: DepositAccount, day: date) -> dict[str, Any]:
    plan = contributions.plan_of(account)
    if plan is None:
        return {}
    plan.account = account
    progress = contributions.progress(plan, day)

    def told(minor: int) -> str:
        return format_amount(Money(minor, account.currency))

    ring = charts.ring("Towards the target", progress.contributed.minor, progress.target.minor, shown=told)
    fines = [(fine, Money(fine.amount_minor, account.currency)) for fine in progress.fines]
    return {"plan": plan, "progress": progress, "ring": ring, "months": progress.months[::-1], "fines": fines}


def _fixed(account: DepositAccount, day: date) -> dict[str, Any]:
    term = fixed.running_term(account)
    context: dict[str, Any] = {"term": term, "instruction": fixed.instruction_of(account)}
    if term is not None:
        term.account = account
        early = fixed.early_value(term, day)
        context |= {
            "earned": fixed.value_on(term, day),
            "at_maturity": fixed.at_maturity(term),
            "early": early,
            "early_paid": term.principal + early - fixed.tax_on(early, terms_on(account.product, day)),
            "days_left": max((term.matures_on - day).days, 0),
        }
    ended = [past for past in fixed.terms_of(account) if fixed.ending_of(past)]
    context["past"] = [
        (past, Money(past.ending.interest_minor, account.currency), Money(past.ending.paid_out_minor, account.currency))
        for past in ended
    ]
    return context


def _susu_offer(product: Product, day: date) -> dict[str, Any]:
    terms = susu.susu_terms(product, day)
    return {"terms": terms, "least": Money(terms.least_stake_minor, product.currency) if terms else None}


def _share_offer(product: Product, day: date) -> dict[str, Any]:
    return {"terms": shares.share_terms(product, day), "price": shares.price_on(product, day)}


def _contribution_offer(product: Product, day: date) -> dict[str, Any]:
    terms = contributions.contribution_terms(product, day)
    return {
        "terms": terms,
        "fine": Money(terms.late_fine_minor, product.currency) if terms else None,
        "least": Money(terms.least_monthly_minor, product.currency) if terms else None,
    }


def _fixed_offer(product: Product, day: date) -> dict[str, Any]:
    terms = fixed.fixed_terms(product, day)
    slabs = terms.chart.all() if terms else ()
    return {"terms": terms, "chart": [(slab, Money(slab.from_minor, product.currency)) for slab in slabs]}


_Shown = Callable[[DepositAccount, date], dict[str, Any]]
_PLANS: dict[Product.Kind, _Shown] = {
    Product.Kind.SUSU: _susu,
    Product.Kind.SHARES: _shares,
    Product.Kind.CONTRIBUTION: _contribution,
    Product.Kind.FIXED: _fixed,
}
_OFFERS: dict[Product.Kind, Callable[[Product, date], dict[str, Any]]] = {
    Product.Kind.SUSU: _susu_offer,
    Product.Kind.SHARES: _share_offer,
    Product.Kind.CONTRIBUTION: _contribution_offer,
    Product.Kind.FIXED: _fixed_offer,
}
