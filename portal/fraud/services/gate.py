"""The gate: every movement of a member's money is judged before it posts, in the same transaction.

`judge` reads the account's habit under a lock, scores, asks the rules; `note` writes what was learned once the entry is
there. Neither grows with history: three statements a movement, whatever lies behind it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import localtime

from portal.base.errors import Refused
from portal.base.money import Money, exponent
from portal.fraud import judging, reasons
from portal.fraud.habits import Habit, Moving, features, learn
from portal.fraud.judging import Fired, Seen
from portal.fraud.models import AccountHabit, Condition, HeldMovement, Level, Verdict
from portal.fraud.norms import NO_NORMS
from portal.fraud.queries.force import Force, force
from portal.ledger.models import Account
from portal.ledger.queries import scope_of
from portal.ledger.services import Posted
from portal.signin.models import Device, SignInAttempt

PASSES_FOR = timedelta(hours=24)
"""How long a release lets the same cash movement pass."""
PINS_COUNT_FOR = timedelta(hours=1)
"""How long a wrong PIN counts; the right one behind it does not take it back."""

_READ = """
SELECT h.id, h.state,
       EXISTS (SELECT FROM ledger_idempotencykey AS k WHERE k.scope = %(scope)s AND k.key = %(key)s),
       (SELECT b.balance_minor FROM ledger_balance AS b WHERE b.account_id = %(account)s),
       (SELECT m.state FROM fraud_heldmovement AS m WHERE m.key_scope = %(scope)s AND m.key = %(key)s),
       (SELECT max(r.id) FROM fraud_ruleversion AS r),
       (SELECT max(f.id) FROM fraud_modelinforce AS f),
       (SELECT count(*) FROM signin_signinattempt AS t
         WHERE t.user_id = %(person)s AND t.outcome = %(pin)s AND t.at > %(pins_since)s)
  FROM fraud_accounthabit AS h
 WHERE h.account_id = %(account)s AND h.is_incoming = %(incoming)s
   FOR NO KEY UPDATE OF h
"""
_NOTE = """
WITH learned AS (UPDATE fraud_accounthabit SET state = %(state)s::jsonb WHERE id = %(habit)s)
INSERT INTO fraud_scoredmovement
       (entry_id, account_id, customer_id, is_incoming, kind, amount_minor, at, score_millionths, level, version_id, figures)
VALUES (%(entry)s, %(account)s, %(customer)s, %(incoming)s, %(kind)s, %(amount)s, %(at)s, %(score)s, %(level)s,
        %(version)s, %(figures)s::jsonb)
"""

_released: ContextVar[UUID | None] = ContextVar("released", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A movement that wants to post. `peer` is the ledger account of whoever is paid, or nobody's for cash.

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
    peer_id: int | None = None
    is_own: bool = False
    is_proved: bool | None = None
    door: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)

    @property
    def way(self) -> str:
        """What kinds of movement are told apart by."""
        return f"{self.kind}:{self.channel}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the gate thought. `habit` is as it was before; `note` adds the movement to it."""

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
    habit_id, state, is_known, balance_minor, held, *rest = _read(facts, by, at)
    if is_known:
        return None
    _refuse_held(held)
    judged = _judged(facts, habit_id, state, balance_minor, rest, by, at)
    if judged.verdict > Verdict.ALLOW and _released.get() is None:
        _stop(judged, by, at)
    return judged


def note(judged: Judged | None, posted: Posted, *, by: Any, at: datetime) -> None:
    """Learn from a movement that was posted, keep its score, and raise an alert where it is worth one."""
    if judged is None or posted.replayed:
        return
    facts = judged.facts
    learn(judged.habit, judged.moving, judged.figures)
    values: dict[str, Any] = {
        "habit": judged.habit_id,
        "state": json.dumps(judged.habit.state()),
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
        "figures": json.dumps({name: round(value, 6) for name, value in judged.figures.items()}),
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, values)
    if judged.level >= Level.HIGH and not facts.is_own:
        from portal.fraud.services.alerting import raise_alert

        raise_alert(judged, entry_id=posted.entry_id, by=by, at=at)


def _read(facts: Facts, by: Any, at: datetime) -> tuple[Any, ...]:
    """The habit, locked, and all else that is asked, in one statement; the first movement of an account makes the row."""
    values: dict[str, Any] = {
        "account": facts.account.pk,
        "incoming": facts.is_incoming,
        "scope": scope_of(by),
        "key": facts.key,
        "person": by.pk if _is_person(by) else None,
        "pin": SignInAttempt.Outcome.PIN.value,
        "pins_since": at - PINS_COUNT_FOR,
    }
    with connection.cursor() as cursor:
        cursor.execute(_READ, values)
        row = cursor.fetchone()
        if row is None:
            habit = AccountHabit(
                account=facts.account,
                customer_id=facts.customer_id,
                is_incoming=facts.is_incoming,
                opened_on=facts.opened_on,
            )
            AccountHabit.objects.bulk_create([habit], ignore_conflicts=True)
            cursor.execute(_READ, values)
            row = cursor.fetchone()
    return (row[0], json.loads(row[1]) if isinstance(row[1], str) else row[1], *row[2:])


def _refuse_held(state: str | None) -> None:
    if _released.get() is not None or state is None:
        return
    if state == HeldMovement.State.RETURNED:
        raise Refused("Your branch looked at this and did not carry it out. Nothing was posted.", code="returned")
    if state == HeldMovement.State.WAITING:
        raise UnderReview(_WAITS)


def _judged(
    facts: Facts, habit_id: int, state: Any, balance_minor: int | None, rest: Sequence[Any], by: Any, at: datetime
) -> Judged:
    rules, model, wrong_pins = rest
    now, units = localtime(at), 10 ** exponent(facts.amount.currency)
    going_by = force(rule_stamp=rules, model_stamp=model, day=now.date())
    habit = Habit.from_state(state)
    moving = Moving(
        at=now,
        amount=facts.amount.minor / units,
        kind=facts.way,
        opened_on=facts.opened_on,
        balance=0.0 if facts.is_incoming else (balance_minor or 0) / units,
        peer=facts.peer_id,
    )
    scorer = going_by.scorer
    figures = features(habit, moving, scorer.norms if scorer else NO_NORMS)
    score = scorer.score(figures) if scorer else None
    level = scorer.level(score) if scorer and score is not None else None
    found = [] if facts.is_own else _asked(facts, now.hour, figures, level, going_by, wrong_pins, by, at)
    return Judged(
        facts=facts,
        habit_id=habit_id,
        habit=habit,
        moving=moving,
        figures=figures,
        score=score,
        level=judging.level_of(found, level),
        fired=found,
        verdict=judging.verdict_of(found),
        force=going_by,
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
        refusal = Rejected("This cannot be carried out. Ask at your branch. Nothing was posted.")
        refusal.leaves = lambda: holding.keep_rejected(judged, by=by, at=at)
    else:
        refusal = UnderReview(_WAITS if facts.door else _ASKS_BRANCH)
        refusal.leaves = lambda: holding.hold(judged, by=by, at=at)
    raise refusal
