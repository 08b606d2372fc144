"""Asking for a second person, answering, and carrying out: once, as asked, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime

from portal.access import policy
from portal.access.gate import allows
from portal.approvals import queries
from portal.approvals.acts import Act, act_named
from portal.approvals.models import Decision, Request
from portal.approvals.seals import plain, seal
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused, Stale
from portal.base.money import Money
from portal.institution.models import Branch
from portal.live.services import announce
from portal.people.models import User
from portal.signin.services import prove

ASKED, APPROVED, REJECTED = "approval asked for", "approval given", "approval refused"
CARRIED_OUT, WITHDRAWN, EXPIRED = "approved act carried out", "request withdrawn", "request expired"
AT_ONCE = 200
PROOF_LASTS = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody who has just proved at another's screen who they are. Made by `prove_approver` and `prove_approver_by_passkey` only."""

    user: User
    at: datetime


@transactional
def ask(
    *,
    act: str,
    payload: Mapping[str, Any],
    subject: str = "",
    reason: str = "",
    branch: Branch | None = None,
    amount: Money | None = None,
    by: Any,
    at: datetime,
) -> Request:
    """Ask that an act be carried out by a second person's leave. Nothing changes until then.

    Refused: whoever may not ask for this act, what the act's own `check` refuses, what is about the asker where it is not an
    act of `own_business`, and the same once more while it waits.
    """
    asked = act_named(act)
    kept = plain(payload)
    if asked.asks is not None and not allows(by, asked.asks):
        raise Refused("Your role does not ask for this: a colleague or your manager can.", code="may_not_ask")
    asked.check(kept)
    request = Request(
        act=act,
        payload=kept,
        payload_hash=seal(act=act, payload=kept, branch_id=branch.pk if branch else None, amount=amount),
        subject=subject,
        summary=asked.summary(kept)[:200],
        reason=reason.strip(),
        branch=branch,
        amount_minor=amount.minor if amount is not None else None,
        currency=amount.currency if amount is not None else "",
        asked_by=by,
        asked_at=at,
        expires_at=at + _waits(asked),
    )
    if not asked.own_business and queries.is_about(by, request):
        raise Refused("This is about yourself: a colleague must ask for it.", code="own_account")
    _save(request)
    _tell(request, ASKED, by=by, at=at)
    return request


@transactional
def decide(
    *, request: Request, approve: bool, comment: str = "", on_the_spot: bool = False, by: Any, at: datetime
) -> Request:
    """Answer a request. The last approval it needs carries it out, in this transaction and by the act's own service.

    Refused: the asker's own answer, a request out of the decider's reach or about the decider, one that is over (`Stale`
    says who was faster) or expired, a refusal without a comment, and at approval whatever the act's `check` refuses now.
    """
    locked = Request.objects.select_for_update(of=("self",)).select_related("asked_by", "branch").get(pk=request.pk)
    _refuse_unless_open(locked, at)
    _refuse_decider(locked, by, at)
    if not approve and not comment.strip():
        raise Refused("Say why not: the person who asked will read it.", code="comment", field="comment")
    act = act_named(locked.act)
    if approve:
        _check_again(locked, act)
    given = locked.decisions.filter(outcome=Decision.Outcome.APPROVED).count()
    is_final = not approve or not queries.approvals_missing(locked, given=given + 1)
    _write_decision(locked, approve=approve, comment=comment, is_final=is_final, spot=on_the_spot, by=by, at=at)
    if is_final:
        _finish(locked, act, approve=approve, comment=comment.strip(), by=by, at=at)
    return locked


def prove_approver(*, email: str, password: str, code: str, by: Any, at: datetime) -> Approver:
    """The second person at the asker's own screen proves who they are; the first half of a decision on the spot.

    `by` is who sits at the screen. Refused with one text whatever was wrong, and `Locked` after too many failures. Each
    failure counts like a failed sign-in of that address and stays counted whatever becomes of the act: therefore this is
    called before a transaction begins and within no service (`RuntimeError`). A right code is used up. Whoever has a
    passkey proves it by `prove_approver_by_passkey`.
    """
    return Approver(user=prove(email=email, password=password, code=code, by=by, at=at), at=at)


def prove_approver_by_passkey(*, user: User, by: Any, at: datetime) -> Approver:
    """The same for whose passkey has just answered the asker's own screen (`passkeys.take_anybodys`)."""
    record(verb="proved on the spot", subject=user.email, detail={"by": "passkey", "beside": str(by)}, by=user, at=at)
    return Approver(user=user, at=at)


@transactional
def approve_on_the_spot(*, request: Request, approver: Approver, comment: str = "", by: Any, at: datetime) -> Request:
    """Approve as whom `prove_approver` returned; the second half. A part of the caller's transaction: all or nothing.

    A service that asks and has approved at once therefore leaves neither request nor decision when its act is refused.
    Refused: everything `decide` refuses (the asker's own approval, out of reach, above the ceiling, over, expired), a
    proof older than two minutes, and a proof that was another screen's.
    """
    if not timedelta(0) <= at - approver.at < PROOF_LASTS:
        raise Refused("Too much time went by. Prove once more who you are.", code="old_proof", field="code")
    return decide(request=request, approve=True, comment=comment, on_the_spot=True, by=approver.user, at=at)


def decide_on_the_spot(
    *, request: Request, approver_email: str, password: str, code: str, comment: str = "", by: Any, at: datetime
) -> Request:
    """Approve a request that waits at the asker's own screen: `prove_approver`, then `approve_on_the_spot`.

    For a view, or a block of `transaction.atomic` around it: a refused decision leaves nothing but the count of the try.
    Within a service the two halves are called apart, the first one before the service begins. Whether somebody may decide
    is told only after the proof.
    """
    approver = prove_approver(email=approver_email, password=password, code=code, by=by, at=at)
    return approve_on_the_spot(request=request, approver=approver, comment=comment, by=by, at=at)


