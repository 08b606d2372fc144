"""Fixed deposits: placing one, saying what becomes of it, its maturity, breaking it early, the notice before."""

from __future__ import annotations

import logging
from datetime import date, datetime
from typing import Any

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits import fixed, queries
from portal.deposits.models import DepositAccount, FixedEnding, FixedInstruction, FixedTerm, Instruction, Product
from portal.deposits.services.moving import GIVES_NOTHING, IMMOBILE, moved
from portal.deposits.services.plans import money_from, open_plan, post_plan, refuse_payout_to, refuse_taking_out
from portal.institution.models import Branch
from portal.ledger import chart
from portal.ledger.models import EntryKind
from portal.ledger.queries import entry_by_key, scope_of
from portal.ledger.services import NewEntry, Posted, credit, debit, post
from portal.notifications.services import notify
from portal.people.models import Customer

logger = logging.getLogger(__name__)


@transactional
def place_fixed(
    *,
    customer: Customer,
    product: Product,
    source: DepositAccount,
    amount: Money,
    months: int,
    instruction: str,
    pay_to: DepositAccount,
    key: str,
    channel: str,
    by: Any,
    at: datetime,
) -> FixedTerm:
    """Put an amount from an everyday account away for a term, at the rate the chart has today. Once for each key.

    Refused: a product that is none on offer, an amount or a term the chart has no rate for, and like a transfer.
    """
    entry = entry_by_key(scope=scope_of(by), key=key)
    if entry is not None:
        return FixedTerm.objects.get(number=1, account__ledger_account__postings__entry=entry)
    branch = source.branch
    offered = fixed.offer_or_refuse(product, amount, months, branch.business_date)
    account = open_plan(customer=customer, product=product, kind=Product.Kind.FIXED, branch=branch, by=by, at=at)
    instruct_fixed(account=account, instruction=instruction, pay_to=pay_to, by=by, at=at)
    term = _begin(account, offered, number=1)
    post_plan(
        kind=EntryKind.TRANSFER,
        account=account,
        lines=[money_from(source, account, amount, by=by), credit(account.ledger_account, amount)],
        key=key,
        memo=f"Fixed deposit, {months} months",
        channel=channel,
        others=[source],
        by=by,
        at=at,
    )
    return term


@transactional
def instruct_fixed(
    *, account: DepositAccount, instruction: str, pay_to: DepositAccount, by: Any, at: datetime
) -> FixedInstruction:
    """Say what becomes of a deposit when it matures; the newest counts. Refused: an account that cannot take the money."""
    if instruction not in Instruction.values:
        raise Refused("Choose what is to be done.", code="instruction", field="instruction")
    refuse_payout_to(pay_to, account)
    return FixedInstruction.objects.create(account=account, instruction=instruction, pay_to=pay_to, at=at, by=by)


@transactional
def break_fixed(*, account: DepositAccount, target: DepositAccount, channel: str, by: Any, at: datetime) -> FixedEnding:
    """End a deposit before its day and pay it out with the lower interest its terms give then.

    Asked twice it answers with the first ending. Refused: one that matures today or has ended otherwise.
    """
    refuse_payout_to(target, account)
    day = account.branch.business_date
    term = FixedTerm.objects.select_for_update(of=("self",)).filter(account=account).order_by("-number").first()
    if term is None:
        raise Refused("This is no fixed deposit.", code="no_term")
    ending = FixedEnding.objects.filter(term=term).first()
    if ending is not None and ending.outcome == FixedEnding.Outcome.BROKEN:
        return ending
    if ending is not None or day >= term.matures_on:
        raise Refused("This deposit has matured: it is paid out as instructed.", code="matured")
    refuse_taking_out(account, by)
    term.account = account
    interest, tax = _post_interest(term, fixed.early_value(term, day), day, at)
    amount = term.principal + interest - tax
    posted = _pay_out(term, amount, target, channel=channel, memo="Fixed deposit broken early", by=by, at=at)
    return _end(term, FixedEnding.Outcome.BROKEN, day, interest, tax, amount, posted, by=by, at=at)


