"""Who the made-up members are: names, birth dates, work, homes, and how each of them lives with money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from portal.home.demonstration.chance import chance, weighted
from portal.home.demonstration.words import BAPTISMAL, PHONE_PREFIXES, STREETS, TOWNS, WORK, Names, Town

FIRST_NUMBER = 100_001
AMA, KOFI = "102345", "102346"
"""The numbers of the two members who have a sign-in."""


class Life(StrEnum):
    """How a member earns and spends."""

    SALARIED = "salaried"
    TRADER = "trader"
    FARMER = "farmer"
    PENSIONER = "pensioner"
    STUDENT = "student"


_SHARES = {Life.SALARIED: 34, Life.TRADER: 36, Life.FARMER: 12, Life.PENSIONER: 8, Life.STUDENT: 10}
_AGES = {
    Life.SALARIED: (23, 59),
    Life.TRADER: (20, 66),
    Life.FARMER: (22, 72),
    Life.PENSIONER: (60, 86),
    Life.STUDENT: (18, 26),
}
_MIDDLE_INCOME_MINOR = {
    Life.SALARIED: 320_000,
    Life.TRADER: 260_000,
    Life.FARMER: 120_000,
    Life.PENSIONER: 110_000,
    Life.STUDENT: 45_000,
}
_SPREAD_PERCENT = (35, 45, 55, 65, 75, 85, 95, 105, 120, 150, 210, 340)
_PACES = (10, 20, 30, 40, 50, 60, 65, 70, 80, 100, 120)
_BRANCH_SHARES = {"01": 38, "02": 36, "03": 26}
_DORMANT_SHARE = 7


@dataclass(frozen=True, slots=True)
class Member:
    """One made-up member. Money is in minor units.

    `pace` is how often this member moves money, in per cent of somebody busy; `quiet_from` is the day from which nothing moves.
    """

    number: str
    full_name: str
    birth_date: date
    phone: str
    occupation: str
    address: str
    branch_code: str
    joined_on: date
    life: Life
    income_minor: int
    pace: int
    has_current: bool
    has_savings: bool
    quiet_from: date | None


def make_members(seed: int, count: int, start: date, end: date) -> list[Member]:
    """The members by number, who are also in the order of joining; the same from the same arguments.

    Two thirds joined before the history starts on `start`, the rest while it runs. Ama Mensah and Kofi Boateng are
    always among them.
    """
    rng = chance(seed, "members")
    days = sorted(_joining_day(rng, start, end) for _ in range(count - 2))
    free = [str(number) for number in range(FIRST_NUMBER, FIRST_NUMBER + count + count // 6)]
    numbers = sorted(rng.sample([number for number in free if number not in {AMA, KOFI}], count - 2))
    phones = _phones(rng)
    known: set[str] = {"Ama Mensah", "Kofi Boateng"}
    made = [
        _member(chance(seed, number), number, day, next(phones), known, start, end)
        for number, day in zip(numbers, days, strict=True)
    ]
    return sorted([*made, *_leading_pair(start)], key=lambda member: member.number)


def _joining_day(rng: Random, start: date, end: date) -> date:
    if rng.randrange(3):
        return start - timedelta(days=1 + int(rng.triangular(0, 365 * 9, 0)))
    return start + timedelta(days=rng.randrange(max((end - start).days - 30, 1)))


def _phones(rng: Random) -> Iterator[str]:
    """Phone numbers, none twice."""
    known: set[str] = set()
    while True:
        number = f"+233{rng.choice(PHONE_PREFIXES)}{rng.randrange(1_000_000, 9_999_999)}"
        if number not in known:
            known.add(number)
            yield number


def _member(rng: Random, number: str, joined: date, phone: str, known: set[str], start: date, end: date) -> Member:
    branch_code = weighted(rng, _BRANCH_SHARES)
    town = TOWNS[branch_code]
    life = weighted(rng, _SHARES)
    has_current = life in {Life.SALARIED, Life.PENSIONER} or rng.random() < 0.12
    return Member(
        number=number,
        full_name=_full_name(rng, town, known),
        birth_date=_birth_date(rng, life, joined),
        phone=phone,
        occupation=rng.choice(WORK[life]),
        address=f"{rng.randrange(1, 120)} {rng.choice(STREETS)} Street, {rng.choice(town.quarters)}, {town.town}",
        branch_code=branch_code,
        joined_on=joined,
        life=life,
        income_minor=_income(rng, life),
        pace=rng.choice(_PACES),
        has_current=has_current,
        has_savings=not has_current or rng.random() < 0.55,
        quiet_from=_quiet_day(rng, joined, start, end),
    )


def _full_name(rng: Random, town: Town, known: set[str]) -> str:
    """A name this institution does not have yet: a day or family name, often with a baptismal one before it."""
    while True:
        name = _name(rng, _weighted_people(rng, town))
        if name not in known:
            known.add(name)
            return name


def _weighted_people(rng: Random, town: Town) -> Names:
    people = [people for people, _ in town.shares]
    return rng.choices(people, weights=[share for _, share in town.shares])[0]


def _name(rng: Random, people: Names) -> str:
    woman = rng.random() < 0.54
    own = rng.choice(people.women if woman else people.men)
    baptismal = rng.choice(BAPTISMAL.women if woman else BAPTISMAL.men)
    family = rng.choice(people.families)
    if rng.random() < 0.06:
        family = f"{family}-{rng.choice([other for other in people.families if other != family])}"
    form = rng.random()
    if form < 0.38:
        return f"{own} {family}"
    return f"{baptismal} {family}" if form < 0.68 else f"{baptismal} {own} {family}"


def _birth_date(rng: Random, life: Life, joined: date) -> date:
    youngest, oldest = _AGES[life]
    return joined - timedelta(days=rng.randrange(youngest * 365 + 10, oldest * 365))


def _income(rng: Random, life: Life) -> int:
    """Monthly income in minor units, in tens of cedis: many earn little, a few much."""
    percent = rng.choice(_SPREAD_PERCENT) + rng.randrange(20)
    return _MIDDLE_INCOME_MINOR[life] * percent // 100_000 * 1_000


def _quiet_day(rng: Random, joined: date, start: date, end: date) -> date | None:
    """The day from which a member is heard of no more; None for most."""
    if rng.randrange(100) >= _DORMANT_SHARE:
        return None
    return max(joined, start) + timedelta(days=rng.randrange(20, max((end - start).days, 40)))


def _leading_pair(start: date) -> tuple[Member, Member]:
    """The two whom a visitor signs in as: lively accounts, well before the history starts."""
    return (
        Member(
            number=AMA,
            full_name="Ama Mensah",
            birth_date=date(1991, 3, 9),
            phone="+233241234567",
            occupation="Teacher",
            address="17 Mango Street, Bantama, Kumasi",
            branch_code="01",
            joined_on=start - timedelta(days=700),
            life=Life.SALARIED,
            income_minor=520_000,
            pace=220,
            has_current=True,
            has_savings=True,
            quiet_from=None,
        ),
        Member(
            number=KOFI,
            full_name="Kofi Boateng",
            birth_date=date(1986, 11, 2),
            phone="+233207654321",
            occupation="Spare parts dealer",
            address="4 Station Street, Suame, Kumasi",
            branch_code="01",
            joined_on=start - timedelta(days=650),
            life=Life.TRADER,
            income_minor=480_000,
            pace=180,
            has_current=True,
            has_savings=True,
            quiet_from=None,
        ),
    )
