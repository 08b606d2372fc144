"""Keeping what an application said each time it was handed in or granted."""

from __future__ import annotations

from typing import Any

from portal.loans.models import Collateral, Guarantor, Loan, Paper, StateChange, Version


def contents_of(loan: Loan) -> dict[str, Any]:
    """Everything an application says, as a version keeps it: amounts in minor units, guarantors by member number."""
    named = Guarantor.objects.filter(loan=loan).values_list("customer__number", "amount_minor")
    papers = Paper.objects.filter(loan=loan).values_list("kind", "at")
    return {
        "amount_minor": loan.amount_minor,
        "instalments": loan.instalments,
        "rate_bps": loan.rate_bps,
        "purpose": loan.purpose,
        "income_minor": loan.income_minor,
        "outgoings_minor": loan.outgoings_minor,
        "account": loan.pay_to.number if loan.pay_to else "",
        "guarantors": [list(pair) for pair in named],
        "collateral": [
            list(pair) for pair in Collateral.objects.filter(loan=loan).values_list("description", "value_minor")
        ],
        "papers": [[kind, at.isoformat()] for kind, at in papers],
    }


def keep_version(loan: Loan, change: StateChange) -> None:
    """Keep what an application says at a step, unless its newest version says the same. The loan is locked by the caller."""
    contents = contents_of(loan)
    newest = Version.objects.filter(loan=loan).order_by("-number").first()
    if newest is not None and newest.contents == contents:
        return
    number = newest.number + 1 if newest else 1
    Version.objects.create(loan=loan, number=number, change=change, contents=contents)


def keep_first_version(loan: Loan) -> None:
    """Keep what was handed in before anything is changed, of an application from before versions were kept."""
    if Version.objects.filter(loan=loan).exists():
        return
    handed_in = StateChange.objects.filter(loan=loan, after=Loan.State.SUBMITTED).last()
    change = handed_in or StateChange.objects.filter(loan=loan).last()
    if change is not None:
        keep_version(loan, change)
