"""A little of each plan: susu cards, contributions, shares and fixed deposits of some members, limits, a standing order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from portal.access.roles import Role
from portal.base.money import Money
from portal.deposits import services
from portal.deposits.models import (
    CardKind,
    ContributionTerms,
    DepositAccount,
    FixedTerms,
    Instruction,
    Product,
    RateSlab,
    Rhythm,
    ShareClass,
    ShareTerms,
    SusuTerms,
    Terms,
)
from portal.home.demonstration.calendar import DAY
from portal.home.demonstration.chance import chance
from portal.home.demonstration.history import Books
from portal.home.demonstration.house import CURRENCY
from portal.home.demonstration.members import AMA, KOFI, Member
from portal.ledger import chart
from portal.people.models import User

ROUNDS = 4
"""The last months in which these members put something aside, each on the day after the month, the last one today."""
_MEMBERS = 36
_SINCE = date(2010, 1, 1)
_SLABS = ((50_000, 3, 900), (50_000, 6, 1100), (50_000, 12, 1300), (500_000, 6, 1250), (500_000, 12, 1500))
_SUSU, _CONTRIBUTION, _SHARES, _FIXED = "susu", "contribution", "shares", "fixed"


def offer_plans() -> dict[str, Product]:
    """The four products, with the terms they always had."""
    susu, terms = _product("03", "Daily susu", Product.Kind.SUSU)
    SusuTerms.objects.create(terms=terms, card=CardKind.FIXED, commission_stakes=1, least_stake_minor=200)
    shares, terms = _product("04", "Member shares", Product.Kind.SHARES)
    ShareClass.objects.create(product=shares, nominal_minor=1_000)
    ShareTerms.objects.create(terms=terms, price_minor=1_000, least_shares=5, most_shares=5_000)
    contribution, terms = _product("05", "Monthly contribution", Product.Kind.CONTRIBUTION)
    ContributionTerms.objects.create(
        terms=terms, due_day=5, grace_days=3, late_fine_minor=500, least_monthly_minor=2_000
    )
    fixed, terms = _product("06", "Fixed deposit", Product.Kind.FIXED)
    rules = FixedTerms.objects.create(terms=terms, early_rate_bps=300, notice_days=7)
    RateSlab.objects.bulk_create(
        RateSlab(terms=rules, from_minor=minor, from_months=months, rate_bps=rate) for minor, months, rate in _SLABS
    )
    return {_SUSU: susu, _SHARES: shares, _CONTRIBUTION: contribution, _FIXED: fixed}


def _product(code: str, name: str, kind: Product.Kind) -> tuple[Product, Terms]:
    product = Product.objects.create(code=code, name=name, kind=kind, currency=CURRENCY)
    return product, Terms.objects.create(product=product, effective_from=_SINCE, rate_bps=0)


@dataclass(slots=True)
class Planners:
    """Some members and what they put aside, round by round."""

    products: dict[str, Product]
    members: list[Member]
    books: Books
    seed: int
    plans: dict[tuple[str, str], DepositAccount] = field(default_factory=dict)

    def round(self, number: int, at: datetime) -> None:
        """One month's payments of everybody; the first round starts the plans."""
        for member in self.members:
            rng = chance(self.seed, member.number, f"plans {number}")
            main = DepositAccount.objects.select_related("customer", "product", "branch", "ledger_account").get(
                pk=self.books.purses[member.number].main.pk
            )
            if number == 0:
                self._start(member, main, at)
            self._pay(member, main, number, rng.randint(9, 29), at)

    def deposit_for_ama(self, at: datetime) -> None:
        """A fixed deposit that has matured by now and was paid out."""
        purse = self.books.purses.get(AMA)
        if purse is None:
            return
        related = ("customer", "product", "branch", "ledger_account")
        main = DepositAccount.objects.select_related(*related).get(pk=purse.main.pk)
        key = str(uuid5(NAMESPACE_OID, f"{self.books.name}:matured"))
        self._cash_in(main, _money(500), f"{key}:cash", at)
        services.place_fixed(
            customer=main.customer,
            product=self.products[_FIXED],
            source=main,
            amount=_money(500),
            months=3,
            instruction=Instruction.PAY_OUT,
            pay_to=main,
            key=key,
            channel="branch",
            by=None,
            at=at,
        )

    def mature(self, at: datetime) -> None:
        """End the deposits whose day has come."""
        for branch in self.books.branches.values():
            services.mature_fixed(branch=branch, at=at)

    def _start(self, member: Member, main: DepositAccount, at: datetime) -> None:
        rng = chance(self.seed, member.number, "plans")
        given: dict[str, Any] = {"customer": main.customer, "branch": main.branch, "by": None, "at": at}
        self.plans[member.number, _SUSU] = services.start_susu(
            product=self.products[_SUSU],
            stake=_money(rng.choice((2, 5, 10, 20))),
            key=self._key(member, "susu"),
            **given,
        )
        self.plans[member.number, _CONTRIBUTION] = services.start_contribution(
            product=self.products[_CONTRIBUTION],
            monthly=_money(100),
            target=_money(1_200),
            key=self._key(member, "contribution"),
            **given,
        )
        source: dict[str, Any] = {"customer": main.customer, "source": main, "channel": "branch", "by": None, "at": at}
        self._cash_in(main, _money(200 + 1_000), self._key(member, "first"), at)
        services.start_shares(
            product=self.products[_SHARES], shares=rng.randint(5, 20), key=self._key(member, "shares"), **source
        )
        if member.number == AMA or rng.random() < 0.5:
            services.place_fixed(
                product=self.products[_FIXED],
                amount=_money(1_000),
                months=rng.choice((6, 12)),
                instruction=rng.choice(Instruction.values),
                pay_to=main,
                key=self._key(member, "fixed"),
                **source,
            )

    def _pay(self, member: Member, main: DepositAccount, number: int, days: int, at: datetime) -> None:
        susu = self._afresh(member, _SUSU)
        amount = Money(susu.susu.stake_minor * days, CURRENCY)
        vault = chart.branch_account(susu.branch_id, chart.VAULT)
        key = self._key(member, f"susu {number}")
        services.pay_susu(
            account=susu, amount=amount, cash=vault, branch=susu.branch, key=key, channel="branch", by=None, at=at
        )
        self.books.balances[vault.pk] = self.books.balances.get(vault.pk, 0) + amount.minor
        if days % 4:
            self._cash_in(self._afresh(member, _CONTRIBUTION), _money(100), self._key(member, f"month {number}"), at)

    def _afresh(self, member: Member, kind: str) -> DepositAccount:
        known = self.plans[member.number, kind]
        return DepositAccount.objects.select_related("product", "branch", "ledger_account").get(pk=known.pk)

    def _cash_in(self, account: DepositAccount, amount: Money, key: str, at: datetime) -> None:
        vault = chart.branch_account(account.branch_id, chart.VAULT)
        given: dict[str, Any] = {"account": account, "amount": amount, "cash": vault, "branch": account.branch}
        services.receive_cash(**given, key=key, channel="branch", by=None, at=at)
        self.books.balances[vault.pk] = self.books.balances.get(vault.pk, 0) + amount.minor

    def _key(self, member: Member, what: str) -> str:
        return str(uuid5(NAMESPACE_OID, f"{self.books.name}:{member.number}:{what}"))


