"""Reading the past for the model: every movement's features in the order of time, account by account, in flat memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from django.db import transaction
from django.utils.timezone import localtime

from portal.base.money import exponent
from portal.deposits.watched import Watched, accounts_watched, how_many_watched, movements_watched
from portal.fraud.habits import Habit, Moving, features, learn
from portal.fraud.models import AccountHabit
from portal.fraud.norms import Norms, Tally

TOGETHER = 500
"""Accounts read at once."""
READ = "Accounts read"
Report = Callable[[int, int, str], None]
"""Hears how many accounts are read, of how many, and what for."""


def unheard(done: int, total: int, text: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True, slots=True)
class Past:
    """A past movement, the features it had then, and the account's habit before it: good until the next one is read."""

    watched: Watched
    figures: dict[str, float]
    habit: Habit


def as_moving(watched: Watched) -> Moving:
    """A row of the journal as the gate would have seen it."""
    units = 10 ** exponent(watched.currency)
    return Moving(
        at=localtime(watched.at),
        amount=watched.amount_minor / units,
        kind=watched.kind,
        opened_on=watched.opened_on,
        balance=0.0 if watched.is_incoming else watched.balance_minor / units,
        peer=watched.peer_id,
    )


def tally(*, since: datetime, until: datetime, report: Report = unheard) -> Norms:
    """What all accounts did in a stretch of time."""
    counted, total, done = Tally(), how_many_watched(), 0
    for accounts in batches():
        report(done, total, "Accounts counted")
        done += len(accounts)
        for watched in movements_watched(accounts):
            if since <= watched.at < until and not watched.is_payee:
                moving = as_moving(watched)
                counted.add(moving.kind, moving.at.hour, moving.amount)
    return counted.norms()


def past(
    norms: Norms,
    *,
    report: Report = unheard,
    keep_habits: bool = False,
    only: Collection[int] | None = None,
) -> Iterator[Past]:
    """Every movement of every account (or of `only` these) with its features, strictly from what was before it.

    A movement between members is read where it is paid from; whoever is paid learns from it too, without being scored.

    `keep_habits` writes what each account is used to at the end, for the gate to go on from: each batch of accounts in a
    transaction of its own that holds their habits, so that a movement made meanwhile is neither lost nor counted twice.
    """
    done, total = 0, how_many_watched() if only is None else len(only)
    for accounts in batches() if only is None else [sorted(only)]:
        behind = {account: done + place for place, account in enumerate(accounts)}
        with transaction.atomic():
            if keep_habits:
                _hold(accounts)
            habits = _Habits()
            for watched in movements_watched(accounts):
                if not habits.knows(watched.account_id):
                    report(behind[watched.account_id], total, READ)
                habit, moving = habits.of(watched), as_moving(watched)
                figures = features(habit, moving, norms)
                if not watched.is_payee:
                    yield Past(watched, figures, habit)
                learn(habit, moving, figures)
            if keep_habits:
                habits.write()
        done += len(accounts)
        report(done, total, READ)


def batches() -> Iterator[list[int]]:
    """All accounts, some at a time."""
    after = 0
    while accounts := accounts_watched(after=after, most=TOGETHER):
        yield accounts
        after = accounts[-1]


def _hold(accounts: Sequence[int]) -> None:
    list(AccountHabit.objects.select_for_update().filter(account__in=accounts).order_by("pk").values_list("pk"))


@dataclass(slots=True)
class _Habits:
    """The habits of a batch of accounts while they are lived through again."""

    found: dict[tuple[int, bool], tuple[Habit, Watched]] = field(default_factory=dict)

    def knows(self, account_id: int) -> bool:
        """Whether a movement of this account was read already."""
        return (account_id, True) in self.found or (account_id, False) in self.found

    def of(self, watched: Watched) -> Habit:
        key = (watched.account_id, watched.is_incoming)
        habit = self.found[key][0] if key in self.found else Habit()
        self.found[key] = (habit, watched)
        return habit

    def write(self) -> None:
        AccountHabit.objects.bulk_create(
            [
                AccountHabit(
                    account_id=account_id,
                    customer_id=watched.customer_id,
                    is_incoming=is_incoming,
                    opened_on=watched.opened_on,
                    state=habit.state(),
                )
                for (account_id, is_incoming), (habit, watched) in self.found.items()
            ],
            update_conflicts=True,
            unique_fields=["account", "is_incoming"],
            update_fields=["state"],
        )


@dataclass(slots=True)
class Reservoir:
    """A fair sample of a stream of unknown length, of a fixed size."""

    size: int
    chance: Random
    seen: int = 0
    rows: list[dict[str, float]] = field(default_factory=list)

    def offer(self, row: dict[str, float]) -> None:
        self.seen += 1
        if len(self.rows) < self.size:
            self.rows.append(row)
            return
        place = self.chance.randrange(self.seen)
        if place < self.size:
            self.rows[place] = row