@transactional
def end_fixed(
    *, account: DepositAccount, target: DepositAccount, key: str, channel: str, by: Any, at: datetime
) -> FixedEnding | Posted:
    """Break a running deposit, or pay out what lies in one that has matured. Refused like `break_fixed` and
    `pay_out_matured`.
    """
    if fixed.running_term(account) is not None:
        return break_fixed(account=account, target=target, channel=channel, by=by, at=at)
    return pay_out_matured(account=account, target=target, key=key, by=by, at=at)


def mature_fixed(*, branch: Branch, at: datetime) -> int:
    """End every term of a branch that has matured by its open day, as instructed; returns how many.

    Each in a transaction of its own, once, whoever is killed or runs beside it. What cannot be ended now (a frozen
    account) waits for a later run; what a blocked or dormant one would pay out stays in it.
    """
    ended = 0
    for term_id in fixed.maturing(branch.pk, branch.business_date):
        try:
            ended += _mature(term_id=term_id, at=at)
        except Refused as refusal:
            logger.info("Term %s waits: %s", term_id, refusal.message)
    return ended


@transactional
def _mature(*, term_id: int, at: datetime) -> bool:
    """End one term; False when somebody else is at it or was."""
    term = FixedTerm.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=term_id).first()
    if term is None or FixedEnding.objects.filter(term=term).exists():
        return False
    account = DepositAccount.objects.select_related("product", "branch", "customer", "ledger_account").get(
        pk=term.account_id
    )
    term.account = account
    day = account.branch.business_date
    interest, tax = _post_interest(term, fixed.at_maturity(term), day, at)
    out, rolled = _split(term, interest - tax)
    posted = None
    wanted = fixed.instruction_of(account)
    is_giving = account.state not in GIVES_NOTHING
    if out and is_giving and wanted is not None and wanted.pay_to.state not in IMMOBILE:
        posted = _pay_out(term, out, wanted.pay_to, channel="system", memo="Fixed deposit matured", by=None, at=at)
    paid = out if posted else Money.zero(out.currency)
    _end(term, FixedEnding.Outcome.MATURED, day, interest, tax, paid, posted, by=None, at=at)
    if rolled is not None:
        _begin(account, rolled, number=term.number + 1)
    return True


@transactional
def pay_out_matured(*, account: DepositAccount, target: DepositAccount, key: str, by: Any, at: datetime) -> Posted:
    """Pay out what lies in a deposit that has matured and was not rolled over, where its owner says.

    Refused: a deposit with a running term, and an empty one.
    """
    refuse_payout_to(target, account)
    if fixed.running_term(account) is not None:
        raise Refused("This deposit has not matured yet.", code="running")
    amount = queries.funds_of(account).available
    known = entry_by_key(scope=scope_of(by), key=key)
    if known is not None:
        return Posted(known.pk, known.reference, known.business_date, replayed=True)
    if not amount:
        raise Refused("There is nothing in this deposit.", code="empty")
    refuse_taking_out(account, by)
    return post_plan(
        kind=EntryKind.SETTLEMENT,
        account=account,
        lines=[debit(account.ledger_account, amount), credit(target.ledger_account, amount)],
        key=key,
        memo="Fixed deposit paid out",
        channel="online",
        others=[target],
        by=by,
        at=at,
    )


def notice_maturities(*, branch: Branch, at: datetime) -> int:
    """Tell owners by mail that their deposit matures soon, once a term; returns how many were told."""
    told = 0
    for term in fixed.to_notice(branch.pk, branch.business_date):
        told += _notice(term=term, at=at)
    return told