def planners(products: dict[str, Product], members: list[Member], books: Books, seed: int, today: date) -> Planners:
    """Ama, Kofi and a few dozen who were members long enough and go on moving money."""
    lasting = [
        member
        for member in members
        if member.joined_on < today - DAY * 150 and (member.quiet_from is None or member.quiet_from > today)
    ]
    leading = [member for member in lasting if member.number in {AMA, KOFI}]
    others = [member for member in lasting if member.number not in {AMA, KOFI}]
    return Planners(products, leading + others[:: max(len(others) // _MEMBERS, 1)][:_MEMBERS], books, seed)


def set_rules(today: date, at: datetime) -> None:
    """The limits every institution begins with, and how new payees are treated."""
    by = User.objects.filter(role=Role.OPERATIONS_MANAGER).earliest("pk")
    approved_by = User.objects.filter(role=Role.MANAGER).earliest("pk")
    decided: dict[str, Any] = {"by": by, "approved_by": approved_by, "at": at, "currency": CURRENCY}
    begins: dict[str, Any] = {"effective_from": today, "reason": "Rules of the house"}
    services.set_limit(
        role=Role.CUSTOMER.value,
        channel="online",
        at_once=_money(5_000),
        per_day=_money(10_000),
        beyond="ask",
        **begins,
        **decided,
    )
    services.set_limit(channel="closing", at_once=_money(1_000), per_day=None, beyond="ask", **begins, **decided)
    services.set_new_payee_rule(cooling_hours=24, per_day=_money(2_000), **begins, **decided)


def order_for_ama(books: Books, today: date, at: datetime) -> None:
    """Ama pays Kofi every month and saves for something."""
    ama = User.objects.filter(customer__number=AMA).first()
    if ama is None or ama.customer is None or KOFI not in books.purses:
        return
    source, target = (
        DepositAccount.objects.select_related("product", "branch", "ledger_account", "customer").get(
            pk=books.purses[number].main.pk
        )
        for number in (AMA, KOFI)
    )
    services.add_payee(customer=ama.customer, account=target, nickname="Kofi", by=ama, at=at)
    services.order_standing(
        source=source,
        target=target,
        amount=_money(50),
        rhythm=Rhythm.MONTHLY,
        first_on=today,
        memo="Market stall",
        key=str(uuid5(NAMESPACE_OID, f"{books.name}:order")),
        by=ama,
        at=at,
    )
    services.set_goal(account=source, name="Sewing machine", target=_money(2_500), by_day=None, by=ama, at=at)


def _money(major: int) -> Money:
    return Money(major * 100, CURRENCY)
