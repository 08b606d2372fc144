"""Reading loans, each within what the reader may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, Sum
from django.shortcuts import get_object_or_404

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.approvals.models import Request
from portal.base.money import Money
from portal.base.prepared import prepared_query
from portal.deposits.models import DepositAccount
from portal.deposits.models.products import BY_OWN_RULES
from portal.deposits.queries import accounts_of_customer
from portal.deposits.services.moving import IMMOBILE
from portal.institution.queries import latest_business_date
from portal.ledger.models import Balance, Hold
from portal.loans.allocation import Parts, Position
from portal.loans.models import (
    LIVE,
    OPEN,
    Acceptance,
    Collecting,
    Condition,
    Guarantor,
    GuarantorAnswer,
    Loan,
    LoanProduct,
    LoanTerms,
    Payment,
    Schedule,
    ScheduleRow,
    Standing,
    StateChange,
    Version,
)
from portal.loans.schedules import Row
from portal.loans.terms import fee_of, planned, schedule_terms
from portal.people.models import Customer

_RELATED = ("product", "terms", "customer", "branch", "ledger_account", "standing__schedule", "pay_to__product")


def loans_visible_to(user: Any, capability: Capability = Capability.LOAN_VIEW) -> QuerySet[Loan]:
    """The loans and applications this user's capability reaches. A draft is its applicant's and its branch's."""
    reach, loans = _reach(user, capability), Loan.objects.select_related(*_RELATED)
    return loans.none() if reach is None else loans.filter(**reach)


def _reach(user: Any, capability: Capability) -> dict[str, int] | None:
    """What a loan within this user's reach has; None where no loan is."""
    scope = scope_of(user, capability)
    if scope is Scope.ALL:
        return {}
    if scope is Scope.BRANCH and user.branch_id is not None:
        return {"branch": user.branch_id}
    if scope is Scope.OWN and user.customer_id is not None:
        return {"customer": user.customer_id}
    return None


def loan_for(user: Any, number: str, capability: Capability = Capability.LOAN_VIEW) -> Loan:
    """One loan within the user's reach; 404 for every other, whether it exists or not."""
    return get_object_or_404(loans_visible_to(user, capability), number=number)


def narrowed(loans: QuerySet[Loan], *, state: str = "", text: str = "") -> QuerySet[Loan]:
    """Loans in a state whose number, member or member number begins with a text."""
    if state:
        loans = loans.filter(state=state)
    words = text.replace(" ", "") if text.replace(" ", "").isdigit() else text.strip()
    if words:
        named = Q(customer__full_name__icontains=words) | Q(customer__number=words) | Q(number__endswith=words)
        loans = loans.filter(named)
    return loans


def conditions_of(loan: Loan) -> QuerySet[Condition]:
    """What must be fulfilled before a loan is paid out, with who saw that it is."""
    return Condition.objects.filter(decision__loan=loan).select_related("met__by")


def may_listen(user: Any, number: str) -> bool:
    """Whether an open page of this user may be told that the loan changed."""
    return loans_visible_to(user).filter(number=number).exists()


def loan_by_number(number: str) -> Loan | None:
    """Any loan by its number, whoever asks: for acts, and for a cashier who is given the number."""
    return Loan.objects.select_related(*_RELATED).filter(number=number).first()


def inbox_visible_to(user: Any) -> QuerySet[Loan]:
    """The applications that wait for staff, the oldest first."""
    waiting = (Loan.State.SUBMITTED, Loan.State.REVIEW, Loan.State.APPROVED)
    return loans_visible_to(user, Capability.LOAN_REVIEW).filter(state__in=waiting).order_by("asked_on", "number")


def inbox_narrowed(
    waiting: QuerySet[Loan], *, today: date, product: LoanProduct | None, least: Money | None, age_days: int
) -> QuerySet[Loan]:
    """Applications of a product, from an amount on, asked for at least so many days ago."""
    if product is not None:
        waiting = waiting.filter(product=product)
    if least is not None:
        waiting = waiting.filter(amount_minor__gte=least.minor)
    return waiting.filter(asked_on__lte=today - timedelta(days=age_days)) if age_days else waiting


