"""The gate: every movement of a member's money is judged before it posts, in the same transaction.

`judge` reads the account's habit under a lock, scores, asks the rules; `note` writes what was learned once the entry is
there. Neither grows with history: three statements a movement, whatever lies behind it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.timezone import localtime

from portal.base.errors import Refused
from portal.base.money import Money, exponent
from portal.base.prepared import prepared_cursor
from portal.fraud import judging, reasons
from portal.fraud.habits import KEPT_DECIMALS, Habit, Moving, features, learn
from portal.fraud.judging import Fired, Seen
from portal.fraud.models import AccountHabit, Condition, HeldMovement, Level, Verdict
from portal.fraud.queries.force import Force, force
from portal.ledger.models import Account
from portal.ledger.queries import scope_of
from portal.ledger.services import Posted
from portal.signin.models import Device, SignInAttempt

PASSES_FOR = timedelta(hours=24)
"""How long a release lets the same cash movement pass."""
RETURNED = "returned"
"""The code of the refusal of what a reviewer gave back."""
PINS_COUNT_FOR = timedelta(hours=1)
"""How long a wrong PIN counts; the right one behind it does not take it back."""

_READ = """
SELECT h.id, h.state, t.id, t.state,
       EXISTS (SELECT FROM ledger_idempotencykey AS k WHERE k.scope = %(scope)s::text AND k.key = %(key)s::text),
       (SELECT b.balance_minor FROM ledger_balance AS b WHERE b.account_id = %(account)s::bigint),
       (SELECT m.state || ':' || m.door FROM fraud_heldmovement AS m
         WHERE m.key_scope = %(scope)s::text AND m.key = %(key)s::text),
       (SELECT max(r.id) FROM fraud_ruleversion AS r),
       (SELECT max(f.id) FROM fraud_modelinforce AS f),
       (SELECT count(*) FROM signin_signinattempt AS t
         WHERE t.user_id = %(person)s::bigint AND t.outcome = %(pin)s::text AND t.at > %(pins_since)s::timestamptz),
       (SELECT c.number FROM fraud_case AS c
         WHERE c.customer_id = %(customer)s::bigint AND c.state = 'open' AND c.is_holding)
  FROM fraud_accounthabit AS h
  JOIN fraud_accounthabit AS t ON t.account_id = %(learner)s::bigint AND t.is_incoming = %(learner_incoming)s::boolean
 WHERE h.account_id = %(account)s::bigint AND h.is_incoming = %(incoming)s::boolean
   FOR NO KEY UPDATE OF h, t
"""
"""Who pays is locked before who is paid: always in this order. Where nobody here is paid, `t` is `h` once more."""
_NOTE = """
WITH learned AS (
     UPDATE fraud_accounthabit AS h SET state = n.state::jsonb
       FROM unnest(%(habits)s::bigint[], %(states)s::text[]) AS n (id, state) WHERE h.id = n.id)
INSERT INTO fraud_scoredmovement
       (entry_id, account_id, customer_id, is_incoming, kind, amount_minor, at, score_millionths, level, version_id, figures)
VALUES (%(entry)s::uuid, %(account)s::bigint, %(customer)s::bigint, %(incoming)s::boolean, %(kind)s::text,
        %(amount)s::bigint, %(at)s::timestamptz, %(score)s::integer, %(level)s::smallint, %(version)s::bigint,
        %(figures)s::jsonb)
