"""From the wish for an account to the account: asked for by its customer or by staff, decided by somebody else where it must be."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused, Stale
from portal.deposits import queries
from portal.deposits.models import AccountApplication, AccountHolder, DepositAccount, Product
from portal.deposits.services.opening import open_account
from portal.deposits.services.states import change_state
from portal.institution.models import Branch
from portal.ledger.services.days import lock_day
from portal.live.services import announce
from portal.people.models import Customer

State = DepositAccount.State
EVERYDAY = frozenset({Product.Kind.SAVINGS, Product.Kind.CURRENT})
"""Kinds that are opened by an application; plans are opened with what belongs to them."""

WITHDRAWN = "Withdrawn by whoever asked"


@transactional
def apply_for_account(
    *,
    customer: Customer,
    product: Product,
    branch: Branch,
    purpose: str,
    others: tuple[Customer, ...] = (),
    mandate: str = DepositAccount.Mandate.ANY,
    by: Any,
    at: datetime,
) -> AccountApplication:
    """Ask for an account: it has its number from now on and moves nothing until it is approved.

    What staff ask for is approved at once unless the product's terms want a second person; what a customer asks for always
    waits. Refused: a product that is not offered or is no everyday account, no purpose, and what opening refuses.
    """
    product = Product.objects.select_for_update().get(pk=product.pk)
    if product.state != Product.State.OFFERED or product.kind not in EVERYDAY:
        raise Refused(f"{product.name} is not offered.", code="not_offered", field="product")
    if not purpose.strip():
        raise Refused("Say what the account is for.", code="purpose", field="purpose")
    account = open_account(customer=customer, product=product, branch=branch, by=by, at=at)
    lock_day(branch)
    account.state, account.mandate = State.APPLIED, mandate
    account.save(update_fields=["state", "mandate"])
    account.ledger_account.is_active = False
    account.ledger_account.save(update_fields=["is_active"])
    AccountHolder.objects.bulk_create(
        AccountHolder(account=account, customer=other, since=branch.business_date) for other in others
    )
    asked = AccountApplication.objects.create(account=account, purpose=purpose.strip(), asked_by=by, asked_at=at)
    terms = queries.terms_on(product, branch.business_date)
    if by.customer_id is None and not (terms and terms.opening_needs_approval):
        reason = "Opened by staff; the product asks for no second person"
        change_state(account=account, state=State.APPROVED, reason=reason, by=by, at=at)
        account.state = State.APPROVED
    return asked


@transactional
def decide_application(
    *, application: AccountApplication, accept: bool, reason: str, by: Any, at: datetime
) -> AccountApplication:
    """Approve or decline an account that was asked for. Approved, it takes money, and becomes active with the first.

    Refused: who asked for it, or whose it would be; one that was decided before (`Stale`); no reason for declining.
    """
    locked = (
        AccountApplication.objects.select_for_update(of=("self",))
        .select_related("account__customer")
        .get(pk=application.pk)
    )
    account = locked.account
    if locked.is_accepted is not None or account.state != State.APPLIED:
        raise Stale("Somebody has decided this meanwhile.", code="decided")
    if locked.asked_by_id == by.pk:
        raise Refused("Somebody else must decide what you asked for.", code="own_request")
    if by.email and account.customer.email.lower() == by.email.lower():
        raise Refused("A colleague must decide about your own account.", code="own_account")
    if not accept and not reason.strip():
        raise Refused("Say why not: the customer will read it.", code="reason", field="reason")
    locked.is_accepted, locked.reason, locked.decided_by, locked.decided_at = accept, reason.strip(), by, at
    locked.save(update_fields=["is_accepted", "reason", "decided_by", "decided_at"])
    state = State.APPROVED if accept else State.DECLINED
    change_state(account=account, state=state, reason=reason.strip() or "Application approved", by=by, at=at)
    announce(f"account:{account.number}")
    return locked


@transactional
def withdraw_application(*, application: AccountApplication, by: Any, at: datetime) -> AccountApplication:
    """Take back an account one asked for, while it waits: it is declined without anybody's decision.

    Refused: somebody else's application, and one that was decided before (`Stale`).
    """
    locked = AccountApplication.objects.select_for_update(of=("self",)).select_related("account").get(pk=application.pk)
    if locked.asked_by_id != by.pk:
        raise Refused("Only the person who asked can take this back.", code="not_yours")
    if locked.is_accepted is not None or locked.account.state != State.APPLIED:
        raise Stale("Somebody has decided this meanwhile.", code="decided")
    locked.is_accepted, locked.reason, locked.decided_at = False, WITHDRAWN, at
    locked.save(update_fields=["is_accepted", "reason", "decided_at"])
    change_state(account=locked.account, state=State.DECLINED, reason=WITHDRAWN, by=by, at=at)
    return locked