@transactional
def withdraw(*, request: Request, by: Any, at: datetime) -> Request:
    """Take back what one asked for oneself, while it waits. Refused for everybody else's and for what is over."""
    locked = Request.objects.select_for_update().get(pk=request.pk)
    if locked.asked_by_id != by.pk:
        raise Refused("Only the person who asked can take this back.", code="not_yours")
    _refuse_over(locked)
    locked.state = Request.State.WITHDRAWN
    locked.save(update_fields=["state"])
    _tell(locked, WITHDRAWN, by=by, at=at)
    return locked


@transactional
def expire_requests(*, at: datetime) -> int:
    """End what waited too long, a few hundred at a time; how many. Called each minute by the worker."""
    due = Request.objects.filter(state=Request.State.WAITING, expires_at__lte=at).select_for_update(skip_locked=True)
    over = list(due.order_by("expires_at")[:AT_ONCE])
    for request in over:
        request.state = Request.State.EXPIRED
        request.save(update_fields=["state"])
        _tell(request, EXPIRED, by=None, at=at)
    return len(over)


def _waits(act: Act) -> timedelta:
    return act.expires_after or timedelta(hours=policy.current().approval_hours)


def _save(request: Request) -> None:
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:
        if "approvals_request_waits_once" not in str(error):
            raise
        raise Refused("Exactly this has been asked for already and waits.", code="waits_already") from error


def _refuse_unless_open(request: Request, at: datetime) -> None:
    _refuse_over(request)
    if request.expires_at <= at:
        raise Refused("This has expired. It must be asked for again.", code="expired")


def _refuse_over(request: Request) -> None:
    if request.state == Request.State.WAITING:
        return
    final = request.decisions.filter(is_final=True).select_related("decided_by").first()
    if final is not None:
        word = final.get_outcome_display().lower()
        when = date_format(localtime(final.decided_at), "j M Y, H:i")
        raise Stale(f"{final.decided_by} {word} this on {when}. Nothing more was done.")
    raise Stale(f"This is over: {request.get_state_display().lower()}. Nothing more was done.")


def _refuse_decider(request: Request, by: Any, at: datetime) -> None:
    if request.asked_by_id == by.pk:
        raise Refused("You asked for this yourself: somebody else must decide.", code="own_request")
    if not queries.may_decide(by, request):
        raise Refused(
            "You may not decide on this: it needs another role, or somebody of its branch.", code="may_not_decide"
        )
    if queries.is_about(by, request):
        raise Refused("This is about yourself or your own account: somebody else must decide.", code="own_account")
    ceiling = queries.short_ceiling(by, request, on=at.date())
    if ceiling is not None:
        raise Refused(f"You approve up to {ceiling}: somebody else must decide.", code="ceiling")
    if request.decisions.filter(decided_by=by).exists():
        raise Refused("You have answered this already; another person must too.", code="decided_already")


def _check_again(request: Request, act: Act) -> None:
    """What is about to be carried out is what was asked for, by somebody who may still ask, and it can still be done."""
    amount = queries.amount_of(request)
    if (
        seal(act=request.act, payload=request.payload, branch_id=request.branch_id, amount=amount)
        != request.payload_hash
    ):
        raise Refused("This is not what was asked for any more. Nothing was done.", code="changed")
    asker = request.asked_by
    if not asker.is_active or (act.asks is not None and not allows(asker, act.asks)):
        raise Refused(f"{asker} may no longer ask for this. Nothing was done.", code="asker")
    act.check(request.payload)


def _write_decision(
    request: Request, *, approve: bool, comment: str, is_final: bool, spot: bool, by: Any, at: datetime
) -> None:
    Decision.objects.create(
        request=request,
        asked_by_id=request.asked_by_id,
        payload_hash=request.payload_hash,
        outcome=Decision.Outcome.APPROVED if approve else Decision.Outcome.REJECTED,
        comment=comment.strip(),
        is_final=is_final,
        decided_by=by,
        decided_at=at,
        on_the_spot=spot,
    )
    _tell(request, APPROVED if approve else REJECTED, by=by, at=at, comment=comment.strip())


def _finish(request: Request, act: Act, *, approve: bool, comment: str, by: Any, at: datetime) -> None:
    if not approve:
        request.state = Request.State.REJECTED
        request.save(update_fields=["state"])
        act.turned_down(request.payload, comment=comment, by=by, at=at)
        return
    # What changed is known only now: afterwards there is nothing left to compare.
    changes = [
        [each.label, queries.shown(each.before), queries.shown(each.after)] for each in act.diff(request.payload)
    ]
    result = act.carry_out(request.payload, by=request.asked_by, approved_by=by, at=at)
    request.state, request.result = Request.State.CARRIED_OUT, plain({"changes": changes, **(result or {})})
    request.save(update_fields=["state", "result"])
    record(verb=CARRIED_OUT, subject=_subject(request), detail=_detail(request), by=by, at=at)


def _tell(request: Request, verb: str, *, by: Any, at: datetime, comment: str = "") -> None:
    """Into the trail, and to the pages of those who decide and of the one who asked."""
    detail = _detail(request) | ({"comment": comment} if comment else {})
    record(verb=verb, subject=_subject(request), detail=detail, by=by, at=at)
    announce(queries.CHANNEL)
    announce(f"user:{request.asked_by_id}", ["approvals"])


def _subject(request: Request) -> str:
    return request.subject or str(request.pk)


def _detail(request: Request) -> dict[str, str]:
    detail = {"request": str(request.pk), "what": request.summary, "asked by": str(request.asked_by)}
    return detail | ({"reason": request.reason} if request.reason else {})