def guarantees_of(user: Any) -> QuerySet[Guarantor]:
    """What this user, as a member, was asked to stand for."""
    asked = Guarantor.objects.select_related("loan__product", "loan__customer", "answer__hold", "answer__account")
    asked = asked.prefetch_related("answer__held_again__hold")
    if scope_of(user, Capability.LOAN_GUARANTEE) is not Scope.OWN or user.customer_id is None:
        return asked.none()
    return asked.filter(customer=user.customer_id).exclude(loan__state=Loan.State.DRAFT).order_by("-pk")


def accepted_answers(loan: Loan) -> QuerySet[GuarantorAnswer]:
    """What guarantors of a loan accepted, each with the account and the holds that stand for it."""
    related = ("account__product", "account__ledger_account", "hold__account", "guarantor__customer", "guarantor__loan")
    found = GuarantorAnswer.objects.filter(guarantor__loan=loan, outcome=GuarantorAnswer.Outcome.ACCEPTED)
    return found.select_related(*related).prefetch_related("held_again__hold__account").order_by("pk")


def standing_holds(loan: Loan) -> list[tuple[GuarantorAnswer, Hold]]:
    """The holds on guarantors' savings that still hold something, each with the answer it stands for."""
    found = ((answer, answer.standing_hold) for answer in accepted_answers(loan))
    return [(answer, hold) for answer, hold in found if hold is not None and hold.remaining_minor]


def guarantee_for(user: Any, pk: int) -> Guarantor:
    """One such request; 404 for everybody else's."""
    return get_object_or_404(guarantees_of(user), pk=pk)


def products_offered() -> list[tuple[LoanProduct, LoanTerms]]:
    """What may be applied for today, each with the terms that hold."""
    day = latest_business_date()
    offered = LoanProduct.objects.filter(state=LoanProduct.State.OFFERED)
    found = [(product, terms_on(product, day)) for product in offered]
    return [(product, terms) for product, terms in found if terms is not None]


def terms_on(product: LoanProduct, day: date) -> LoanTerms | None:
    """The terms that hold on a day; None before the product's first."""
    terms = LoanTerms.objects.filter(product=product, effective_from__lte=day).order_by("-effective_from")
    return terms.prefetch_related("ladder").first()


def rows_of(schedule: Schedule) -> list[Row]:
    """The rows of one schedule."""
    return [row_of(row) for row in ScheduleRow.objects.filter(schedule=schedule).order_by("number")]


def row_of(row: ScheduleRow) -> Row:
    return Row(
        number=row.number,
        starts=row.starts,
        earns_from=row.earns_from,
        due=row.due,
        principal_minor=row.principal_minor,
        interest_minor=row.interest_minor,
        earned_minor=row.earned_minor,
        balance_minor=row.balance_minor,
    )


def standing_of(loan: Loan) -> Standing:
    """Where a loan stands, read afresh."""
    return Standing.objects.select_related("schedule").get(pk=loan.pk)


def position_of(loan: Loan, standing: Standing | None = None) -> Position:
    """Where a loan stands, as payments are worked out from it."""
    held = standing or standing_of(loan)
    return _position(loan, held, rows_of(held.schedule), outstanding(loan).minor)


def _position(loan: Loan, held: Standing, rows: list[Row], balance_minor: int) -> Position:
    return Position(
        terms=schedule_terms(loan.terms, rate_bps=held.schedule.rate_bps, instalments=max(len(rows), 1)),
        rows=rows,
        balance=balance_minor,
        paid_interest=held.interest_paid_minor,
        carried=held.schedule.carried_minor,
        penalty=held.penalty_minor,
        fee=held.fee_minor,
        over=held.over_minor,
    )


def outstanding(loan: Loan) -> Money:
    """The principal outstanding: what the ledger says."""
    if loan.ledger_account_id is None:
        return Money.zero(loan.currency)
    return Money(Balance.objects.get(account=loan.ledger_account_id).balance_minor, loan.currency)


@dataclass(frozen=True, slots=True)
class Owing:
    """What is due on a running loan by a day, how many days the oldest of it is late, what comes next, what ends it, and
    the principal left.
    """

    loan: Loan
    due: Money
    days_late: int
    next_on: date | None
    next_due: Money
    settles: Money
    left: Money


def owing(loan: Loan, day: date) -> Owing:
    """What a running loan's member is told on a day. Three queries."""
    return _owing(loan, position_of(loan, loan.standing), day)


