"""A susu card with days on it, a payee and a standing order, for the places of the world."""

from __future__ import annotations

from typing import Any

from portal.base.keys import new_key
from portal.deposits import services
from portal.deposits.models import DepositAccount, Product
from portal.people.models import User
from tests.cast import NOW, TODAY, ghs
from tests.deposits.plans import susu_product

PRODUCT_CODE = "03"


def plan_product() -> Product:
    """The product that plans of the world are of."""
    return Product.objects.filter(code=PRODUCT_CODE).first() or susu_product(PRODUCT_CODE)


def plan_things(account: DepositAccount, user: User, payee: DepositAccount) -> dict[str, Any]:
    """Path arguments of what a customer plans, pays and orders."""
    done: dict[str, Any] = {"by": user, "at": NOW}
    plan = services.start_susu(
        customer=account.customer,
        product=plan_product(),
        stake=ghs("1.00"),
        branch=account.branch,
        key=new_key(),
        **done,
    )
    services.pay_susu_from(account=plan, source=account, amount=ghs("3.00"), key=new_key(), channel="online", **done)
    order = services.order_standing(
        source=account,
        target=payee,
        amount=ghs("5.00"),
        rhythm="monthly",
        first_on=TODAY,
        key=new_key(),
        **done,
    )
    saved = services.add_payee(customer=account.customer, account=payee, **done)
    return {"plan": plan.number, "order_id": order.pk, "payee_id": saved.pk}
