"""Loans for tests, made by the services as people make them: a product, an application, an approved and a running loan."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any

from PIL import Image

from portal.base.keys import new_key
from portal.base.money import Money
from portal.institution.models import Branch
from portal.ledger.proof import prove
from portal.ledger.services import open_day
from portal.loans import queries, services
from portal.loans.models import Loan, LoanProduct, LoanTerms, Paper, Payment
from portal.loans.proof import prove_loans
from portal.people.models import User
from tests.cast import CURRENCY, NOW, TODAY, Cast, ghs


def lend(
    name: str = "Member loan", code: str = "70", ladder: tuple[tuple[int, int], ...] = (), **values: Any
) -> LoanProduct:
    """A product that is offered: 24 per cent a year, 3 to 24 months, 100 to 50,000; no guarantors, no fee."""
    product = LoanProduct.objects.create(code=code, name=name, currency=CURRENCY, state=LoanProduct.State.OFFERED)
    columns: dict[str, Any] = {
        "rate_min_bps": 1200,
        "rate_bps": 2400,
        "rate_max_bps": 3600,
        "amount_min_minor": 10_000,
        "amount_max_minor": 5_000_000,
        "instalments_min": 3,
        "instalments": 12,
        "instalments_max": 24,
        "penalty_bps": 3650,
        "reason": "First terms",
    }
    terms = LoanTerms.objects.create(
        product=product, effective_from=date(2024, 1, 1), made_at=NOW, **(columns | values)
    )
    for low, count in ladder:
        terms.ladder.create(from_minor=low, approvals=count)
    return product


def application(cast: Cast, product: LoanProduct, amount: str = "1200", instalments: int = 6, **more: Any) -> Loan:
    """What Ama asks for, with everything filled in but papers; not handed in."""
    loan = services.start_application(
        customer=cast.ama,
        product=product,
        amount=ghs(amount),
        instalments=instalments,
        by=cast.ama_user,
        at=NOW,
        **more,
    )
    values = {
        "purpose": "A deep freezer for the shop",
        "income": ghs("3000"),
        "outgoings": ghs("800"),
        "pay_to": cast.ama_savings,
    }
    return services.fill_in(loan=loan, values=values, by=cast.ama_user, at=NOW)


def payslip(cast: Cast, loan: Loan) -> None:
    """A photograph of a payslip, as the camera of a phone brings it."""
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(picture, "JPEG")
    picture.seek(0)
    services.add_paper(loan=loan, kind=Paper.Kind.INCOME, file=picture, by=cast.ama_user, at=NOW)


def handed_in(loan: Loan) -> Loan:
    """The application as it stands in the manager's inbox, whatever it lacks."""
    Loan.objects.filter(pk=loan.pk).update(state=Loan.State.SUBMITTED)
    return fresh(loan)


def approved(cast: Cast, loan: Loan, *, accepts: bool = True, **granted: Any) -> Loan:
    """Proposed by the manager, granted by the operations manager and, unless told otherwise, accepted by the member."""
    held = services.take_up(loan=handed_in(loan), by=cast.manager, at=NOW)
    values: dict[str, Any] = {
        "amount": held.amount,
        "instalments": held.instalments,
        "rate_bps": held.rate_bps,
    } | granted
    services.grant(
        loan=held,
        conditions=values.pop("conditions", ()),
        reason="Pays well",
        request=None,
        by=cast.manager,
        approved_by=cast.operations_manager,
        at=NOW,
        **values,
    )
    if accepts:
        services.accept_offer(loan=loan, by=cast.ama_user, at=NOW)
    return fresh(loan)


def running(
    cast: Cast, product: LoanProduct | None = None, amount: str = "1200", instalments: int = 6, **more: Any
) -> Loan:
    """A loan of Ama's that was paid out today."""
    loan = approved(cast, application(cast, product or lend(), amount, instalments), **more)
    services.disburse(loan=loan, by=cast.manager, at=NOW)
    return fresh(loan)


def fresh(loan: Loan) -> Loan:
    """The loan as it is now."""
    found = queries.loan_by_number(loan.number)
    assert found is not None
    return found


def go_to(branch: Branch, day: date, *, works: bool = True) -> None:
    """Open a later business day; the worker then does its part."""
    if day > branch.business_date:
        open_day(branch=branch, day=day, by=None, at=moment(day))
    if works:
        services.work_loans(branch=branch, at=moment(day))


def moment(day: date) -> datetime:
    """Ten o'clock on a day."""
    return NOW + (day - TODAY)


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def pays(loan: Loan, text: str | Money, cast: Cast, *, by: User | None = None, key: str = "", **more: Any) -> Payment:
    """A payment from Ama's savings, on the branch's open day."""
    amount = ghs(text) if isinstance(text, str) else text
    held = fresh(loan)
    return services.repay(
        loan=held,
        amount=amount,
        source=more.pop("source", cast.ama_savings),
        key=key or new_key(),
        by=by or cast.ama_user,
        at=moment(held.branch.business_date),
        **more,
    )


def settles(loan: Loan, cast: Cast) -> Payment:
    """Whatever ends the loan today."""
    held = fresh(loan)
    whole = queries.settlement(held, held.branch.business_date).total
    return pays(loan, Money(whole, held.currency), cast)


def prove_all() -> None:
    """The books and the loans agree."""
    wrong = [proof for proof in [*prove(), *prove_loans()] if not proof.holds]
    assert wrong == []
