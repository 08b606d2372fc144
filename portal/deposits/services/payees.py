"""Whom somebody pays: looked up by number, which is written down and bounded, and saved to be paid again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal.audit.models import Event
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.deposits import limits
from portal.deposits.models import DepositAccount, Payee
from portal.deposits.models.products import BY_OWN_RULES
from portal.deposits.services.moving import refuse_immobile
from portal.people.models import Customer

LOOKED_UP = "payee looked up"
WITHIN = timedelta(minutes=10)
MOST_LOOK_UPS = 20
MOST_PAYEES = 100
COOLING_HOURS = 24
"""For how long a payee counts as new where no rule says otherwise."""


class TooManyLookUps(Refused):
    """More names asked for than a person pays: somebody may be collecting them."""

    code = "too_many"


def note_payee_lookup(*, number: str, by: Any, at: datetime) -> None:
    """Write down that somebody asks whose account a number is, found or not. Refused: the twenty-first in ten minutes."""
    asked = Event.objects.filter(actor=by.pk, verb=LOOKED_UP, at__gt=at - WITHIN).count()
    if asked >= MOST_LOOK_UPS:
        raise TooManyLookUps("You looked up many account numbers. Wait ten minutes and go on.", field="number")
    record(verb=LOOKED_UP, subject=number[:24], by=by, at=at)


@transactional
def add_payee(*, customer: Customer, account: DepositAccount, nickname: str = "", by: Any, at: datetime) -> Payee:
    """Save an account as a payee of a customer; for the hours the rule says it counts as new.

    One that is saved already is answered with. Refused: an account of one's own, one that takes no money, and the
    hundred-and-first.
    """
    if account.customer_id == customer.pk:
        raise Refused("This is your own account: it needs no saving.", code="own", field="number")
    refuse_immobile(account, field="number")
    if account.product.kind in BY_OWN_RULES:
        raise Refused("This account takes no transfers.", code="own_rules", field="number")
    known = Payee.objects.filter(customer=customer, removed_at=None).select_for_update()
    saved = {payee.account_id: payee for payee in known}
    if account.pk in saved:
        return saved[account.pk]
    if len(saved) >= MOST_PAYEES:
        raise Refused(f"At most {MOST_PAYEES} payees are saved. Remove one first.", code="many", field="number")
    rule = limits.new_payee_rule(account.currency, account.branch.business_date)
    hours = rule.cooling_hours if rule else COOLING_HOURS
    return Payee.objects.create(
        customer=customer,
        account=account,
        nickname=" ".join(nickname.split()),
        added_at=at,
        added_by=by,
        usable_from=at + timedelta(hours=hours),
    )


@transactional
def remove_payee(*, payee: Payee, by: Any, at: datetime) -> Payee:
    """Forget a payee. Saved again, it counts as new again. Doing it twice changes nothing."""
    if payee.removed_at is None:
        payee.removed_at, payee.removed_by = at, by
        payee.save(update_fields=["removed_at", "removed_by"])
    return payee
