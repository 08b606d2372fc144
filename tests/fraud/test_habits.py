"""Features: strictly from the past, by one path for one movement and for a whole history."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.fraud.habits import FEATURES, MOST_PEERS, MOST_RECENT, NINE, Habit, Moving, features, learn
from portal.fraud.norms import NO_NORMS, Norms, Tally

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def moving(hours: float, amount: float, *, kind: str = "transfer:online", peer: int | None = 7) -> Moving:
    return Moving(
        at=START + timedelta(hours=hours),
        amount=amount,
        kind=kind,
        opened_on=date(2025, 1, 5),
        balance=1000.0,
        peer=peer,
    )


def told(history: list[Moving], norms: Norms = NO_NORMS) -> list[dict[str, float]]:
    """Each movement's features, one after the other."""
    habit, rows = Habit(), []
    for each in history:
        found = features(habit, each, norms)
        learn(habit, each, found)
        rows.append(found)
    return rows


def some_history(count: int, seed: int) -> list[Moving]:
    chance = random.Random(seed)
    hours = 0.0
    found = []
    for _ in range(count):
        hours += chance.expovariate(1 / 20)
        found.append(moving(hours, round(chance.lognormvariate(4, 1), 2), peer=chance.randrange(9)))
    return found


def test_every_feature_has_a_value_for_a_first_movement() -> None:
    assert set(told([moving(0, 50.0)])[0]) == set(FEATURES)


@pytest.mark.parametrize("seed", range(5))
def test_what_comes_later_changes_no_earlier_row(seed: int) -> None:
    history = some_history(60, seed)
    other = [*history[:30], *[moving(2000 + i, 9_999_999.0, peer=99) for i in range(30)]]
    assert told(history)[:30] == told(other)[:30]


def test_the_movement_itself_is_not_in_what_it_is_compared_with() -> None:
    history = [moving(24 * day, 100.0) for day in range(10)]
    found = told([*history, moving(240, 1000.0)])[-1]
    assert found["amount_vs_avg_ratio"] == pytest.approx(10.0)
    assert found["transactions_last_24h"] == 0


def test_a_kept_habit_goes_on_as_if_it_had_never_been_put_away() -> None:
    history = some_history(40, 3)
    habit, rows = Habit(), []
    for each in history:
        habit = Habit.from_state(habit.state())
        rows.append(features(habit, each))
        learn(habit, each, rows[-1])
    assert rows == told(history)


def test_the_room_a_habit_takes_does_not_grow_with_history() -> None:
    habit = Habit()
    for number in range(1000):
        each = moving(number / 100, 10.0, peer=number)
        learn(habit, each, features(habit, each))
    assert len(habit.recent) == MOST_RECENT
    assert len(habit.peers) == MOST_PEERS


def test_the_nine_features_say_what_their_names_say() -> None:
    history = [moving(0, 100.0), moving(1, 200.0), moving(2, 300.0)]
    found = told([*history, moving(26, 600.0)])[-1]
    assert [round(found[name], 4) for name in NINE] == [600.0, 11.0, 1.0, 1.0, 0.0, 3.0, 366.0, 0.0, 0.0]


def test_twenty_four_hours_are_counted_to_the_second() -> None:
    found = told([moving(0, 1.0), moving(23.999, 1.0)])[-1]
    later = told([moving(0, 1.0), moving(24.001, 1.0)])[-1]
    assert (found["transactions_last_24h"], later["transactions_last_24h"]) == (1, 0)


def test_a_night_is_rarer_for_somebody_who_comes_by_day() -> None:
    history = [moving(24 * day, 50.0) for day in range(40)]
    day, night = told([*history, moving(960, 50.0)])[-1], told([*history, moving(954, 50.0)])[-1]
    assert night["hour_rarity"] > 3 > 1 > day["hour_rarity"]


def test_a_receiver_is_new_once() -> None:
    found = told([moving(0, 1.0, peer=1), moving(1, 1.0, peer=1), moving(2, 1.0, peer=None)])
    assert [row["new_peer"] for row in found] == [1.0, 0.0, 0.0]


def test_unusual_amounts_add_up_and_fade() -> None:
    history = [moving(24 * day, 50.0 + day % 3) for day in range(40)]
    burst = told([*history, *[moving(960 + i, 5000.0) for i in range(3)]])
    assert burst[-1]["surprise_24h"] > burst[-3]["surprise_24h"]
    after = told([*history, moving(960, 5000.0), moving(1200, 50.0)])[-1]
    assert after["surprise_24h"] < 0.01


def test_norms_come_from_what_was_counted() -> None:
    tally = Tally()
    for amount in range(1, 101):
        tally.add("transfer:online", 9, float(amount))
    norms = tally.norms()
    assert norms.z("transfer:online", norms.mean) == 0
    assert norms.hour_rarity("transfer:online", 3) > norms.hour_rarity("transfer:online", 9)
    assert Norms.from_plain(norms.plain()) == norms
