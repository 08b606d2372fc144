"""Reading what services cost, and what an account was charged for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.shortcuts import get_object_or_404

from portal.access.capabilities import Capability
from portal.base.differences import differing
from portal.base.money import Money
from portal.base.remembered import remembered
from portal.deposits import queries
from portal.deposits.models import ChargeKind, DepositAccount, Product, ServiceCharge, TakenCharge
from portal.deposits.models.products import BY_OWN_RULES
from portal.ledger import chart
from portal.ledger import queries as books
from portal.ledger.models import Posting, Side

INCOME = {
    ChargeKind.OVERDRAFT: chart.INTEREST_INCOME,
    ChargeKind.ADJUSTMENT: chart.INTEREST_EXPENSE,
}
"""Where a charge goes in the branch's books; every other is a fee earned."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one service would cost now, by which charge; None where none is set up."""

    amount: Money
    charge: ServiceCharge | None = None


def charge_on(product: Product, kind: str, day: date) -> ServiceCharge | None:
    """What holds for a product on a day: its own latest charge of the kind, else its currency's."""
    own_first = Case(When(product=None, then=Value(1)), default=Value(0), output_field=IntegerField())
    return (
        ServiceCharge.objects.filter(Q(product=product) | Q(product=None), kind=kind, currency=product.currency)
        .filter(effective_from__lte=day)
        .order_by(own_first, "-effective_from")
        .first()
    )


def cost_of(
    account: DepositAccount, kind: str, day: date, amount: Money | None = None, *, again: tuple[str, str] | None = None
) -> Cost:
    """What a service costs this account on a day; `amount` is what is moved, where it is charged by share.

    The same figure is shown before and charged after. A product's terms name its withdrawal fee where no charge does. With
    the scope and key of an entry posted before (`again`) it is what was charged then, so that a repeat is the same entry.
    """
    charge = charge_on(account.product, kind, day)
    if charge is None:
        fee = queries.withdrawal_fee(account, day) if kind == ChargeKind.WITHDRAWAL else Money.zero(account.currency)
        return Cost(fee)
    if charge.free_a_month:
        entry = books.entry_by_key(scope=again[0], key=again[1]) if again else None
        if entry is not None:
            return Cost(_charged_with(entry.pk, account), charge)
        if _had(account, kind, day) < charge.free_a_month:
            return Cost(Money.zero(account.currency), charge)
    return Cost(Money(price(charge, amount.minor if amount else 0), account.currency), charge)


def service_cost(account: DepositAccount, kind: str) -> Cost:
    """What a service that moves no money costs an account today. Nothing where its money moves by rules of its own, and
    where the account is shut: neither can pay.
    """
    if account.product.kind in BY_OWN_RULES or not account.ledger_account.is_active:
        return Cost(Money.zero(account.currency))
    return cost_of(account, kind, account.branch.business_date)


def transfer_cost(
    source: DepositAccount, target: DepositAccount, amount: Money, key: tuple[str, str] | None = None
) -> Cost:
    """What sending costs: nothing between accounts of one owner, and no question asked while nobody set up a charge."""
    if source.customer_id == target.customer_id or not _transfers_may_cost(source.currency):
        return Cost(Money.zero(source.currency))
    return cost_of(source, ChargeKind.TRANSFER, source.branch.business_date, amount, again=key)


@remembered
def _transfers_may_cost(currency: str) -> bool:
    """Whether there ever was a charge for transfers. One set up now begins tomorrow at the earliest."""
    return ServiceCharge.objects.filter(kind=ChargeKind.TRANSFER, currency=currency).exists()


def _charged_with(entry_id: UUID, account: DepositAccount) -> Money:
    """What an entry took for a service."""
    income = Posting.objects.filter(entry_id=entry_id, account__code=chart.FEE_INCOME, side=Side.CREDIT)
    return Money(income.aggregate(total=Sum("amount_minor"))["total"] or 0, account.currency)


def price(charge: ServiceCharge, moved_minor: int) -> int:
    """The fixed amount plus the share of what is moved, in minor units, half to even; between the least and the most."""
    share, rest = divmod(moved_minor * charge.percent_bps, 10_000)
    share += rest > 5_000 or (rest == 5_000 and share % 2 == 1)
    asked = max(charge.amount_minor + share, charge.least_minor)
    return asked if charge.most_minor is None else min(asked, charge.most_minor)


