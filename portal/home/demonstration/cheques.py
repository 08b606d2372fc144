"""The demonstration's cheques: rules, and one cheque or more in every state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from PIL import Image, ImageDraw

from portal.access.roles import Role
from portal.base.money import Money
from portal.deposits import services
from portal.deposits.cheques import BACK, FRONT, Read
from portal.deposits.models import Cheque, ChequeRules, DepositAccount, Product
from portal.home.demonstration.calendar import DAY
from portal.home.demonstration.house import CURRENCY
from portal.home.demonstration.members import AMA
from portal.institution.models import Branch
from portal.people.models import User

OWN_PREFIX = "990"
_SINCE = date(2010, 1, 1)
_WRITERS = ("Accra Timber Ltd", "Mensah & Sons", "Volta Foods", "Osu Pharmacy", "Kumasi Cloth", "Tema Harbour Stores")


@dataclass(slots=True)
class Desk:
    """The people of one branch who handle its cheques on one day."""

    branch: Branch
    cashier: User
    manager: User
    today: date
    at: datetime
    made: int = 0

    def take(self, account: DepositAccount, major: int, **changes: Any) -> Cheque:
        """A cheque over the counter, written a few days ago by somebody with an account elsewhere."""
        self.made += 1
        return services.take_cheque(
            branch=self.branch,
            account=account,
            amount=_money(major),
            read=self.read(**changes),
            pictures=_pictures(self.made, major),
            key=_key(f"counter {self.made}"),
            by=self.cashier,
            at=self.at,
        )

    def read(self, **changes: Any) -> Read:
        stands: dict[str, Any] = {
            "number": f"{4500 + self.made:06d}",
            "sort_code": "030100",
            "drawn_account": f"14410001{self.made:05d}",
            "issued_on": self.today - timedelta(days=3 + self.made),
            "drawer_name": _WRITERS[self.made % len(_WRITERS)],
        }
        return Read(**(stands | changes))

    def by_photograph(self, account: DepositAccount, by: User, major: int) -> Cheque:
        """A cheque that a member sent; it waits to be read."""
        self.made += 1
        return services.deposit_cheque(
            account=account,
            amount=_money(major),
            pictures=_pictures(self.made, major),
            key=_key(f"photograph {self.made}"),
            by=by,
            at=self.at,
        )

    def decided(self, cheque: Cheque, service: Any, **reason: str) -> None:
        service(cheque=cheque, by=self.manager, at=self.at, **reason)


def pay_in_cheques(branches: Mapping[str, Branch], today: date, at: datetime) -> None:
    """The rules first, then the first branch's heap: to be read, due, overdue, clearing, and what was decided."""
    _set_rules(today, at)
    branch = Branch.objects.get(pk=next(iter(branches.values())).pk)
    cashier, manager = (
        User.objects.filter(role=role, branch=branch).earliest("pk") for role in (Role.CASHIER, Role.MANAGER)
    )
    desk = Desk(branch, cashier, manager, today, at)
    accounts = list(_everyday(branch)[:8])
    if len(accounts) < 2:
        return
    _fill(desk, [accounts[number % len(accounts)] for number in range(8)])
    _of_ama(desk)


def _fill(desk: Desk, accounts: list[DepositAccount]) -> None:
    desk.take(accounts[0], 1_250)
    _was_due(desk.take(accounts[1], 640), desk.today)
    _was_due(desk.take(accounts[2], 2_300), desk.today)
    _was_due(desk.take(accounts[3], 180), desk.today - DAY * 2)
    desk.take(accounts[4], 7_500)
    cleared = _was_due(desk.take(accounts[5], 320), desk.today)
    desk.decided(cleared, services.clear_cheque)
    desk.decided(desk.take(accounts[6], 410), services.return_cheque, reason="The signature differs")
    desk.decided(desk.take(accounts[7], 95), services.take_back_cheque, reason="Taken into the wrong account")


def _of_ama(desk: Desk) -> None:
    """Ama sends photographs: one waits, one was read and is clearing, one was not taken."""
    user = User.objects.filter(customer__number=AMA).first()
    account = _everyday(desk.branch).filter(customer__number=AMA).first()
    if user is None or account is None:
        return
    read = desk.by_photograph(account, user, 540)
    services.read_cheque(cheque=read, amount=read.amount, read=desk.read(), by=desk.cashier, at=desk.at)
    unclear = desk.by_photograph(account, user, 75)
    services.refuse_cheque(
        cheque=unclear, reason="The back is not signed. Sign it and send it again.", by=desk.cashier, at=desk.at
    )
    desk.by_photograph(account, user, 860)


def _everyday(branch: Branch) -> Any:
    related = ("customer", "product", "branch", "ledger_account__balance")
    found = DepositAccount.objects.select_related(*related).filter(branch=branch, state=DepositAccount.State.ACTIVE)
    return found.filter(product__kind__in=(Product.Kind.SAVINGS, Product.Kind.CURRENT)).order_by("number")


def _was_due(cheque: Cheque, day: date) -> Cheque:
    """As if it had been taken earlier: a made-up institution has no yesterday on which its cashiers worked."""
    cheque.due_on = day
    cheque.save(update_fields=["due_on"])
    return cheque


def _set_rules(today: date, at: datetime) -> None:
    asked = User.objects.filter(role=Role.OPERATIONS_MANAGER).earliest("pk")
    approved = User.objects.filter(role=Role.MANAGER).earliest("pk")
    decided: dict[str, Any] = {"reason": "Rules of the house", "made_at": at, "made_by": asked, "approved_by": approved}
    # A demonstration that nobody looks after for some days should go on by itself: its days end with cheques undecided.
    ChequeRules.objects.create(
        currency=CURRENCY,
        effective_from=_SINCE,
        own_prefix=OWN_PREFIX,
        counter_limit_minor=500_000,
        phone_limit_minor=200_000,
        blocks_day_end=False,
        **decided,
    )


def _money(major: int) -> Money:
    return Money(major * 100, CURRENCY)


def _key(what: str) -> str:
    return str(uuid5(NAMESPACE_OID, f"demonstration cheque:{what}"))


def _pictures(number: int, major: int) -> dict[str, BytesIO]:
    return {FRONT: BytesIO(_drawn(number, major, front=True)), BACK: BytesIO(_drawn(number, major, front=False))}


@cache
def _drawn(number: int, major: int, *, front: bool) -> bytes:
    """A specimen cheque: lines, an amount, a number; on the back a signature."""
    picture = Image.new("RGB", (1100, 500), "#eef3ec" if front else "#f6f4ee")
    draw = ImageDraw.Draw(picture)
    if front:
        draw.text((40, 30), "SPECIMEN BANK", fill="#27496d", font_size=40)
        draw.text((760, 40), f"GHS {major:,}.00", fill="#1b1512", font_size=40)
        for line in range(3):
            draw.line((40, 160 + line * 80, 1060, 160 + line * 80), fill="#9aa8a0", width=3)
        draw.text((40, 110), "Pay to the bearer", fill="#1b1512", font_size=32)
        draw.text((40, 430), f"{4500 + number:06d}   030100   14410001{number:05d}", fill="#1b1512", font_size=36)
    else:
        points = [(120 + step * 40, 250 + (step * 37 + number * 11) % 90) for step in range(12)]
        draw.line(points, fill="#1a2a5a", width=6, joint="curve")
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
