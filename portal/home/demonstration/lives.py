"""What each member does with money, day by day, before anybody knows whether the account covers it. No database here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from portal.home.demonstration import calendar
from portal.home.demonstration.chance import chance
from portal.home.demonstration.members import Life, Member
from portal.home.demonstration.words import EMPLOYERS, TOWNS

COUNTER, MOBILE, ONLINE, BANK = "counter", "mobile", "online", "bank"
_SCHOOL_MONTHS = {1, 5, 9}
_HARVEST_MONTHS = {1, 8, 9, 10, 12}


class Act(StrEnum):
    """What a wish does. All but the first two take money out of the member's main account."""

    CASH_IN = "cash_in"
    BANK_IN = "bank_in"
    CASH_OUT = "cash_out"
    PAY = "pay"
    SEND = "send"
    SAVE = "save"


@dataclass(frozen=True, slots=True)
class Wish:
    """Something a member wants to do. `nth` tells apart what one member wants in the same minute.

    `amount_minor` is in minor units; where `share_percent` is given, it is that part of what the account holds then.
    `peer` is the number of the member who receives; `branch_code` is where cash changes hands, home unless told.
    """

    day: date
    minute: int
    number: str
    nth: int
    act: Act
    amount_minor: int
    memo: str
    channel: str
    peer: str = ""
    share_percent: int = 0
    branch_code: str = ""

    @property
    def turn(self) -> tuple[date, int, str, int]:
        """When its turn comes: a total order, so that chance never decides who goes first."""
        return self.day, self.minute, self.number, self.nth