def owing_each(loans: Iterable[Loan]) -> dict[int, Owing]:
    """The same of every running loan of a list, on its branch's day, by the loan's id. Two queries, however many."""
    live = [loan for loan in loans if loan.state in LIVE]
    rows: dict[int, list[Row]] = defaultdict(list)
    for row in ScheduleRow.objects.filter(schedule__in=[loan.standing.schedule_id for loan in live]).order_by("number"):
        rows[row.schedule_id].append(row_of(row))
    held = Balance.objects.filter(account__in=[loan.ledger_account_id for loan in live])
    balances: dict[int | None, int] = dict(held.values_list("account", "balance_minor"))
    found = {}
    for loan in live:
        balance_minor = balances.get(loan.ledger_account_id, 0)
        position = _position(loan, loan.standing, rows[loan.standing.schedule_id], balance_minor)
        found[loan.pk] = _owing(loan, position, loan.branch.business_date)
    return found


def _owing(loan: Loan, position: Position, day: date) -> Owing:
    unpaid, charged = position.unpaid(), position.penalty + position.fee
    due = sum(each.total for each in unpaid if each.row.due <= day) + charged
    ahead = next((each for each in unpaid if each.row.due > day), None)
    return Owing(
        loan=loan,
        due=Money(due, loan.currency),
        days_late=position.days_late(day),
        next_on=ahead.row.due if ahead else None,
        next_due=Money(ahead.total if ahead else 0, loan.currency),
        settles=Money(position.settlement(day).total, loan.currency),
        left=Money(position.balance, loan.currency),
    )


def settlement(loan: Loan, day: date) -> Parts:
    """What ends a loan on a day, part by part."""
    return position_of(loan).settlement(day)


def payments_of(loan: Loan) -> QuerySet[Payment]:
    """What was paid on a loan, newest first, reversed payments too."""
    related = ("entry", "reversal__entry", "reversal__by", "account", "by", "made_schedule")
    return loan.payments.select_related(*related).prefetch_related("reallocations").order_by("-pk")


def parts_now(payment: Payment) -> Parts:
    """How a payment is used today: as its newest reallocation says, or as it was; a reversed one not at all."""
    if hasattr(payment, "reversal"):
        return Parts()
    newest = max(payment.reallocations.all(), key=lambda each: each.pk, default=payment)
    return Parts(
        penalty=newest.penalty_minor,
        fee=newest.fee_minor,
        interest=newest.interest_minor,
        principal=newest.principal_minor,
        over=newest.over_minor,
    )


def collects_from(loan: Loan) -> DepositAccount | None:
    """The account that instalments are taken from when they fall due."""
    newest = Collecting.objects.filter(loan=loan).select_related("account__product").order_by("-pk").first()
    return newest.account if newest else None


def instalments_elsewhere(customer: Customer, currency: str, *, but: Loan | None = None) -> Money:
    """What a member's running loans take with their next instalment, one of each."""
    total = 0
    running = Loan.objects.filter(customer=customer, state__in=LIVE, product__currency=currency).select_related(
        *_RELATED
    )
    for loan in running.exclude(pk=but.pk) if but else running:
        row = ScheduleRow.objects.filter(schedule=loan.standing.schedule_id).order_by("number").first()
        total += row.principal_minor + row.interest_minor if row else 0
    return Money(total, currency)


def owed_elsewhere(customer: Customer, currency: str, *, but: Loan) -> Money:
    """The principal a member owes on other running loans."""
    running = Loan.objects.filter(customer=customer, state__in=LIVE, product__currency=currency).exclude(pk=but.pk)
    held = Balance.objects.filter(account__in=running.values("ledger_account"))
    return Money(held.aggregate(total=Sum("balance_minor"))["total"] or 0, currency)


def stands_for(customer: Customer, currency: str) -> Money:
    """What of a member's savings is held for loans of others that are not over."""
    bound = Guarantor.objects.filter(
        customer=customer,
        answer__outcome="accepted",
        loan__state__in=(*OPEN, *LIVE),
        loan__product__currency=currency,
    )
    return Money(bound.aggregate(total=Sum("amount_minor"))["total"] or 0, currency)


def guarantors_of(loan: Loan) -> QuerySet[Guarantor]:
    """Who stands for a loan or was asked to: who declined is no guarantor."""
    return Guarantor.objects.filter(loan=loan).exclude(answer__outcome="declined")


