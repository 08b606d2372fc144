"""Products and what they pay and cost: made in the browser, changed by new terms from a day on, never in the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.deposits.kind_terms import Own
from portal.deposits.models import DepositAccount, Product, ProductChange, RateTier, Terms
from portal.deposits.services.kind_terms import check_own, check_plain, write_own
from portal.institution.models import Branch

State = Product.State
WAYS: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.OFFERED, State.CLOSED}),
    State.OFFERED: frozenset({State.WITHDRAWN, State.CLOSED}),
    State.WITHDRAWN: frozenset({State.OFFERED, State.CLOSED}),
    State.CLOSED: frozenset(),
}
COPIED = (
    "rate_bps",
    "tier_method",
    "day_count",
    "compounding",
    "posting_frequency",
    "interest_floor_minor",
    "withholding_tax_bps",
    "opening_minimum_minor",
    "minimum_balance_minor",
    "withdrawal_fee_minor",
    "overdraft_limit_minor",
    "overdraft_rate_bps",
    "dormancy_days",
    "early_closure_days",
    "early_closure_fee_minor",
    "opening_needs_approval",
)
"""The columns of terms that are proposed and compared; amounts in minor units, rates in basis points."""


@transactional
def make_product(*, code: str, name: str, kind: str, currency: str, by: Any, at: datetime) -> Product:
    """Make a product that nobody can open yet: it is offered once its first terms are approved.

    Refused: a code or a name that another product has, and a code that is not two digits.
    """
    if not (len(code) == 2 and code.isascii() and code.isdigit()):
        raise Refused("A product's code is two digits: they stand in its accounts' numbers.", code="code", field="code")
    if Product.objects.filter(code=code).exists():
        raise Refused(f"Another product has the code {code}.", code="taken", field="code")
    if Product.objects.filter(name__iexact=name.strip()).exists():
        raise Refused(f"Another product is called {name.strip()}.", code="taken", field="name")
    return Product.objects.create(code=code, name=name.strip(), kind=kind, currency=currency, state=State.DRAFT)


@transactional
def add_terms(
    *,
    product: Product,
    since: date,
    values: Mapping[str, Any],
    tiers: Sequence[tuple[int, int]],
    own: Own | None = None,
    reason: str,
    by: Any,
    approved_by: Any,
    at: datetime,
) -> Terms:
    """Give a product other terms from a day on, as `by` proposed and somebody else approved. The first ones offer it.

    `values` are the columns in `COPIED`, `tiers` amounts in minor units with the rate in basis points from each on, `own`
    what only its kind has (`kind_terms.COLUMNS`).
    Accounts opened before keep the floor that was agreed with them. Refuses what `check_terms` refuses.
    """
    product = Product.objects.select_for_update().get(pk=product.pk)
    check_terms(product=product, since=since, values=values, tiers=tiers, own=own, reason=reason)
    terms = Terms.objects.create(
        product=product,
        effective_from=since,
        reason=reason.strip(),
        made_at=at,
        made_by=by,
        approved_by=approved_by,
        **{name: values[name] for name in COPIED},
    )
    RateTier.objects.bulk_create(RateTier(terms=terms, from_minor=low, rate_bps=bps) for low, bps in tiers)
    write_own(terms, own or {})
    if product.state == State.DRAFT:
        change_product(product=product, state=State.OFFERED, reason="First terms approved", by=by, at=at)
    return terms


def check_terms(
    *,
    product: Product,
    since: date,
    values: Mapping[str, Any],
    tiers: Sequence[tuple[int, int]],
    own: Own | None = None,
    reason: str,
) -> None:
    """Refuse terms of the past, of a day that others begin on (naming them), of a closed product, and rates that contradict."""
    if product.state == State.CLOSED:
        raise Refused(f"{product.name} is closed.", code="closed")
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    same = Terms.objects.filter(product=product, effective_from=since).select_related("made_by").first()
    if same is not None:
        by = f", made by {same.made_by}" if same.made_by else ""
        message = f"Other terms of {product.name} begin on {since:%d %B %Y} already{by}. Choose another day."
        raise Refused(message, code="overlap", field="effective_from")
    latest = max((branch.business_date for branch in Branch.objects.all()), default=None)
    has_terms = Terms.objects.filter(product=product).exists()
    if latest and (since < latest or (has_terms and since == latest)):
        message = f"Terms begin after the open business day, {latest:%d %B %Y}: the past is never changed."
        raise Refused(message, code="past", field="effective_from")
    _check_tiers(tiers)
    check_plain(product, values)
    check_own(product, own or {})
    if values["overdraft_limit_minor"] and values["minimum_balance_minor"]:
        raise Refused(
            "A product has a minimum balance or an overdraft, not both.", code="contradiction", field="overdraft_limit"
        )


def _check_tiers(tiers: Sequence[tuple[int, int]]) -> None:
    lows = [low for low, _ in tiers]
    if any(low <= 0 for low in lows) or lows != sorted(set(lows)):
        raise Refused("Each step begins at a larger amount than the one before.", code="tiers", field="tiers")
    if any(not 0 <= bps <= 10_000 for _, bps in tiers):
        raise Refused("A rate lies between 0 and 100 per cent.", code="tiers", field="tiers")


@transactional
def change_product(*, product: Product, state: str, reason: str, by: Any, at: datetime) -> ProductChange:
    """Offer a product, withdraw it from sale or close it, and keep who, when and why.

    Refused: no reason, a way there is none of, offering one without terms, and closing one that still has accounts: a
    closed product has nothing that could move.
    """
    locked = Product.objects.select_for_update().get(pk=product.pk)
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    if state not in WAYS[locked.state]:
        raise Refused(f"The product is {locked.get_state_display().lower()}.", code="state", field="state")
    if state == State.OFFERED and not Terms.objects.filter(product=locked).exists():
        raise Refused(f"{locked.name} has no approved terms yet.", code="no_terms", field="state")
    over = {DepositAccount.State.CLOSED, DepositAccount.State.DECLINED}
    open_accounts = DepositAccount.objects.filter(product=locked).exclude(state__in=over).count()
    if state == State.CLOSED and open_accounts:
        raise Refused(f"{locked.name} still has {open_accounts} open accounts.", code="accounts", field="state")
    change = ProductChange.objects.create(
        product=locked, before=locked.state, after=state, reason=reason.strip(), at=at, by=by
    )
    locked.state = product.state = state
    locked.save(update_fields=["state"])
    return change
