"""How often a paper about something was handed over: what comes after the first is a copy and says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from portal.base.db import transactional
from portal.documents.models import HandedPaper


@transactional
def note_paper(*, kind: str, reference: str, paper: str, key: str, by: Any, at: datetime) -> int:
    """Write down that a paper is printed or made, and return which copy it is: 0 for the original, then 1, 2, …

    The same key is the same paper. Two at once get two numbers.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{kind}:{reference}"])
    papers = HandedPaper.objects.filter(kind=kind, reference=reference)
    known = papers.filter(key=key).first()
    if known is None:
        number = papers.count() + 1
        known = papers.create(kind=kind, reference=reference, number=number, paper=paper, key=key, by=by, at=at)
    return known.number - 1


def papers_made(kind: str, reference: str) -> int:
    """How many papers about this were handed over."""
    return HandedPaper.objects.filter(kind=kind, reference=reference).count()
