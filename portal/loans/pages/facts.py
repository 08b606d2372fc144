"""What staff look at before they act on a loan: what a member can carry, what is there, what is owed, what is to be taken."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.base.money import Money
from portal.deposits.queries import accounts_of_customer, funds_of
from portal.ledger.models import Balance
from portal.loans import queries
from portal.loans.models import GuarantorAnswer, Loan, Paper, PaymentReversal
from portal.loans.offers import per_cent
from portal.loans.pages.shown import everyday_accounts, figures
from portal.loans.services.pledging import Pledge
from portal.loans.terms import fee_of

NEEDED = (Paper.Kind.INCOME,)
"""The kinds of documents that every application must have."""


def ticks(loan: Loan) -> list[tuple[str, str]]:
    """What belongs to an application, ticked off: its documents by kind, its guarantors, what secures it."""
    kinds = [paper.kind for paper in loan.papers.all()]
    named = list(loan.guarantors.all())
    said = [each.answer.outcome for each in named if hasattr(each, "answer")]
    told = [
        (Paper.Kind(kind).label, _tick(kinds.count(kind))) for kind in Paper.Kind if kind in kinds or kind in NEEDED
    ]
    if named or loan.terms.guarantors_min:
        accepted = said.count(GuarantorAnswer.Outcome.ACCEPTED)
        told.append(("Guarantors who accepted", f"{accepted} of {max(len(named), loan.terms.guarantors_min)}"))
    secured = Money(sum(item.value_minor for item in loan.collateral.all()), loan.currency)
    if secured or loan.terms.collateral_bps:
        needed = Money(loan.terms.collateral_bps * loan.amount_minor // 10_000, loan.currency)
        told.append(("Collateral", f"{secured} of {needed} needed" if needed else f"{secured}, none is needed"))
    return told


def _tick(count: int) -> str:
    return "– missing" if not count else "✔" if count == 1 else f"✔ {count}"


def capacity(loan: Loan) -> list[tuple[str, Any]]:
    """What an income leaves, what instalments take of it, and what lies in the member's accounts."""
    currency = loan.currency
    accounts = accounts_of_customer(loan.customer).filter(product__currency=currency)
    held = Balance.objects.filter(account__in=accounts.values("ledger_account"))
    savings = Money(sum(held.values_list("balance_minor", flat=True)), currency)
    instalment = Money(max(row.total_minor for row in queries.rows_ahead(loan)), currency)
    elsewhere = queries.instalments_elsewhere(loan.customer, currency, but=loan)
    facts: list[tuple[str, Any]] = [
        ("Instalment", instalment),
        ("Instalments of other loans here", elsewhere),
        ("Owed on other loans here", queries.owed_elsewhere(loan.customer, currency, but=loan)),
        ("Stands for loans of others", queries.stands_for(loan.customer, currency)),
        ("In the member's accounts", savings),
        ("Guaranteed by members", queries.accepted_guarantees(loan)),
        ("Collateral", Money(sum(item.value_minor for item in loan.collateral.all()), currency)),
    ]
    if loan.income_minor is None or loan.outgoings_minor is None:
        return facts
    free = Money(max(loan.income_minor - loan.outgoings_minor, 0), currency)
    most = Money(free.minor * loan.terms.affordable_bps // 10_000, currency)
    verdict = "fits" if instalment + elsewhere <= most else "is more than the product allows"
    return [
        ("Income", Money(loan.income_minor, currency)),
        ("Outgoings", Money(loan.outgoings_minor, currency)),
        ("Left each month", free),
        (f"Instalments may take {per_cent(loan.terms.affordable_bps)}", f"{most}: this {verdict}"),
        *facts,
    ]


def running_facts(loan: Loan) -> list[tuple[str, Any]]:
    """What whoever asks for a change of a running loan looks at: what is owed and what its instalments are."""
    told = figures(loan)
    if "lost" in told:
        return [("Written off", told["lost"]), ("Left to recover", told["to_recover"])]
    if not told:
        return []
    left = [line for line in told["lines"] if line.state != "paid"]
    return [
        ("Outstanding", told["outstanding"]),
        ("Due now", told["due"]),
        ("Settles it today", told["settlement"]),
        ("Instalments left", f"{len(left)}, the last of {left[-1].total} on {left[-1].due:%d %B %Y}" if left else "–"),
    ]


def charged_facts(loan: Loan) -> list[tuple[str, Any]]:
    """What whoever corrects a loan looks at: charges that are open, and what was paid too much."""
    if loan.ledger_account_id is None:
        return []
    held = loan.standing
    kinds = (("Penalties", held.penalty_minor), ("Fees", held.fee_minor), ("Paid too much", held.over_minor))
    return [(label, Money(minor, loan.currency)) for label, minor in kinds]


def paid_too_much(loan: Loan) -> Money | None:
    """What is to be given back to the member; None where nothing is."""
    over = loan.standing.over_minor if loan.ledger_account_id is not None else 0
    return Money(over, loan.currency) if over else None


def savings(loan: Loan) -> list[tuple[str, str]]:
    """The accounts that may be taken from for a loan: the member's own with what is free, guarantors' with what is held."""
    own = [
        (account.number, f"{account.name} …{account.last_four}: {funds_of(account).available}")
        for account in everyday_accounts(loan)
    ]
    held = [
        (answer.account.number, f"{answer.guarantor.customer} …{answer.account.last_four}: {left} held")
        for answer, hold in queries.standing_holds(loan)
        if answer.account and (left := Money(hold.remaining_minor, loan.currency))
    ]
    return [*own, *held]


def pledge_facts(pledges: Iterable[Pledge]) -> list[tuple[str, str]]:
    """Of each guarantor what would be held again, and what could not be."""
    told = []
    for pledge in pledges:
        account = pledge.answer.account
        last_four = f" …{account.last_four}" if account else ""
        text = f"{pledge.holdable} in all"
        if pledge.missing:
            text = (
                f"{pledge.holdable} of {pledge.wanted}: {pledge.missing} cannot be held, the account does not have it"
            )
        told.append((f"Held again of {pledge.answer.guarantor.customer}{last_four}", text))
    return told


def held_again_told(reversal: PaymentReversal) -> list[str]:
    """Of which guarantors less is held again than they stand for."""
    told = []
    for again in reversal.held_again.select_related("answer__guarantor__customer", "hold"):
        wanted = Money(again.wanted_minor, reversal.payment.loan.currency)
        held = Money(again.hold.amount_minor if again.hold else 0, wanted.currency)
        if held < wanted:
            told.append(f"{again.answer.guarantor.customer} stands for {wanted}: only {held} could be held again.")
    return told


def pay_out_facts(loan: Loan) -> list[tuple[str, Any]]:
    """What whoever pays a loan out looks at: the amount, what is kept back, what is left and where it goes."""
    fee, zero = fee_of(loan.terms, loan.amount), Money.zero(loan.currency)
    settles = loan.tops_up
    ends = Money(queries.settlement(settles, loan.branch.business_date).total, loan.currency) if settles else zero
    facts: list[tuple[str, Any]] = [
        ("Member", loan.customer.full_name),
        ("Amount", loan.amount),
        ("Rate a year", per_cent(loan.rate_bps)),
        ("Fee kept back", fee),
    ]
    ends_on = queries.offer_ends(loan)
    facts += [(f"Settles loan …{settles.last_four}", ends)] if settles else []
    return [
        *facts,
        ("The member receives", loan.amount - fee - ends),
        ("Into account", f"…{loan.pay_to.last_four}" if loan.pay_to else "–"),
        ("The offer stands until", f"{ends_on:%d %B %Y}" if ends_on else "–"),
        ("Accepted by the member", str(queries.acceptance_of(loan) or "Not yet")),
    ]
