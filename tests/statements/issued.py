"""Monthly statements and packs as the worker leaves them, without the worker: the files hold a word instead of a PDF."""

from __future__ import annotations

from datetime import date, timedelta

from portal.base.clock import now
from portal.deposits.models import DepositAccount
from portal.documents.services import store
from portal.people.models import User
from portal.statements.models import IssuedStatement, PackAccount, PackFile, StatementPack, StatementRun
from tests.cast import NOW

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


def issue(account: DepositAccount) -> tuple[StatementRun, IssuedStatement]:
    """October's statement of an account, in the one run of October."""
    facts = {"period_end": OCTOBER[1], "accounts": 1, "asked_at": NOW, "finished_at": NOW}
    run, _ = StatementRun.objects.get_or_create(period_start=OCTOBER[0], defaults=facts)
    document = store(
        kind="statement",
        title="Statement",
        filename="s.pdf",
        media_type="application/pdf",
        body=b"%PDF",
        by=None,
        at=NOW,
    )
    return run, IssuedStatement.objects.create(run=run, account=account, document=document, at=NOW)


def pack(account: DepositAccount, *, by: User) -> StatementPack:
    """A finished pack of one account with one file."""
    at = now()
    made = StatementPack.objects.create(
        period_start=OCTOBER[0],
        period_end=OCTOBER[1],
        formats=["csv"],
        chosen="1 account",
        asked_at=at,
        asked_by=by,
        finished_at=at,
        expires_at=at + timedelta(hours=24),
    )
    member = PackAccount.objects.create(
        pack=made, account=account, movements=0, opening_minor=0, closing_minor=0, made_at=at
    )
    document = store(
        kind="statement", title="Statement", filename="s.csv", media_type="text/csv", body=b"a,b\r\n", by=None, at=at
    )
    PackFile.objects.create(member=member, name="s.csv", document=document)
    return made