def _had(account: DepositAccount, kind: str, day: date) -> int:
    """How often the account had this service in the month of a day."""
    return TakenCharge.objects.filter(
        account=account, kind=kind, used_on__gte=day.replace(day=1), used_on__lte=day
    ).count()


def charges_set_up() -> QuerySet[ServiceCharge]:
    """Every charge there was, is and will be: by kind and product, the newest first."""
    return ServiceCharge.objects.select_related("product", "made_by", "approved_by").order_by(
        "kind", F("product__code").asc(nulls_first=True), "-effective_from"
    )


def in_force(day: date | None) -> list[tuple[ServiceCharge, str]]:
    """What each service costs on a day, in words; what costs nothing is left out."""
    held: dict[tuple[str, int | None, str], ServiceCharge] = {}
    for charge in ServiceCharge.objects.filter(effective_from__lte=day).select_related("product") if day else ():
        key = (charge.kind, charge.product_id, charge.currency)
        if key not in held or held[key].effective_from < charge.effective_from:
            held[key] = charge
    return [(charge, price_told(charge)) for charge in held.values() if charge.amount_minor or charge.percent_bps]


def prices_told(kind: str, day: date | None) -> list[str]:
    """What a service costs on a day, for each product that has a charge of its own and for all others; nothing when free."""
    found = [(charge, text) for charge, text in in_force(day) if charge.kind == kind]
    return [f"{text} ({charge.product.name})" if charge.product else text for charge, text in found]


def price_told(charge: ServiceCharge) -> str:
    """A charge in one line, without what is nothing."""
    facts = told(charge)
    nothing = {"–", "0", "0.00 %", str(Money.zero(charge.currency))}
    said = [f"{label.lower()} {text}" for label, text in facts.items() if label != "Amount" and text not in nothing]
    amount = [facts["Amount"]] if charge.amount_minor else []
    return ", ".join(amount + said) or "Nothing"


def charges_of(account: DepositAccount) -> QuerySet[TakenCharge]:
    """What an account was charged for, newest first; what was free is left out."""
    taken = TakenCharge.objects.filter(account=account).exclude(state=TakenCharge.State.FREE)
    return taken.select_related("entry", "waiver__by")


def taken_charge_for(user: Any, pk: int) -> TakenCharge:
    """A charge of an account within the user's reach for waiving; 404 for every other."""
    reach = queries.accounts_visible_to(user, Capability.CHARGE_WAIVE)
    return get_object_or_404(
        TakenCharge.objects.select_related("account__product", "account__branch"), pk=pk, account__in=reach
    )


def due_total(account: DepositAccount) -> Money:
    """What an account still owes in charges."""
    due = TakenCharge.objects.filter(account=account, state=TakenCharge.State.DUE).aggregate(total=Sum("amount_minor"))
    return Money(due["total"] or 0, account.currency)


def _latest_before(kind: str, product: Product | None, currency: str, day: date) -> ServiceCharge | None:
    """The charge of the same kind and product that begins before a day, at the latest."""
    same = ServiceCharge.objects.filter(kind=kind, product=product, currency=currency, effective_from__lt=day)
    return same.order_by("-effective_from").first()


def held_before(kind: str, product: Product | None, currency: str, day: date) -> ServiceCharge | None:
    """What a proposed charge would take the place of: the product's own, else what holds for every product."""
    own = _latest_before(kind, product, currency, day) if product else None
    return own or _latest_before(kind, None, currency, day)


def changed(held: ServiceCharge | None, asked: ServiceCharge) -> list[tuple[str, str, str]]:
    """What a proposed charge would change, figure by figure: what it is called, was and would be."""
    return differing(told(held) if held else {}, told(asked))


def told(charge: ServiceCharge) -> dict[str, str]:
    """A charge in words: what each of its figures is called, and what it is."""
    most = "–" if charge.most_minor is None else str(Money(charge.most_minor, charge.currency))
    said = {
        "Amount": str(Money(charge.amount_minor, charge.currency)),
        "Share of what is moved": f"{Decimal(charge.percent_bps) / 100:.2f} %",
        "At least": str(Money(charge.least_minor, charge.currency)),
        "At most": most,
        "Free each month": str(charge.free_a_month),
    }
    if charge.kind == ChargeKind.MINIMUM_BALANCE:
        said["Below a balance of"] = str(Money(charge.threshold_minor, charge.currency))
    return said