def accepted_guarantees(loan: Loan) -> Money:
    """What members have accepted to stand for."""
    accepted = Guarantor.objects.filter(loan=loan, answer__outcome="accepted")
    return Money(accepted.aggregate(total=Sum("amount_minor"))["total"] or 0, loan.currency)


def with_papers(loans: QuerySet[Loan]) -> QuerySet[Loan]:
    """With everything an application's page shows."""
    answered = Guarantor.objects.select_related("customer", "answer__account")
    return loans.prefetch_related(
        Prefetch("guarantors", answered), "collateral", "papers__upload", "decisions__conditions"
    )


def everyday_accounts(customer: Customer, currency: str) -> list[DepositAccount]:
    """A member's own accounts that money can come from or go to."""
    accounts = accounts_of_customer(customer).filter(product__currency=currency, customer=customer)
    return list(accounts.exclude(state__in=IMMOBILE).exclude(product__kind__in=BY_OWN_RULES))


def member_named(number: str, last_name: str) -> Customer | None:
    """A member by number and last name together: who knows only a number learns nothing."""
    found = Customer.objects.filter(number=number.strip()).first()
    typed = last_name.strip().casefold()
    return found if found is not None and typed and found.full_name.casefold().split()[-1] == typed else None


def open_application(customer: Customer, product: LoanProduct) -> Loan | None:
    """The application for a product that a member has under way."""
    return Loan.objects.filter(customer=customer, product=product, state__in=OPEN).first()


def running_loans(customer: Customer) -> Sequence[Loan]:
    """A member's loans that are being paid back."""
    found = Loan.objects.filter(Q(state__in=LIVE), customer=customer)
    return list(found.select_related(*_RELATED).order_by("number"))


def payable_at_counter(user: Any, customer: Customer) -> list[Loan]:
    """A member's loans that a cashier takes money on or pays out: those that run, were written off, or are approved."""
    reach = _reach(user, Capability.LOAN_VIEW)
    return [] if reach is None else _payable(customer.pk, *reach.values(), within=tuple(reach))


@prepared_query
def _payable(customer: int, *reach: int, within: tuple[str, ...]) -> QuerySet[Loan]:
    states = (*LIVE, Loan.State.WRITTEN_OFF, Loan.State.APPROVED)
    loans = Loan.objects.select_related(*_RELATED).filter(Q(**dict(zip(within, reach, strict=True))), customer=customer)
    return loans.filter(state__in=states).order_by("number")


def rows_ahead(loan: Loan) -> list[Row]:
    """The schedule a loan would have if it were paid out on the open day, at the rate that was asked for or granted."""
    return planned(
        loan.terms,
        loan.amount,
        rate_bps=loan.rate_bps,
        instalments=loan.instalments,
        on=loan.branch.business_date,
        branch=loan.branch,
    )


def waiting_requests(loan: Loan) -> QuerySet[Request]:
    """What was asked of a second person about a loan and is not decided yet."""
    waiting = Request.objects.filter(subject=loan.number, act__startswith="loan_", state=Request.State.WAITING)
    return waiting.select_related("asked_by").order_by("asked_at")


def offer_ends(loan: Loan) -> date | None:
    """The last day on which what was granted can be accepted; None for one that is not approved."""
    if loan.state != Loan.State.APPROVED:
        return None
    granted = granted_on(loan)
    return granted + timedelta(days=loan.terms.offer_days) if granted else None


def granted_on(loan: Loan) -> date | None:
    """The business day on which a loan was approved; None for one that never was."""
    approved = StateChange.objects.filter(loan=loan, after=Loan.State.APPROVED).last()
    return approved.on if approved else None


def acceptance_of(loan: Loan) -> Acceptance | None:
    """That the member accepted what was granted; None while it was not."""
    return Acceptance.objects.filter(loan=loan).select_related("version", "by").first()


def versions_of(loan: Loan) -> QuerySet[Version]:
    """What an application said each time it was handed in or granted, the newest first."""
    return Version.objects.filter(loan=loan).select_related("change__by").order_by("-number")


def left_to_pay_out(loan: Loan) -> Money:
    """What the member is handed when an approved loan is paid out: less its fee and the loan it settles."""
    rest = loan.amount - fee_of(loan.terms, loan.amount)
    if loan.tops_up is not None:
        rest -= Money(settlement(loan.tops_up, loan.branch.business_date).total, loan.currency)
    return rest


@cache
def sql(name: str) -> str:
    """A statement that lies beside this file."""
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
