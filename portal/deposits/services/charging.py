"""The one place where accounts are charged: for a service at once, for a month by the worker; and where a charge is waived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import queries
from portal.deposits.charges import INCOME, Cost, service_cost
from portal.deposits.models import ChargeKind, ChargeWaiver, DepositAccount, Product, ServiceCharge, TakenCharge
from portal.deposits.models.products import BY_OWN_RULES
from portal.ledger import chart
from portal.ledger.errors import InsufficientFunds, refusal_for
from portal.ledger.models import EntryKind
from portal.ledger.services import Line, NewEntry, Posted, credit, debit, post
from portal.live.services import announce

BATCH = 2_000
_COLLECTORS_LOCK = 7023


@transactional
def set_charge(
    *,
    kind: str,
    product: Product | None,
    currency: str,
    since: date,
    values: Mapping[str, Any],
    by: Any,
    approved_by: Any,
    at: datetime,
) -> ServiceCharge:
    """Let a service cost something else from a day on; `values` are the charge's own columns, amounts in minor units.

    Refuses what `check_charge` refuses.
    """
    check_charge(kind=kind, product=product, currency=currency, since=since, values=values)
    return ServiceCharge.objects.create(
        kind=kind,
        product=product,
        currency=currency,
        effective_from=since,
        made_at=at,
        made_by=by,
        approved_by=approved_by,
        **values,
    )


def check_charge(*, kind: str, product: Product | None, currency: str, since: date, values: Mapping[str, Any]) -> None:
    """Refuse a day on which another charge of the same kind and product begins, no reason, and a charge on accounts whose
    money moves by their own rules.
    """
    if not values["reason"].strip():
        raise Refused("Say why.", code="reason", field="reason")
    if product is not None and product.kind in BY_OWN_RULES:
        word = product.get_kind_display().lower()
        message = f"Accounts of {word} move by their own rules: say what they cost in their terms."
        raise Refused(message, code="own_rules", field="product")
    same = ServiceCharge.objects.filter(kind=kind, product=product, currency=currency, effective_from=since)
    if same.exists():
        message = f"Another charge of this kind begins on {since:%d %B %Y}. Choose another day."
        raise Refused(message, code="overlap", field="effective_from")


def fee_lines(account: DepositAccount, fee: Money) -> list[Line]:
    """The lines of an entry that take a fee from an account; none when there is none."""
    income = chart.branch_account(account.branch_id, chart.FEE_INCOME)
    return [debit(account.ledger_account, fee), credit(income, fee)] if fee else []


def keep_cost(account: DepositAccount, kind: str, cost: Cost, day: date, *, entry_id: UUID, at: datetime) -> None:
    """Write down what was charged with an entry, or that it was one of the free ones; nothing without a charge set up."""
    if cost.charge is None or (not cost.amount and not cost.charge.free_a_month):
        return
    TakenCharge.objects.create(
        account=account,
        kind=kind,
        charge=cost.charge,
        used_on=day,
        amount_minor=cost.amount.minor,
        memo=ChargeKind(kind).label,
        state=TakenCharge.State.TAKEN if cost.amount else TakenCharge.State.FREE,
        entry_id=entry_id if cost.amount else None,
        made_at=at,
    )


@transactional
def charge_service(*, account: DepositAccount, kind: str, key: str, by: Any, at: datetime) -> Posted | None:
    """Charge for a service that moves no money itself, like a certificate, what `charges.service_cost` shows before.

    None when it is free. Called once for each service: one of the month's free ones is counted at every call. Refused: too
    little money.
    """
    day = account.branch.business_date
    cost = service_cost(account, kind)
    if not cost.amount:
        if cost.charge and cost.charge.free_a_month:
            _count_free(account, kind, cost.charge, day, at)
        return None
    lines, memo = fee_lines(account, cost.amount), ChargeKind(kind).label
    entry = NewEntry(kind=EntryKind.FEE, branch=account.branch, lines=lines, key=key, memo=memo)
    try:
        posted = post(entry, by=by, at=at)
    except InsufficientFunds as refusal:
        message = f"This costs {cost.amount}, and the account does not hold as much. Nothing was posted."
        raise Refused(message, code="insufficient_funds") from refusal
    if not posted.replayed:
        keep_cost(account, kind, cost, day, entry_id=posted.entry_id, at=at)
        announce(f"account:{account.number}")
    return posted


def _count_free(account: DepositAccount, kind: str, charge: ServiceCharge, day: date, at: datetime) -> None:
    TakenCharge.objects.create(
        account=account,
        kind=kind,
        charge=charge,
        used_on=day,
        amount_minor=0,
        memo=ChargeKind(kind).label,
        state=TakenCharge.State.FREE,
        made_at=at,
    )


@transactional
def charge_month(*, month_end: date, at: datetime) -> int:
    """Write down the month's fees and overdraft interest of every account whose branch left the month behind; how many.

    Nothing moves yet. Run again, or twice at once, it writes nothing more. Refused: a day that ends no month.
    """
    start, end = queries.month_of(month_end)
    if end != month_end:
        raise Refused("Charges are made for whole calendar months.", code="period")
    values: dict[str, Any] = {"start": start, "end": end, "month": f"{end:%B %Y}", "at": at}
    written = 0
    with connection.cursor() as cursor:
        for name in ("charges_monthly", "charges_overdraft"):
            cursor.execute(queries.sql(name), values)
            written += cursor.rowcount
    return written


def collect_charges(*, at: datetime, batch: int = BATCH) -> int:
    """Take what is due from every account that holds enough; how many were taken. Batch by batch, each a transaction.

    Run again it takes only what is still due. What an account cannot pay stays due.
    """
    after: int | None = 0
    taken = 0
    while after is not None:
        try:
            last, done = _collect(after, batch, at=at)
        except InsufficientFunds:
            last, done = _collect_singly(after, batch, at=at)
        after, taken = last, taken + done
    return taken


def _collect_singly(after: int, most: int, *, at: datetime) -> tuple[int | None, int]:
    """The same, charge by charge: somebody took money out while a whole batch was being worked out."""
    last, taken = after, 0
    for pk in list(
        TakenCharge.objects.filter(state=TakenCharge.State.DUE, pk__gt=after)
        .order_by("pk")
        .values_list("pk", flat=True)[:most]
    ):
        last = pk
        try:
            taken += _collect(pk - 1, 1, at=at)[1]
        except InsufficientFunds:
            continue
    return (last if last > after else None), taken


@transactional
def _collect(after: int, most: int, *, at: datetime) -> tuple[int | None, int]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_COLLECTORS_LOCK])
            cursor.execute(queries.sql("charges_collect"), {"after": after, "most": most, "at": at})
            last, taken = cursor.fetchone()
    except DatabaseError as error:
        refusal = refusal_for(error)
        if refusal is None:
            raise
        raise refusal from error
    return last, taken


@transactional
def waive_charge(*, taken: TakenCharge, reason: str, by: Any, at: datetime) -> ChargeWaiver:
    """Let a due charge go, or give one back that was taken: into the account, out of the income it went to.

    Refused: no reason, what was waived before, and an account that does not move when something must be given back.
    """
    if not reason.strip():
        raise Refused("Say why.", code="reason", field="reason")
    locked = (
        TakenCharge.objects.select_for_update(of=("self",))
        .select_related("account__product", "account__branch")
        .get(pk=taken.pk)
    )
    if locked.state == TakenCharge.State.DUE:
        locked.state, entry_id = TakenCharge.State.WAIVED, None
    elif locked.state == TakenCharge.State.TAKEN:
        locked.state, entry_id = TakenCharge.State.GIVEN_BACK, _give_back(locked, reason, by=by, at=at).entry_id
    else:
        raise Refused(f"This charge is {locked.get_state_display().lower()} already.", code="state")
    locked.save(update_fields=["state"])
    announce(f"account:{locked.account.number}")
    return ChargeWaiver.objects.create(taken=locked, entry_id=entry_id, reason=reason.strip(), at=at, by=by)


def _give_back(taken: TakenCharge, reason: str, *, by: Any, at: datetime) -> Posted:
    account, amount = taken.account, Money(taken.amount_minor, taken.account.currency)
    income = chart.branch_account(account.branch_id, INCOME.get(ChargeKind(taken.kind), chart.FEE_INCOME))
    entry = NewEntry(
        kind=EntryKind.FEE,
        branch=account.branch,
        lines=[debit(income, amount), credit(account.ledger_account, amount)],
        key=f"waiver:{taken.pk}",
        memo=f"Given back: {taken.memo}. {reason.strip()}",
    )
    return post(entry, by=by, at=at)
