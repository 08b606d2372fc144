"""An application before somebody decides on it: filled in piece by piece, handed in, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.db import connection

from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.models.products import BY_OWN_RULES
from portal.deposits.numbers import account_number, serial_of
from portal.deposits.services.moving import IMMOBILE
from portal.documents import uploads
from portal.loans import queries
from portal.loans.models import (
    LIVE,
    Collateral,
    Guarantor,
    GuarantorAnswer,
    Loan,
    LoanProduct,
    LoanTerms,
    Paper,
    StateChange,
)
from portal.loans.services.states import locked, move, say_why
from portal.loans.services.telling import tell_guarantors
from portal.loans.services.versions import keep_version
from portal.people.models import Customer

State = Loan.State
EDITABLE = (State.DRAFT, State.RETURNED)
MOST_PAPERS = 12
_NUMBERING_LOCK = 7031


@dataclass(frozen=True, slots=True)
class Missing:
    """What an application still needs: a code for the page that fills it in, and the words."""

    code: str
    text: str


@transactional
def start_application(
    *,
    customer: Customer,
    product: LoanProduct,
    amount: Money,
    instalments: int,
    tops_up: Loan | None = None,
    by: Any,
    at: datetime,
) -> Loan:
    """Begin an application: a draft that only its applicant and the branch see. The rate is the product's, never chosen.

    Asked again while one for the product is open, it answers with that one. Refused: a product that is not offered, an
    amount or a term outside its bounds, a member who left, a loan to top up that is another's or in arrears.
    """
    held = LoanProduct.objects.select_for_update().get(pk=product.pk)
    known = queries.open_application(customer, held)
    if known is not None:
        return known
    day = customer.branch.business_date
    terms = queries.terms_on(held, day)
    if held.state != LoanProduct.State.OFFERED or terms is None:
        raise Refused(f"{held.name} is not offered.", code="not_offered", field="product")
    if customer.state == Customer.State.CLOSED:
        raise Refused(f"{customer.full_name} is no longer a member.", code="customer")
    check_asked(terms, amount, instalments)
    _check_top_up(tops_up, customer, held)
    loan = Loan.objects.create(
        number=_next_number(customer.branch.code, held.code),
        product=held,
        terms=terms,
        customer=customer,
        branch=customer.branch,
        amount_minor=amount.minor,
        instalments=instalments,
        rate_bps=terms.rate_bps,
        tops_up=tops_up,
        asked_on=day,
        asked_by=by,
    )
    StateChange.objects.create(loan=loan, after=State.DRAFT, reason="Application begun", on=day, at=at, by=by)
    return loan


def check_asked(terms: LoanTerms, amount: Money, instalments: int) -> None:
    """Refuse an amount or a number of instalments outside what the product lends."""
    least, most = (Money(minor, amount.currency) for minor in (terms.amount_min_minor, terms.amount_max_minor))
    if amount.currency != terms.product.currency:
        raise Refused(f"{terms.product.name} is lent in {terms.product.currency}.", code="currency", field="amount")
    if not least <= amount <= most:
        raise Refused(f"{terms.product.name} is lent from {least} to {most}.", code="amount", field="amount")
    if not terms.instalments_min <= instalments <= terms.instalments_max:
        message = f"{terms.product.name} runs over {terms.instalments_min} to {terms.instalments_max} instalments."
        raise Refused(message, code="instalments", field="instalments")


@transactional
def fill_in(*, loan: Loan, values: Mapping[str, Any], by: Any, at: datetime) -> Loan:
    """Keep what was filled in on one page of an application: any of `amount`, `instalments`, `purpose`, `income`,
    `outgoings` and `pay_to`. Refused: one that was handed in, values outside the product's bounds, and an account that is
    not the member's own everyday one.
    """
    held = locked(loan, *EDITABLE)
    if "amount" in values:
        check_asked(held.terms, values["amount"], values["instalments"])
        held.amount_minor, held.instalments = values["amount"].minor, values["instalments"]
    if "income" in values:
        held.income_minor, held.outgoings_minor = values["income"].minor, values["outgoings"].minor
    if "purpose" in values:
        held.purpose = " ".join(values["purpose"].split())
    if "pay_to" in values:
        _check_account(values["pay_to"], held)
        held.pay_to = values["pay_to"]
    held.save()
    return held


@transactional
def name_guarantor(*, loan: Loan, customer: Customer | None, amount: Money, by: Any, at: datetime) -> Guarantor:
    """Ask a member to stand for a loan; they are told once it is handed in, and answer on their own screen.

    Refused: nobody with that number, the applicant, somebody named already, an amount above the loan.
    """
    held = locked(loan, *EDITABLE)
    if customer is None or customer.state == Customer.State.CLOSED:
        raise Refused("There is no member with this number and name.", code="nobody", field="number")
    if customer.pk == held.customer_id:
        raise Refused("Nobody stands for their own loan.", code="self", field="number")
    if Guarantor.objects.filter(loan=held, customer=customer).exists():
        raise Refused("This member is named already.", code="twice", field="number")
    if not 0 < amount.minor <= held.amount_minor:
        raise Refused(f"More than 0 and at most {held.amount}.", code="amount", field="amount")
    return Guarantor.objects.create(loan=held, customer=customer, amount_minor=amount.minor, at=at, by=by)


@transactional
def unname_guarantor(*, guarantor: Guarantor, by: Any, at: datetime) -> None:
    """Take a guarantor off an application; what was held is free again. Refused once it was handed in."""
    locked(guarantor.loan, *EDITABLE)
    for answer in GuarantorAnswer.objects.filter(guarantor=guarantor):
        raise Refused(f"{guarantor.customer} has {answer.get_outcome_display().lower()} already.", code="answered")
    guarantor.delete()


@transactional
def add_collateral(*, loan: Loan, description: str, value: Money, by: Any, at: datetime) -> Collateral:
    """Write down a thing that secures the loan. Refused: no description, no value, an application handed in."""
    held = locked(loan, *EDITABLE)
    if not description.strip() or value.minor <= 0:
        raise Refused("Say what it is and what it is worth.", code="empty", field="description")
    return Collateral.objects.create(
        loan=held, description=" ".join(description.split()), value_minor=value.minor, at=at, by=by
    )


@transactional
def remove_collateral(*, item: Collateral, by: Any, at: datetime) -> None:
    """Take a thing off an application. Refused once it was handed in."""
    locked(item.loan, *EDITABLE)
    item.delete()


@transactional
def add_paper(*, loan: Loan, kind: str, file: IO[bytes], by: Any, at: datetime) -> Paper:
    """Keep a document or a photograph of one with an application. Refused: what uploads refuse, and too many."""
    held = locked(loan, *EDITABLE)
    if Paper.objects.filter(loan=held).count() >= MOST_PAPERS:
        raise Refused(f"At most {MOST_PAPERS} documents. Remove one first.", code="papers", field="file")
    purpose = Paper.Kind(kind).label
    upload = uploads.receive(file=file, subject=f"loan:{held.number}", purpose=purpose, by=by, at=at)
    return Paper.objects.create(loan=held, kind=kind, upload=upload, at=at, by=by)


def missing(loan: Loan) -> list[Missing]:
    """What keeps an application from being handed in, in the order of its task list."""
    terms = loan.terms
    named = list(queries.guarantors_of(loan))
    needed = terms.guarantee_bps * loan.amount_minor // 10_000
    secured = sum(item.value_minor for item in loan.collateral.all())
    checks = (
        (loan.purpose, "purpose", "What the loan is for"),
        (loan.income_minor is not None, "income", "Income and outgoings"),
        (loan.pay_to_id, "account", "The account it is paid into"),
        (any(paper.kind == Paper.Kind.INCOME for paper in loan.papers.all()), "papers", "Proof of income"),
        (len(named) >= terms.guarantors_min, "guarantors", _so_many(terms.guarantors_min)),
        (
            sum(each.amount_minor for each in named) >= needed,
            "guarantors",
            f"Guarantors for {Money(needed, loan.currency)}",
        ),
        (
            secured * 10_000 >= terms.collateral_bps * loan.amount_minor,
            "collateral",
            f"Collateral worth {Money(terms.collateral_bps * loan.amount_minor // 10_000, loan.currency)}",
        ),
    )
    return [Missing(code, text) for done, code, text in checks if not done]


def _so_many(guarantors: int) -> str:
    return "1 guarantor" if guarantors == 1 else f"{guarantors} guarantors"


@transactional
def submit(*, loan: Loan, by: Any, at: datetime) -> Loan:
    """Hand an application in, and ask its guarantors. Refused: one with something missing (naming the first), or handed in already."""
    held = locked(loan, *EDITABLE)
    lacks = missing(held)
    if lacks:
        raise Refused(f"Still missing: {lacks[0].text}.", code="missing")
    again = held.state == State.RETURNED
    handed_in = move(held, State.SUBMITTED, "Handed in again" if again else "Handed in", by=by, at=at)
    keep_version(held, handed_in)
    tell_guarantors(held, at=at)
    return held


@transactional
def withdraw_application(*, loan: Loan, reason: str, by: Any, at: datetime) -> Loan:
    """Take an application back, up to the moment it is paid out. Guarantors' savings are free again."""
    held = locked(loan, *EDITABLE, State.SUBMITTED, State.REVIEW, State.APPROVED)
    move(held, State.WITHDRAWN, say_why(reason), by=by, at=at)
    return held


def _check_account(account: DepositAccount | None, loan: Loan) -> None:
    fine = (
        account is not None
        and account.customer_id == loan.customer_id
        and account.state not in IMMOBILE
        and account.product.kind not in BY_OWN_RULES
        and account.currency == loan.currency
    )
    if not fine:
        raise Refused("Choose an everyday account of your own.", code="account", field="pay_to")


def _check_top_up(loan: Loan | None, customer: Customer, product: LoanProduct) -> None:
    if loan is None:
        return
    if loan.customer_id != customer.pk or loan.state not in LIVE or loan.currency != product.currency:
        raise Refused("Only a running loan of the same member is topped up.", code="top_up", field="tops_up")
    if loan.state != State.ACTIVE or loan.standing.days_late:
        raise Refused("This loan is late. Pay what is due before it is topped up.", code="late", field="tops_up")


def _next_number(branch_code: str, product_code: str) -> str:
    """The next number of a branch and product. Holds others off until this transaction ends."""
    prefix = branch_code + product_code
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NUMBERING_LOCK, int(prefix)])
    last = Loan.objects.filter(number__startswith=prefix).order_by("-number").values_list("number", flat=True).first()
    return account_number(branch_code, product_code, (serial_of(last) if last else 0) + 1)
