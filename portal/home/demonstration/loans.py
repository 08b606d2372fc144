"""Loans of some members over the last months of the history: paid on time, early, late, in default, given up; applications in every state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from portal.access.roles import Role
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.home.demonstration.chance import chance
from portal.home.demonstration.history import Books
from portal.home.demonstration.house import CURRENCY
from portal.home.demonstration.members import AMA, KOFI, Member
from portal.ledger import chart
from portal.loans import queries, services
from portal.loans.models import LIVE, Early, Loan, LoanProduct, LoanTerms
from portal.loans.services.states import move
from portal.loans.services.versions import keep_version
from portal.people.models import User

_MEMBERS = 24
LENDING_MONTHS = 15
"""For so long loans have been lent: enough for some to be paid back and some given up."""
_GIVEN_UP_AFTER_DAYS = 200
_SMALLEST_COIN = 5
"""What is paid in cash can be counted: its last pesewas are overpaid."""
_PURPOSES = ("School fees", "A deep freezer for the shop", "Roofing sheets", "Seed and fertiliser", "A used taxi")


def offer_loans(start: date, at: datetime) -> list[LoanProduct]:
    """A loan for everybody, a flat one for traders, a school loan: with the terms they always had."""
    common: dict[str, Any] = {
        "rate_min_bps": 1200,
        "rate_max_bps": 3600,
        "amount_min_minor": 20_000,
        "penalty_bps": 3600,
    }
    everybody = _product("70", "Member loan", "For whatever a household needs")
    _terms(everybody, start, at, rate_bps=2400, amount_max_minor=2_000_000, fee_bps=100, penalty_grace_days=3, **common)
    trader = _product("71", "Trader's loan", "Stock for the shop, paid back week by week")
    _terms(
        trader,
        start,
        at,
        method="flat",
        frequency="weeks",
        rate_bps=1800,
        amount_max_minor=1_000_000,
        instalments_max=52,
        early=Early.NEXT,
        **common,
    )
    school = _product("72", "School loan", "Fees, books and uniforms; guaranteed by another member")
    _terms(
        school,
        start,
        at,
        rate_bps=1600,
        amount_max_minor=500_000,
        grace_principal=2,
        guarantors_min=1,
        guarantee_bps=2500,
        **common,
    )
    return [everybody, trader]


def _product(code: str, name: str, description: str) -> LoanProduct:
    return LoanProduct.objects.create(
        code=code, name=name, description=description, currency=CURRENCY, state=LoanProduct.State.OFFERED
    )


def _terms(product: LoanProduct, start: date, at: datetime, **values: Any) -> None:
    terms = LoanTerms.objects.create(
        product=product, effective_from=start, instalments_min=3, reason="First terms", made_at=at, **values
    )
    terms.ladder.create(from_minor=500_000, approvals=2)


@dataclass(slots=True)
class Lenders:
    """The members who borrow, month by month."""

    products: Sequence[LoanProduct]
    members: list[Member]
    books: Books
    seed: int
    loans: dict[str, Loan] = field(default_factory=dict)

    def month(self, number: int, at: datetime) -> None:
        """One month: the days are worked off, instalments are paid or not, two more members borrow."""
        for branch in self.books.branches.values():
            services.work_loans(branch=branch, at=at)
        for member in self.members:
            if member.number in self.loans:
                self._pay(member, number, at)
        for member in self.members[number * 2 : number * 2 + 2]:
            self._lend(member, at)

    def end(self, at: datetime) -> None:
        """What is long in default is given up; the last members have applications in every state."""
        decider = _staff(Role.OPERATIONS_MANAGER)
        lost = Loan.objects.filter(state=Loan.State.DEFAULTED, standing__days_late__gte=_GIVEN_UP_AFTER_DAYS)
        for loan in lost.order_by("pk"):
            services.write_off(loan=loan, reason="Cannot be found", request=None, by=None, approved_by=decider, at=at)
        for member, state in zip(self.members[-6:], _APPLIED, strict=False):
            self._apply_up_to(member, state, at)

    def _lend(self, member: Member, at: datetime) -> None:
        loan = self._granted(member, at)
        if loan is None:
            return
        services.disburse(loan=loan, by=None, at=at)
        self.loans[member.number] = loan

    def _granted(self, member: Member, at: datetime) -> Loan | None:
        loan = self._handed_in(member, at)
        services.take_up(loan=loan, by=None, at=at)
        services.grant(
            loan=loan,
            amount=loan.amount,
            instalments=loan.instalments,
            rate_bps=loan.rate_bps,
            conditions=(),
            reason="Saves every month",
            request=None,
            by=None,
            approved_by=_staff(Role.OPERATIONS_MANAGER),
            at=at,
        )
        return queries.loan_by_number(loan.number)

    def _handed_in(self, member: Member, at: datetime) -> Loan:
        loan = self._begun(member, at)
        move_on(loan, Loan.State.SUBMITTED, "Handed in", at)
        return loan

    def _begun(self, member: Member, at: datetime) -> Loan:
        rng = chance(self.seed, member.number, "loan")
        main = self._account(member)
        product = self.products[rng.randrange(len(self.products))]
        loan = services.start_application(
            customer=main.customer,
            product=product,
            amount=Money(rng.randrange(5, 45) * 10_000, CURRENCY),
            instalments=rng.choice((6, 9, 12, 18)),
            by=None,
            at=at,
        )
        values = {
            "purpose": rng.choice(_PURPOSES),
            "income": Money(rng.randrange(15, 60) * 10_000, CURRENCY),
            "outgoings": Money(rng.randrange(5, 14) * 10_000, CURRENCY),
            "pay_to": main,
        }
        return services.fill_in(loan=loan, values=values, by=None, at=at)

    def _apply_up_to(self, member: Member, state: str, at: datetime) -> None:
        if state == Loan.State.DRAFT:
            self._begun(member, at)
        elif state == Loan.State.APPROVED:
            self._granted(member, at)
        else:
            loan = self._handed_in(member, at)
            if state == Loan.State.WITHDRAWN:
                services.withdraw_application(loan=loan, reason="Found another way", by=None, at=at)
            elif state != Loan.State.SUBMITTED:
                services.take_up(loan=loan, by=None, at=at)
            if state == Loan.State.RETURNED:
                services.return_application(
                    loan=loan, lacks=["A newer payslip", "The invoice of what is bought"], by=None, at=at
                )
            if state == Loan.State.REJECTED:
                services.reject_application(loan=loan, reason="Too many loans elsewhere", by=None, at=at)

    def _pay(self, member: Member, number: int, at: datetime) -> None:
        """By habit: most pay what is due, some more, some only now and then, a few stop."""
        loan = queries.loan_by_number(self.loans[member.number].number)
        habit = chance(self.seed, member.number, "habit").random()
        if loan is None or loan.state not in LIVE or (habit > 0.9 and number > 2) or (habit > 0.8 and number % 3):
            return
        day = loan.branch.business_date
        position = queries.position_of(loan)
        due = sum(each.total for each in position.unpaid() if each.row.due <= day) + position.penalty + position.fee
        wanted = due + (position.unpaid()[-1].total if habit < 0.15 else 0)
        amount = -(-min(wanted, position.settlement(day).total) // _SMALLEST_COIN) * _SMALLEST_COIN
        if amount:
            vault = chart.branch_account(loan.branch_id, chart.VAULT)
            services.repay(
                loan=loan,
                amount=Money(amount, CURRENCY),
                cash=vault,
                early=Early.FEWER if wanted > due else Early.NEXT,
                keeps_over=True,
                key=self._key(member, f"paid {number}"),
                channel="branch",
                by=None,
                at=at,
            )
            self.books.balances[vault.pk] = self.books.balances.get(vault.pk, 0) + amount

    def _account(self, member: Member) -> DepositAccount:
        related = ("customer__branch", "product", "branch", "ledger_account")
        return DepositAccount.objects.select_related(*related).get(pk=self.books.purses[member.number].main.pk)

    def _key(self, member: Member, what: str) -> str:
        return str(uuid5(NAMESPACE_OID, f"{self.books.name}:{member.number}:loan {what}"))


_APPLIED = (
    Loan.State.DRAFT,
    Loan.State.SUBMITTED,
    Loan.State.RETURNED,
    Loan.State.APPROVED,
    Loan.State.REJECTED,
    Loan.State.WITHDRAWN,
)


def lenders(products: Sequence[LoanProduct], members: list[Member], books: Books, seed: int, start: date) -> Lenders:
    """Ama, Kofi and some who were members from the beginning and still are."""
    lasting = [member for member in members if member.joined_on <= start and member.quiet_from is None]
    leading = [member for member in lasting if member.number in {AMA, KOFI}]
    others = [member for member in lasting if member.number not in {AMA, KOFI}]
    wanted = _MEMBERS * 2 + len(_APPLIED)
    return Lenders(products, leading + others[:: max(len(others) // wanted, 1)][:wanted], books, seed)


def move_on(loan: Loan, state: str, reason: str, at: datetime) -> None:
    """Hand in without the papers that nobody of the made-up members has photographed."""
    keep_version(loan, move(loan, state, reason, by=None, at=at))


def _staff(role: Role) -> User:
    return User.objects.filter(role=role).earliest("pk")
