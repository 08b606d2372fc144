"""What two people decide about loans: products' terms, granting, another schedule, writing off, taking savings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from portal.access.capabilities import Capability
from portal.approvals.acts import Act, Concerned, Difference, Payload, act
from portal.approvals.models import Request
from portal.base.differences import differing
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.queries import account_by_number
from portal.loans import offers, queries, services
from portal.loans.models import Guarantor, Loan, LoanProduct
from portal.loans.schedules import Row
from portal.loans.services import GRANT, RECOVER, RESCHEDULE, TERMS, WRITE_OFF

_DEFAULTS = {"probation_instalments": 3, "offer_days": 30}


@act(TERMS, title="Terms of a loan product", asks=Capability.PRODUCT_EDIT, capability=Capability.PRODUCT_APPROVE)
class TermsAct(Act):
    """The payload: `product` (id), `since` (day), `values` (columns of terms), `ladder` (pairs), `reason`."""

    def check(self, payload: Payload) -> None:
        services.check_terms(product=_product(payload), **_proposed(payload))

    def diff(self, payload: Payload) -> Sequence[Difference]:
        product, proposed = _product(payload), _proposed(payload)
        held = queries.terms_on(product, proposed["since"])
        before = offers.told_terms(held) if held else {}
        after = offers.told(proposed["values"], proposed["ladder"], product.currency)
        return [Difference(*row) for row in differing(before, after)]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        terms = services.add_terms(
            product=_product(payload), **_proposed(payload), by=by, approved_by=approved_by, at=at
        )
        return {"terms": terms.pk}

    def summary(self, payload: Payload) -> str:
        return f"{_product(payload).name}: other terms from {date.fromisoformat(payload['since']):%d %B %Y}"


class _LoanAct(Act):
    """An act about one loan: decided by colleagues who have nothing to do with it, within their ceilings."""

    has_amount = True

    def address(self, payload: Payload) -> str:
        return reverse("loan_detail", args=[_loan(payload).number])

    def concerns(self, payload: Payload) -> Concerned:
        loan = _loan(payload)
        bound = Guarantor.objects.filter(loan=loan).values_list("customer_id", flat=True)
        users = frozenset({loan.asked_by_id} if loan.asked_by_id else ())
        return Concerned(users=users, customers=frozenset({loan.customer_id, *bound}))


@act(GRANT, title="Loan", asks=Capability.LOAN_REVIEW, capability=Capability.LOAN_DECIDE)
class GrantAct(_LoanAct):
    """The payload: `loan` (number), `amount_minor`, `instalments`, `rate_bps`, `conditions` (texts), `reason`."""

    def check(self, payload: Payload) -> None:
        loan = _loan(payload)
        services.check_grant(loan, _amount(payload, loan), payload["instalments"], payload["rate_bps"])

    def diff(self, payload: Payload) -> Sequence[Difference]:
        loan = _loan(payload)
        found = [
            Difference("State", loan.get_state_display(), Loan.State.APPROVED.label),
            Difference("Amount", loan.amount, _amount(payload, loan)),
            Difference("Instalments", str(loan.instalments), str(payload["instalments"])),
            Difference("Rate a year", offers.per_cent(loan.rate_bps), offers.per_cent(payload["rate_bps"])),
        ]
        return found + [Difference("Condition", "–", text) for text in payload["conditions"]]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        loan = _loan(payload)
        made = services.grant(
            loan=loan,
            amount=_amount(payload, loan),
            instalments=payload["instalments"],
            rate_bps=payload["rate_bps"],
            conditions=payload["conditions"],
            reason=payload["reason"],
            request=_request(self.name, loan),
            by=by,
            approved_by=approved_by,
            at=at,
        )
        return {"decision": made.pk}

    def turned_down(self, payload: Payload, *, comment: str, by: Any, at: datetime) -> None:
        loan = _loan(payload)
        request = Request.objects.filter(act=self.name, subject=loan.number).latest("asked_at")
        services.turn_down(loan=loan, request=request, reason=comment, by=by, at=at)

    def decisions_for(self, payload: Payload, amount: Money | None) -> int:
        return services.approvals_needed(_loan(payload).terms, payload["amount_minor"])

    def summary(self, payload: Payload) -> str:
        loan = _loan(payload)
        return f"{loan.product.name} of {_amount(payload, loan)} for {loan.customer.full_name}"


@act(RESCHEDULE, title="Rescheduling of a loan", asks=Capability.LOAN_CHANGE, capability=Capability.LOAN_DECIDE)
class RescheduleAct(_LoanAct):
    """The payload: `loan` (number), `instalments`, `rate_bps`, `grace` (instalments without principal), `reason`."""

    def check(self, payload: Payload) -> None:
        loan = _loan(payload)
        services.new_rows(loan, **_asked(payload), carried_minor=services.check_reschedule(loan))

    def diff(self, payload: Payload) -> Sequence[Difference]:
        loan = _loan(payload)
        due = services.check_reschedule(loan)
        rows = services.new_rows(loan, **_asked(payload), carried_minor=due)
        left = queries.position_of(loan).unpaid()
        return [
            Difference("Instalments left", str(len(left)), str(len(rows))),
            Difference("Last one due", f"{left[-1].row.due:%d %B %Y}", f"{rows[-1].due:%d %B %Y}"),
            Difference("Next instalment", _money(loan, left[0].total), _money(loan, rows[0].total_minor)),
            Difference("Interest carried over", "–", _money(loan, due)),
            *_probation(loan, rows),
        ]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        loan = _loan(payload)
        made = services.reschedule(
            loan=loan,
            **_asked(payload),
            reason=payload["reason"],
            request=_request(self.name, loan),
            by=by,
            approved_by=approved_by,
            at=at,
        )
        return {"schedule": made.schedule_id}

    def summary(self, payload: Payload) -> str:
        loan = _loan(payload)
        return f"Reschedule loan …{loan.last_four} of {loan.customer.full_name}"


@act(WRITE_OFF, title="Writing off a loan", asks=Capability.LOAN_CHANGE, capability=Capability.LOAN_DECIDE)
class WriteOffAct(_LoanAct):
    """The payload: `loan` (number), `reason`."""

    def check(self, payload: Payload) -> None:
        loan = _loan(payload)
        if loan.state != Loan.State.DEFAULTED:
            raise Refused("Only a loan in default is written off.", code="state")

    def diff(self, payload: Payload) -> Sequence[Difference]:
        loan = _loan(payload)
        owed = queries.settlement(loan, loan.branch.business_date)
        return [
            Difference("State", loan.get_state_display(), Loan.State.WRITTEN_OFF.label),
            Difference("Outstanding", queries.outstanding(loan), Money.zero(loan.currency)),
            Difference("Interest due", _money(loan, owed.interest), Money.zero(loan.currency)),
            Difference("Fees and penalties due", _money(loan, owed.fee + owed.penalty), Money.zero(loan.currency)),
        ]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        loan = _loan(payload)
        made = services.write_off(
            loan=loan,
            reason=payload["reason"],
            request=_request(self.name, loan),
            by=by,
            approved_by=approved_by,
            at=at,
        )
        return {"write_off": made.pk}

    def summary(self, payload: Payload) -> str:
        loan = _loan(payload)
        return f"Write off loan …{loan.last_four} of {loan.customer.full_name}"


@act(RECOVER, title="Recovery of a loan from savings", asks=Capability.LOAN_CHANGE, capability=Capability.LOAN_DECIDE)
class RecoverAct(_LoanAct):
    """The payload: `loan` and `account` (numbers), `amount_minor`, `key`, `reason`."""

    def check(self, payload: Payload) -> None:
        loan = _loan(payload)
        services.check_recovery(loan, _account(payload), _amount(payload, loan))

    def diff(self, payload: Payload) -> Sequence[Difference]:
        loan = _loan(payload)
        account = services.check_recovery(loan, _account(payload), _amount(payload, loan))
        return [Difference(f"Taken from …{account.last_four}", "–", _amount(payload, loan))]

    def carry_out(self, payload: Payload, *, by: Any, approved_by: Any, at: datetime) -> dict[str, Any]:
        loan = _loan(payload)
        amount = _amount(payload, loan)
        account = services.check_recovery(loan, _account(payload), amount)
        made = services.recover_from(loan=loan, account=account, amount=amount, key=payload["key"], by=by, at=at)
        return {"payment": made.pk}

    def summary(self, payload: Payload) -> str:
        loan = _loan(payload)
        return f"Take {_amount(payload, loan)} from savings for loan …{loan.last_four}"


def _loan(payload: Payload) -> Loan:
    found = queries.loan_by_number(payload["loan"])
    if found is None:
        raise Refused("There is no such loan any more.", code="no_loan")
    return found


def _account(payload: Payload) -> DepositAccount | None:
    return account_by_number(payload["account"])


def _amount(payload: Payload, loan: Loan) -> Money:
    return Money(payload["amount_minor"], loan.currency)


def _money(loan: Loan, minor: int) -> Money:
    return Money(minor, loan.currency)


def _probation(loan: Loan, rows: Sequence[Row]) -> list[Difference]:
    until = services.probation_to(loan, rows)
    return [Difference("In default at least until", "–", f"{until:%d %B %Y}")] if until else []


def _asked(payload: Payload) -> dict[str, int]:
    return {name: payload[name] for name in ("instalments", "rate_bps", "grace")}


def _request(name: str, loan: Loan) -> Request | None:
    """The request that is being carried out: the one of its kind that waits for this loan."""
    waiting = Request.objects.filter(act=name, subject=loan.number, state=Request.State.WAITING)
    return waiting.order_by("-asked_at").first()


def _product(payload: Payload) -> LoanProduct:
    found = LoanProduct.objects.filter(pk=payload["product"]).first()
    if found is None:
        raise Refused("There is no such product any more.", code="no_product")
    return found


def _proposed(payload: Payload) -> dict[str, Any]:
    return {
        "since": date.fromisoformat(payload["since"]),
        # What was proposed before a column was there takes its default.
        "values": _DEFAULTS | payload["values"],
        "ladder": [(low, count) for low, count in payload["ladder"]],
        "reason": payload["reason"],
    }
