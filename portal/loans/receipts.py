"""What the receipts of a loan's entries say: which loan, and what the money was used for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from portal.base.money import Money
from portal.deposits.receipts import Concern
from portal.ledger.models import Entry, EntryKind
from portal.loans.models import Disbursement, Loan, Payment, PaymentReversal

_PARTS = (
    ("penalty_minor", "Penalty"),
    ("fee_minor", "Fees"),
    ("interest_minor", "Interest"),
    ("principal_minor", "Principal"),
    ("over_minor", "Paid too much, kept for you"),
)


class LoanReceipts:
    """Payments, their reversals and payings-out."""

    def touched(self, **whose: Any) -> Q:
        """Entries of the loans whose customer or branch is named."""
        loans = {f"loan__{name}": value for name, value in whose.items()}
        undone = {f"payment__{name}": value for name, value in loans.items()}
        here = OuterRef("pk")
        return (
            Q(Exists(Payment.objects.filter(entry=here, **loans)))
            | Q(Exists(PaymentReversal.objects.filter(entry=here, **undone)))
            | Q(Exists(Disbursement.objects.filter(entry=here, **loans)))
        )

    def of(self, entry: Entry) -> Concern | None:
        """The loan of such an entry; None for every other. What a payment was used for is as it was then."""
        find = _BY_KIND.get(EntryKind(entry.kind))
        return find(entry) if find else None


def _of_payment(entry: Entry) -> Concern | None:
    found = Payment.objects.select_related("loan__product", "loan__customer").filter(entry=entry).first()
    return _concern(found.loan, _used(found)) if found is not None else None


def _of_reversal(entry: Entry) -> Concern | None:
    related = ("payment__loan__product", "payment__loan__customer")
    found = PaymentReversal.objects.select_related(*related).filter(entry=entry).first()
    return _concern(found.payment.loan) if found is not None else None


def _of_disbursement(entry: Entry) -> Concern | None:
    found = Disbursement.objects.select_related("loan__product", "loan__customer").filter(entry=entry).first()
    return _concern(found.loan, _kept_back(found)) if found is not None else None


_BY_KIND: dict[EntryKind, Callable[[Entry], Concern | None]] = {
    EntryKind.REPAYMENT: _of_payment,
    EntryKind.REVERSAL: _of_reversal,
    EntryKind.DISBURSEMENT: _of_disbursement,
}


def _concern(loan: Loan, parts: list[tuple[str, Money]] | None = None) -> Concern:
    return Concern("Loan", loan.number, loan.name, loan.customer, parts or [])


def _used(payment: Payment) -> list[tuple[str, Money]]:
    used = [(label, getattr(payment, name)) for name, label in _PARTS]
    return [(label, Money(minor, payment.loan.currency)) for label, minor in used if minor]


def _kept_back(paid_out: Disbursement) -> list[tuple[str, Money]]:
    parts = [
        ("Loan", paid_out.amount_minor),
        ("Fee kept back", paid_out.fee_minor),
        ("Settles an earlier loan", paid_out.settled_minor),
    ]
    return [(label, Money(minor, paid_out.loan.currency)) for label, minor in parts if minor]
