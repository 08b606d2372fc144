"""The hash chains: how far each reaches, proving all books again as background work, and what was found last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max

from portal.audit.models import Event
from portal.audit.services import record
from portal.institution.models import Branch
from portal.ledger.models import Seal, Unsealed
from portal.ledger.proof import Proof, heads
from portal.outbox.models import Job
from portal.outbox.services import enqueue

VERIFY, VERIFIED = "books.verify", "books verified"


@dataclass(frozen=True, slots=True)
class ChainState:
    """One branch's chain: its links 1..`length`, the newest hash, when it was made, and what waits to be sealed."""

    branch: Branch
    length: int
    head: str
    sealed_at: datetime | None
    waiting: int


def chain_states() -> list[ChainState]:
    """Every branch's chain. Four queries."""
    sealed = dict(Seal.objects.order_by().values_list("branch_id").annotate(Max("sealed_at")))
    waiting = dict(Unsealed.objects.order_by().values_list("branch_id").annotate(Count("pk")))
    ends = heads()
    return [
        ChainState(
            branch, *ends.get(branch.pk, (0, "")), sealed_at=sealed.get(branch.pk), waiting=waiting.get(branch.pk, 0)
        )
        for branch in Branch.objects.all()
    ]


def last_verification() -> Event | None:
    """When the books were last proved, by whom, and what was found."""
    return Event.objects.filter(verb=VERIFIED).select_related("actor").order_by("-at", "-pk").first()


def ask_to_verify(*, key: str, by: Any, at: datetime) -> Job:
    """Have all books proved again from the journal alone; the same key asks once."""
    return enqueue(kind=VERIFY, key=key, payload={}, by=by, at=at)


def note_verification(*, proofs: list[Proof], by: Any, at: datetime) -> Event:
    """Write down what was found, with the head of each chain, so that a later head can be compared."""
    bad = [f"{proof.statement}: {proof.bad_row}" for proof in proofs if not proof.holds]
    ends = {str(branch): f"1..{length} {head}" for branch, (length, head) in heads().items()}
    detail = {"intact": not bad, "proofs": [proof.statement for proof in proofs], "contradicted": bad, "heads": ends}
    return record(verb=VERIFIED, subject="intact" if not bad else "contradicted", detail=detail, by=by, at=at)
