"""Loan products and their dated terms: made in the browser, changed from a day on, never in the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from portal.approvals.models import Request
from portal.approvals.services import ask
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.institution.queries import branches
from portal.loans.models import MOST_INSTALMENTS, MOST_OFFER_DAYS, LadderStep, LoanProduct, LoanTerms, ProductChange
from portal.loans.schedules import Disbursement, TermsError, first_rows
from portal.loans.services.states import say_why
from portal.loans.terms import calendar_of, schedule_terms

State = LoanProduct.State
TERMS = "loan_terms"
WAYS: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.OFFERED}),
    State.OFFERED: frozenset({State.WITHDRAWN}),
    State.WITHDRAWN: frozenset({State.OFFERED}),
}
NOT_PROPOSED = {"id", "product", "effective_from", "reason", "made_at", "made_by", "approved_by"}
COPIED = tuple(field.name for field in LoanTerms._meta.concrete_fields if field.name not in NOT_PROPOSED)  # noqa: SLF001  # Django's own way to a model's columns
"""The columns of terms that are proposed and compared; amounts in minor units, rates in basis points."""
Ladder = Sequence[tuple[int, int]]


@transactional
def make_product(*, code: str, name: str, description: str, currency: str, by: Any, at: datetime) -> LoanProduct:
    """Make a product that nobody can apply for yet: it is offered once its first terms are approved.

    Refused: a code or a name that another product has, and a code that is not two digits.
    """
    if not (len(code) == 2 and code.isascii() and code.isdigit()):
        raise Refused("A product's code is two digits: they stand in its loans' numbers.", code="code", field="code")
    if LoanProduct.objects.filter(code=code).exists():
        raise Refused(f"Another loan product has the code {code}.", code="taken", field="code")
    if LoanProduct.objects.filter(name__iexact=name.strip()).exists():
        raise Refused(f"Another loan product is called {name.strip()}.", code="taken", field="name")
    return LoanProduct.objects.create(
        code=code, name=name.strip(), description=description.strip(), currency=currency, state=State.DRAFT
    )


@transactional
def add_terms(
    *,
    product: LoanProduct,
    since: date,
    values: Mapping[str, Any],
    ladder: Ladder,
    reason: str,
    by: Any,
    approved_by: Any,
    at: datetime,
) -> LoanTerms:
    """Give a product other terms from a day on, as `by` proposed and somebody else approved. The first ones offer it.

    `values` are the columns in `COPIED`; `ladder` amounts in minor units with how many must approve from each on. Loans
    that run keep the terms they were agreed with. Refuses what `check_terms` refuses.
    """
    held = LoanProduct.objects.select_for_update().get(pk=product.pk)
    check_terms(product=held, since=since, values=values, ladder=ladder, reason=reason)
    terms = LoanTerms.objects.create(
        product=held,
        effective_from=since,
        reason=say_why(reason),
        made_at=at,
        made_by=by,
        approved_by=approved_by,
        **{name: values[name] for name in COPIED},
    )
    LadderStep.objects.bulk_create(LadderStep(terms=terms, from_minor=low, approvals=count) for low, count in ladder)
    if held.state == State.DRAFT:
        change_product(product=held, state=State.OFFERED, reason="First terms approved", by=by, at=at)
    return terms


@transactional
def ask_for_terms(
    *,
    product: LoanProduct,
    since: date,
    values: Mapping[str, Any],
    ladder: Ladder,
    reason: str,
    by: Any,
    at: datetime,
) -> Request:
    """Ask a second person for other terms from a day on. Refuses what `check_terms` refuses."""
    payload = {
        "product": product.pk,
        "since": since.isoformat(),
        "values": dict(values),
        "ladder": [list(step) for step in ladder],
        "reason": reason.strip(),
    }
    return ask(act=TERMS, payload=payload, subject=product.name, reason=reason, by=by, at=at)


def check_terms(*, product: LoanProduct, since: date, values: Mapping[str, Any], ladder: Ladder, reason: str) -> None:
    """Refuse terms of the past or of a day that others begin on, bounds the wrong way round, a ladder that does not rise,
    and terms that give no schedule.
    """
    say_why(reason)
    if LoanTerms.objects.filter(product=product, effective_from=since).exists():
        message = f"Other terms of {product.name} begin on {since:%d %B %Y} already. Choose another day."
        raise Refused(message, code="overlap", field="effective_from")
    latest = max((branch.business_date for branch in branches()), default=None)
    has_terms = LoanTerms.objects.filter(product=product).exists()
    if latest and (since < latest or (has_terms and since == latest)):
        message = f"Terms begin after the open business day, {latest:%d %B %Y}: the past is never changed."
        raise Refused(message, code="past", field="effective_from")
    _check_bounds(values)
    _check_ladder(ladder)
    _check_gives_schedules(values, since)


def _check_bounds(values: Mapping[str, Any]) -> None:
    ranges = (
        ("rate_min_bps", "rate_bps", "rate_max_bps", "rate"),
        ("amount_min_minor", "amount_min_minor", "amount_max_minor", "amount_max"),
        ("instalments_min", "instalments", "instalments_max", "instalments"),
    )
    for low, usual, high, field in ranges:
        if not values[low] <= values[usual] <= values[high]:
            raise Refused("The usual value lies between the least and the most.", code="range", field=field)
    if values["instalments_max"] > MOST_INSTALMENTS:
        raise Refused(f"At most {MOST_INSTALMENTS} instalments.", code="range", field="instalments_max")
    if not 1 <= values["offer_days"] <= MOST_OFFER_DAYS:
        raise Refused(f"An offer stands for 1 to {MOST_OFFER_DAYS} days.", code="offer", field="offer_days")
    if max(values["grace_principal"], values["grace_interest"]) >= values["instalments_min"]:
        raise Refused("Grace must leave at least one instalment.", code="grace", field="grace_principal")


def _check_ladder(ladder: Ladder) -> None:
    lows = [low for low, _ in ladder]
    if any(low <= 0 for low in lows) or lows != sorted(set(lows)):
        raise Refused("Each step begins at a larger amount than the one before.", code="ladder", field="ladder")
    if any(not 1 <= count <= 5 for _, count in ladder):
        raise Refused("From one to five people approve.", code="ladder", field="ladder")


def _check_gives_schedules(values: Mapping[str, Any], since: date) -> None:
    terms = LoanTerms(**{name: values[name] for name in COPIED})
    plan = schedule_terms(terms, rate_bps=terms.rate_bps, instalments=terms.instalments)
    try:
        first_rows(plan, Disbursement(since, terms.amount_max_minor), calendar_of(terms, None))
    except TermsError as error:
        raise Refused(str(error), code="no_schedule", field="method") from error


@transactional
def change_product(*, product: LoanProduct, state: str, reason: str, by: Any, at: datetime) -> ProductChange:
    """Offer a product or withdraw it from sale, and keep who, when and why.

    Refused: no reason, a way there is none of, and offering one without terms. Running loans go on as agreed.
    """
    held = LoanProduct.objects.select_for_update().get(pk=product.pk)
    why = say_why(reason)
    if state not in WAYS[held.state]:
        raise Refused(f"The product is {held.get_state_display().lower()}.", code="state", field="state")
    if not LoanTerms.objects.filter(product=held).exists():
        raise Refused(f"{held.name} has no approved terms yet.", code="no_terms", field="state")
    change = ProductChange.objects.create(product=held, before=held.state, after=state, reason=why, at=at, by=by)
    held.state = product.state = state
    held.save(update_fields=["state"])
    return change


def approvals_needed(terms: LoanTerms, amount_minor: int) -> int:
    """How many people must approve a loan of this amount: the highest step of the ladder that it reaches, else one."""
    return max((step.approvals for step in terms.ladder.all() if amount_minor >= step.from_minor), default=1)