class Diary:
    """Collects one member's wishes; amounts are rounded down to whole cedis."""

    def __init__(self, member: Member, rng: Random, peers: list[str]) -> None:
        self.member, self.rng, self.peers = member, rng, peers
        self.wishes: list[Wish] = []

    def add(self, act: Act, day: date, minute: int, minor: int, memo: str, channel: str, peer: str = "") -> None:
        amount = max(minor // 100 * 100, 100)
        self.wishes.append(Wish(day, minute, self.member.number, len(self.wishes), act, amount, memo, channel, peer))

    def percent(self, least: int, most: int) -> int:
        """A part of the monthly income, in minor units, between two percentages."""
        return self.member.income_minor * self.rng.randint(least, most) // 100

    def times(self, tenths: int) -> int:
        """How often this month: so many tenths on average for somebody busy."""
        wanted = tenths * self.member.pace
        return wanted // 1000 + (self.rng.randrange(1000) < wanted % 1000)

    def cash_in(self, day: date, minor: int, memo: str) -> None:
        self.add(Act.CASH_IN, calendar.open_on_or_after(day), self.rng.randint(520, 950), minor, memo, COUNTER)

    def cash_out(self, day: date, minor: int, memo: str = "") -> None:
        self.add(Act.CASH_OUT, calendar.open_on_or_after(day), self.rng.randint(520, 950), minor, memo, COUNTER)

    def pay(self, day: date, minor: int, memo: str, channel: str = MOBILE) -> None:
        self.add(Act.PAY, day, self.rng.randint(380, 1290), minor, memo, channel)

    def move_on(self, month: date, least: int, most: int) -> None:
        """A part of what is there goes to the wallet on the phone, between two percentages."""
        share, minute = self.rng.randint(least, most), self.rng.randint(400, 1200)
        day, nth = self.any_day(month), len(self.wishes)
        memo = "To mobile wallet"
        self.wishes.append(Wish(day, minute, self.member.number, nth, Act.PAY, 0, memo, MOBILE, share_percent=share))

    def some_day(self, month: date) -> date:
        return calendar.some_open_day(self.rng, month)

    def any_day(self, month: date) -> date:
        return self.rng.choice(calendar.days_of(month))

    def airtime(self, month: date, tenths: int) -> None:
        for _ in range(self.times(tenths)):
            self.pay(self.any_day(month), self.rng.choice((500, 1000, 1000, 2000, 5000)), "Airtime")

    def send(self, month: date, tenths: int) -> None:
        """Transfers to other members, nearly always to the same few."""
        for _ in range(self.times(tenths) if self.peers else 0):
            memo = self.rng.choice(
                ("Thank you", "Chop money", "For Mama", "Funeral donation", "Loan from June", "Susu", "")
            )
            peer, day = self.rng.choice(self.peers), self.any_day(month)
            self.add(Act.SEND, day, self.rng.randint(400, 1300), self.percent(3, 15), memo, ONLINE, peer)


def wishes_of(member: Member, seed: int, peers: list[str], start: date, end: date) -> list[Wish]:
    """Everything a member wants to do from `start` to `end`; the same from the same arguments."""
    diary = Diary(member, chance(seed, member.number, "life"), peers)
    first = max(start, member.joined_on)
    last = min(end, member.quiet_from - timedelta(days=1)) if member.quiet_from else end
    if member.joined_on >= start:
        diary.cash_in(first, diary.percent(15, 60), "First deposit")
    steady = _Habits(diary.rng)
    for month in calendar.months(first, last):
        _LIVES[member.life](diary, month, steady)
    return [wish for wish in diary.wishes if first <= wish.day <= last]


class _Habits:
    """What stays the same for a member through the years."""

    def __init__(self, rng: Random) -> None:
        self.pay_day = rng.randint(24, 28)
        self.employer = rng.choice(EMPLOYERS)
        self.rents = rng.randrange(100) < 40
        self.has_children = rng.randrange(100) < 38
        self.rent_percent = rng.randint(14, 26)
        self.saves_percent = rng.randint(4, 14)
        self.spends = rng.choice(((5, 15), (20, 60), (30, 70), (40, 90)))


def _salaried(diary: Diary, month: date, habits: _Habits) -> None:
    paid = month.replace(day=habits.pay_day)
    diary.add(Act.BANK_IN, paid, 300, diary.percent(98, 102), f"Salary, {habits.employer}", BANK)
    diary.cash_out(paid + timedelta(days=diary.rng.randrange(4)), diary.percent(18, 40))
    if diary.member.has_savings:
        saved = diary.member.income_minor * habits.saves_percent // 100
        diary.add(Act.SAVE, paid + timedelta(days=1), 360, saved, "Monthly saving", ONLINE)
    if habits.rents:
        rent = diary.member.income_minor * habits.rent_percent // 100
        diary.pay(paid + timedelta(days=2), rent, "Rent", ONLINE)
    for _ in range(diary.times(18)):
        diary.cash_out(diary.some_day(month), diary.percent(2, 9))
    for _ in range(diary.times(6)):
        diary.pay(
            diary.any_day(month),
            diary.rng.randrange(4_000, 25_000),
            diary.rng.choice(("Electricity", "Water", "Television")),
        )
    diary.move_on(month, *habits.spends)
    _school_fees(diary, month, habits)
    diary.airtime(month, 9)
    diary.send(month, 3)


def _trader(diary: Diary, month: date, habits: _Habits) -> None:
    market_days = TOWNS[diary.member.branch_code].market_days
    for day in calendar.days_of(month):
        if day.weekday() in market_days and diary.rng.randrange(1000) < 4 * diary.member.pace:
            diary.cash_in(day, diary.percent(7, 22), "Market day")
    for _ in range(diary.times(14)):
        diary.cash_out(diary.some_day(month), diary.percent(12, 45), "Stock")
    if diary.member.has_current and diary.member.has_savings:
        diary.add(Act.SAVE, diary.any_day(month), 1080, diary.percent(5, 20), "Put aside", ONLINE)
    _school_fees(diary, month, habits)
    diary.airtime(month, 4)
    diary.send(month, 2)


def _farmer(diary: Diary, month: date, habits: _Habits) -> None:
    harvest = month.month in _HARVEST_MONTHS
    for _ in range(diary.times(15 if harvest else 3)):
        diary.cash_in(
            diary.some_day(month), diary.percent(60, 150) if harvest else diary.percent(10, 30), "Sale of produce"
        )
    for _ in range(diary.times(9)):
        diary.cash_out(diary.some_day(month), diary.percent(12, 45))
    _school_fees(diary, month, habits)
    diary.airtime(month, 2)


def _pensioner(diary: Diary, month: date, habits: _Habits) -> None:
    paid = calendar.nth_weekday(month, 3, 3)
    diary.add(Act.BANK_IN, paid, 330, diary.member.income_minor, "Pension", BANK)
    diary.cash_out(paid + timedelta(days=diary.rng.randrange(1, 6)), diary.percent(45, 85))
    diary.airtime(month, 3)


def _student(diary: Diary, month: date, habits: _Habits) -> None:
    for _ in range(diary.times(10)):
        diary.cash_in(diary.some_day(month), diary.percent(50, 120), "Allowance")
    for _ in range(diary.times(18)):
        diary.cash_out(diary.some_day(month), diary.percent(3, 20))
    diary.move_on(month, *habits.spends)
    diary.airtime(month, 20)


def _school_fees(diary: Diary, month: date, habits: _Habits) -> None:
    if habits.has_children and month.month in _SCHOOL_MONTHS:
        diary.pay(month + timedelta(days=diary.rng.randrange(4, 18)), diary.percent(18, 40), "School fees", ONLINE)


_LIVES: dict[Life, Callable[[Diary, date, _Habits], None]] = {
    Life.SALARIED: _salaried,
    Life.TRADER: _trader,
    Life.FARMER: _farmer,
    Life.PENSIONER: _pensioner,
    Life.STUDENT: _student,
}


def frauds(members: list[Member], seed: int, end: date) -> Iterator[Wish]:
    """Thefts in the last year: accounts emptied at night into a helper's, bursts of small payments.

    More of them than there should be, so that the desk against fraud has something to show.
    """
    rng = chance(seed, "frauds")
    old_enough = end - timedelta(days=400)
    earning = [m for m in members if m.life is Life.SALARIED and m.joined_on < old_enough and not m.quiet_from]
    helpers = [m for m in members if m.life is Life.STUDENT and m.joined_on < old_enough and not m.quiet_from]
    victims = rng.sample(earning, min(max(len(members) // 60, 2), len(earning)))
    for index, victim in enumerate(victims):
        night = end - timedelta(days=rng.randrange(3, 330))
        if index % 2 and helpers:
            yield from _emptied(rng, victim, rng.choice(helpers), night)
        else:
            yield from _burst(rng, victim, night)


_FRAUD_NTH = 1_000_000
"""Above every number a diary gives, so that a theft never takes the place of a member's own wish."""


def _emptied(rng: Random, victim: Member, helper: Member, night: date) -> Iterator[Wish]:
    """Three transfers within half an hour; the helper fetches the money in another branch the same morning."""
    minute = rng.randint(100, 200)
    for step, share in enumerate((45, 60, 90)):
        when = minute + 9 * step + rng.randrange(6)
        yield Wish(night, when, victim.number, _FRAUD_NTH + step, Act.SEND, 0, "", ONLINE, helper.number, share)
    away = rng.choice([code for code in TOWNS if code != helper.branch_code])
    fetched = calendar.open_on_or_after(night + timedelta(days=1))
    yield Wish(fetched, 515, helper.number, _FRAUD_NTH + 9, Act.CASH_OUT, 0, "", COUNTER, "", 95, away)


def _burst(rng: Random, victim: Member, night: date) -> Iterator[Wish]:
    """Eight to fourteen payments within three quarters of an hour."""
    minute = rng.randint(70, 220)
    for step in range(rng.randint(8, 14)):
        minor = rng.randrange(40, 220) * 100
        yield Wish(
            night, minute + 3 * step, victim.number, _FRAUD_NTH + 20 + step, Act.PAY, minor, "Online purchase", ONLINE
        )