"""

_released: ContextVar[UUID | None] = ContextVar("released", default=None)


@dataclass(frozen=True, slots=True)
class Payee:
    """The account here that a movement pays into: it learns from the movement too, from its own side."""

    account_id: int
    customer_id: int
    opened_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A movement that wants to post. `payee` is whose account here is paid, nobody's for cash.

    `is_own` says that the money stays with its owner: it is scored and learned from, but no rule stops it. `door` and
    `payload` say how it is posted later, should it be held; without them a hold keeps nothing but the case. `is_proved`
    says that the person has just proved who they are, None that nobody could be asked.
    """

    account: Account
    customer_id: int
    opened_on: date
    amount: Money
    is_incoming: bool
    kind: str
    channel: str
    key: str
    payee: Payee | None = None
    is_own: bool = False
    is_proved: bool | None = None
    door: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def way(self) -> str:
        """What kinds of movement are told apart by."""
        return f"{self.kind}:{self.channel}"

    @property
    def sides(self) -> list[tuple[int, bool, int, date]]:
        """Whose habits this movement is a part of: account, direction, customer, since when. The one that is judged first."""
        own = (self.account.pk, self.is_incoming, self.customer_id, self.opened_on)
        return (
            [own, (self.payee.account_id, True, self.payee.customer_id, self.payee.opened_on)] if self.payee else [own]
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """What the gate thought. `habit` is as it was before; `note` adds the movement to it, and to that of who is paid."""

    facts: Facts
    habit_id: int
    habit: Habit
    moving: Moving
    figures: Mapping[str, float]
    score: int | None
    level: Level
    fired: Sequence[Fired]
    verdict: Verdict
    force: Force
    paid: tuple[int, Habit] | None = None

    def reasons(self) -> list[dict[str, Any]]:
        """Why, in rows of words; never empty."""
        scorer = self.force.scorer
        return reasons.reasons(
            amount=self.facts.amount,
            found=self.figures,
            usual=reasons.Usual(self.habit, self.facts.amount.currency),
            shares=scorer.shares(self.figures) if scorer else {},
            fired=self.fired,
            moment=self.moving.at.timestamp(),
        )


class ProofWanted(Refused):
    """The movement goes on once the person has proved again who they are."""

    code = "proof_wanted"


class UnderReview(Refused):
    """The movement was not posted: somebody looks at it first."""

    code = "under_review"


class Rejected(Refused):
    """A rule turns the movement away."""

    code = "rejected"


@contextmanager
def released(held: HeldMovement) -> Iterator[None]:
    """While this lasts, the held movement passes the gate."""
    token = _released.set(held.pk)
    try:
        yield
    finally:
        _released.reset(token)


def judge(facts: Facts, *, by: Any, at: datetime) -> Judged | None:
    """Judge a movement before it posts; None for a repeated request, which answers with what it did first.

    Raises `ProofWanted`, `UnderReview` and `Rejected`; the latter two leave an alert behind although nothing is posted.
    Locks the account's habit until the transaction ends, so that two movements at once are judged one after the other.
    """
    read = _read(facts, by, at)
    if read.is_known:
        return None
    _refuse_held(read.held)
    judged = _judged(facts, read, by, at)
    if judged.verdict > Verdict.ALLOW and _released.get() is None:
        _stop(judged, by, at)
    return judged


def note(judged: Judged | None, posted: Posted, *, by: Any, at: datetime) -> None:
    """Learn from a movement that was posted, keep its score, and raise an alert where it is worth one."""
    if judged is None or posted.replayed:
        return
    facts = judged.facts
    learned = _learned(judged)
    values: dict[str, Any] = {
        "habits": [habit_id for habit_id, _ in learned],
        "states": [json.dumps(habit.state()) for _, habit in learned],
        "entry": posted.entry_id,
        "account": facts.account.pk,
        "customer": facts.customer_id,
        "incoming": facts.is_incoming,
        "kind": facts.way,
        "amount": facts.amount.minor,
        "at": at,
        "score": judged.score,
        "level": int(judged.level),
        "version": judged.force.scorer.version_id if judged.force.scorer else None,
        "figures": json.dumps({name: round(value, KEPT_DECIMALS) for name, value in judged.figures.items()}),
    }
    with prepared_cursor() as cursor:
        cursor.execute(_NOTE, values)
    if judged.level >= Level.HIGH and not facts.is_own:
        from portal.fraud.services.alerting import raise_alert

        raise_alert(judged, entry_id=posted.entry_id, by=by, at=at)


def _learned(judged: Judged) -> list[tuple[int, Habit]]:
    """The habits that this movement is a part of, with it."""
    learn(judged.habit, judged.moving, judged.figures)
    learned = [(judged.habit_id, judged.habit)]
    payee = judged.facts.payee
    if judged.paid is not None and payee is not None:
        moving = replace(judged.moving, opened_on=payee.opened_on, balance=0.0, peer=judged.facts.account.pk)
        learn(judged.paid[1], moving, features(judged.paid[1], moving, judged.force.norms))
        learned.append(judged.paid)
    return learned


class _Read(NamedTuple):
    """What the database knows of a movement before it is judged."""

    habit_id: int
    state: Any
    paid_id: int
    paid_state: Any
    is_known: bool
    balance_minor: int | None
    held: str | None
    rules: int | None
    model: int | None
    wrong_pins: int
    holding: int | None


def _read(facts: Facts, by: Any, at: datetime) -> _Read:
    """The habits, locked, and all else that is asked, in one statement; the first movement of an account makes its row."""
    own, other = facts.sides[0], facts.sides[-1]
    values: dict[str, Any] = {
        "account": own[0],
        "incoming": own[1],
        "learner": other[0],
        "learner_incoming": other[1],
        "scope": scope_of(by),
        "key": facts.key,
        "person": by.pk if _is_person(by) else None,
        "pin": SignInAttempt.Outcome.PIN.value,
        "pins_since": at - PINS_COUNT_FOR,
        "customer": facts.customer_id,
    }
    with prepared_cursor() as cursor:
        cursor.execute(_READ, values)
        row = cursor.fetchone()
        if row is None:
            names = ("account_id", "is_incoming", "customer_id", "opened_on")
            habits = [AccountHabit(**dict(zip(names, side, strict=True))) for side in facts.sides]
            AccountHabit.objects.bulk_create(habits, ignore_conflicts=True)
            cursor.execute(_READ, values)
            row = cursor.fetchone()
    return _Read(*row)


def _as_habit(state: Any) -> Habit:
    return Habit.from_state(json.loads(state) if isinstance(state, str) else state)


def _refuse_held(held: str | None) -> None:
    if _released.get() is not None or held is None:
        return
    state, _, door = held.partition(":")
    if state == HeldMovement.State.RETURNED:
        raise Refused("Your branch looked at this and did not carry it out. Nothing was posted.", code=RETURNED)
    if state == HeldMovement.State.WAITING:
        raise UnderReview(_WAITS if door else _ASKS_BRANCH)


def _judged(facts: Facts, read: _Read, by: Any, at: datetime) -> Judged:
    now, units = localtime(at), 10 ** exponent(facts.amount.currency)
    going_by = force(rule_stamp=read.rules, model_stamp=read.model, day=now.date())
    habit = _as_habit(read.state)
    moving = Moving(
        at=now,
        amount=facts.amount.minor / units,
        kind=facts.way,
        opened_on=facts.opened_on,
        balance=0.0 if facts.is_incoming else (read.balance_minor or 0) / units,
        peer=facts.payee.account_id if facts.payee else None,
    )
    scorer = going_by.scorer
    figures = features(habit, moving, going_by.norms)
    score = scorer.score(figures) if scorer else None
    level = scorer.level(score) if scorer and score is not None else None
    found = [] if facts.is_own else _asked(facts, now.hour, figures, level, going_by, read.wrong_pins, by, at)
    if read.holding is not None and not facts.is_own and not facts.is_incoming:
        found.insert(0, judging.held_by_case(read.holding))
    return Judged(
        facts=facts,
        habit_id=read.habit_id,
        habit=habit,
        moving=moving,
        figures=figures,
        score=score,
        level=judging.level_of(found, level),
        fired=found,
        verdict=judging.verdict_of(found),
        force=going_by,
        paid=(read.paid_id, _as_habit(read.paid_state)) if facts.payee else None,
    )


def _asked(
    facts: Facts,
    hour: int,
    figures: Mapping[str, float],
    level: Level | None,
    going_by: Force,
    wrong_pins: int,
    by: Any,
    at: datetime,
) -> list[Fired]:
    """What the rules say; what only a person's own movement has is looked up where a rule wants it."""
    by_device = [rule for rule in going_by.rules if rule.condition == Condition.NEW_DEVICE]
    asks_device = any(facts.amount.minor >= rule.parameters["amount_minor"] for rule in by_device)
    seen = Seen(
        amount=facts.amount,
        channel=facts.channel,
        is_incoming=facts.is_incoming,
        hour=hour,
        figures=figures,
        level=level,
        wrong_pins=wrong_pins if _is_person(by) else None,
        device_hours=_device_hours(by, at) if _is_person(by) and asks_device else None,
    )
    return judging.fired(going_by.rules, seen)


def _is_person(by: Any) -> bool:
    """Whether a member moves this money by their own hand."""
    return by is not None and by.customer_id is not None


def _device_hours(by: Any, at: datetime) -> float | None:
    """How long the browser that this person uses now has been known; None for the only one there ever was."""
    devices = list(Device.objects.filter(user=by).order_by("-last_seen").values_list("first_seen", flat=True)[:2])
    return (at - devices[0]).total_seconds() / 3600 if len(devices) > 1 else None


_WAITS = "This waits for a review by your branch. The money is set aside, and nothing else is to be done. Nothing was posted."
_REJECTED = "This cannot be carried out. Ask at your branch. Nothing was posted."
_REJECTED_HERE = "A rule of the gate turns this away. Your manager finds why among the alerts. Nothing was posted."
_ASKS_BRANCH = "This needs a look by a second person first: it stands in the queue of alerts. Nothing was posted."


def _stop(judged: Judged, by: Any, at: datetime) -> None:
    """Raise what the verdict asks for. Where nobody can prove anything, a proof becomes a review."""
    facts, verdict = judged.facts, judged.verdict
    if verdict == Verdict.STEP_UP and facts.is_proved:
        return
    if verdict == Verdict.STEP_UP and facts.is_proved is False:
        raise ProofWanted("Prove again that it is you. Nothing was posted.")
    from portal.fraud.services import holding

    if not facts.door and holding.use_pass(facts, at=at):
        return
    refusal: Refused
    if verdict == Verdict.REJECT:
        refusal = Rejected(_REJECTED_HERE if facts.channel == "counter" else _REJECTED)
        refusal.leaves = lambda: holding.keep_rejected(judged, by=by, at=at)
    else:
        refusal = UnderReview(_WAITS if facts.door else _ASKS_BRANCH)
        refusal.leaves = lambda: holding.hold(judged, by=by, at=at)
    raise refusal