@transactional
def _notice(*, term: FixedTerm, at: datetime) -> bool:
    fresh = FixedTerm.objects.filter(pk=term.pk, noticed_at=None).update(noticed_at=at)
    if fresh:
        wanted = fixed.instruction_of(term.account)
        context = {
            "account": f"…{term.account.last_four}",
            "amount": str(term.principal),
            "due": f"{term.matures_on:%d %B %Y}",
            "instruction": wanted.get_instruction_display().lower() if wanted else "wait for your word",
        }
        notify(kind="fixed.matures", person=term.account.customer, context=context, key=str(term.pk), by=None, at=at)
    return bool(fresh)


def _begin(account: DepositAccount, offered: fixed.Offer, *, number: int) -> FixedTerm:
    known = fixed.fixed_terms(account.product, offered.starts_on)
    if known is None:
        raise Refused("This product has no rate chart yet. Choose another, or ask your branch.", code="no_rate")
    return FixedTerm.objects.create(
        account=account,
        number=number,
        principal_minor=offered.principal.minor,
        starts_on=offered.starts_on,
        matures_on=offered.matures_on,
        months=offered.months,
        rate_bps=offered.rate_bps,
        early_rate_bps=min(known.early_rate_bps, offered.rate_bps),
        day_count=known.terms.day_count,
    )


def _post_interest(term: FixedTerm, gross: Money, day: date, at: datetime) -> tuple[Money, Money]:
    """Credit a term's interest less the tax kept back of it; returns both."""
    tax = fixed.tax_on(gross, queries.terms_on(term.account.product, day))
    if not gross:
        return gross, tax
    branch = term.account.branch_id
    lines = [debit(chart.branch_account(branch, chart.INTEREST_EXPENSE), gross)]
    lines += [credit(term.account.ledger_account, gross - tax)] if gross - tax else []
    lines += [credit(chart.branch_account(branch, chart.TAX_PAYABLE), tax)] if tax else []
    entry = NewEntry(
        kind=EntryKind.INTEREST_CREDIT,
        branch=term.account.branch,
        lines=lines,
        key=f"fixed:{term.pk}:interest",
        memo="Interest of the fixed deposit",
        channel="system",
    )
    moved(post(entry, by=None, at=at), term.account)
    return gross, tax


def _split(term: FixedTerm, net: Money) -> tuple[Money, fixed.Offer | None]:
    """What is paid out, and what begins anew, on the day of maturity however late the branch opened a day for it. Where
    the chart has no rate any more, everything is paid out.
    """
    wanted = fixed.instruction_of(term.account)
    choice = wanted.instruction if wanted else Instruction.PAY_OUT
    kept = term.principal + net if choice == Instruction.ROLL_ALL else term.principal
    offered = (
        None if choice == Instruction.PAY_OUT else fixed.offer(term.account.product, kept, term.months, term.matures_on)
    )
    if offered is None:
        return term.principal + net, None
    return term.principal + net - kept, offered


def _pay_out(
    term: FixedTerm, amount: Money, target: DepositAccount, *, channel: str, memo: str, by: Any, at: datetime
) -> Posted:
    return post_plan(
        kind=EntryKind.SETTLEMENT,
        account=term.account,
        lines=[debit(term.account.ledger_account, amount), credit(target.ledger_account, amount)],
        key=f"fixed:{term.pk}:out",
        memo=memo,
        channel=channel,
        others=[target],
        by=by,
        at=at,
    )


def _end(
    term: FixedTerm,
    outcome: FixedEnding.Outcome,
    day: date,
    interest: Money,
    tax: Money,
    paid_out: Money,
    posted: Posted | None,
    *,
    by: Any,
    at: datetime,
) -> FixedEnding:
    return FixedEnding.objects.create(
        term=term,
        outcome=outcome,
        ended_on=day,
        interest_minor=interest.minor,
        tax_minor=tax.minor,
        paid_out_minor=paid_out.minor,
        entry_id=posted.entry_id if posted else None,
        at=at,
        by=by,
    )
