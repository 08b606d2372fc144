"""Statements of many accounts for an auditor: chosen, made one account at a time, handed out as one ZIP when whole."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import RawIOBase
from typing import IO, Any, cast

from django.db.models import QuerySet
from django.urls import reverse

from portal.access.capabilities import Capability
from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.exports import csv_chunks
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.queries import accounts_visible_to
from portal.documents.models import Document
from portal.institution.models import Branch
from portal.ledger.queries import balances_at
from portal.outbox.models import Job
from portal.outbox.services import enqueue, send_mail
from portal.statements.formats import FORMATS
from portal.statements.models import PackAccount, PackFile, StatementPack
from portal.statements.periods import Period
from portal.statements.queries.issued import PACK_JOB
from portal.statements.queries.lines import Statement

MOST_ACCOUNTS = 10_000
KEPT = timedelta(hours=24)
PDF = "pdf"
PACK_FORMATS = (PDF, *(name for name in FORMATS if name != "csv-excel"))
MANIFEST = ("file", "account", "rows", "currency", "opening", "closing", "sha256")
MANIFEST_NAME = "manifest.csv"
# A ZIP of the same files is the same to the last byte.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which accounts: all of a branch or of all, of them the numbers named, or a sample, or the largest balances."""

    branch: Branch | None = None
    numbers: Sequence[str] = ()
    sample: int = 0
    seed: str = ""
    largest: int = 0

    @property
    def words(self) -> str:
        where = f"of {self.branch.name}" if self.branch else "of all branches"
        if self.numbers:
            return f"{len(self.numbers)} accounts by number"
        if self.sample:
            return f"Sample of {self.sample} accounts {where}, seed {self.seed}"
        return f"The {self.largest} largest balances {where}" if self.largest else f"All accounts {where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackWanted:
    """What somebody asks for."""

    choice: Choice
    period: Period
    formats: Sequence[str]


@transactional
def ask_for_pack(*, wanted: PackWanted, origin: str, key: str, by: Any, at: datetime) -> StatementPack:
    """Choose the accounts now and have the worker make their statements; the same `key` gives back the same pack.

    Refuses numbers that are not to be seen, no account at all, and more than ten thousand.
    """
    job_key = f"{by.pk}:{key}"
    known = Job.objects.filter(kind=PACK_JOB, key=job_key).first()
    if known is not None:
        return StatementPack.objects.get(pk=known.payload["pack"])
    accounts = _chosen(wanted, by)
    if not accounts:
        raise Refused("No account was open in this period.", code="empty")
    if len(accounts) > MOST_ACCOUNTS:
        raise Refused(f"These are {len(accounts):,} accounts; a pack holds {MOST_ACCOUNTS:,}.", code="too_many")
    pack = StatementPack.objects.create(
        period_start=wanted.period.start,
        period_end=wanted.period.end,
        formats=list(wanted.formats),
        chosen=wanted.choice.words[:200],
        asked_at=at,
        asked_by=by,
    )
    PackAccount.objects.bulk_create([PackAccount(pack=pack, account_id=pk) for pk in accounts], batch_size=2000)
    detail = {"accounts": len(accounts), "chosen": pack.chosen, "formats": pack.formats}
    record(verb="statement pack asked for", subject=str(pack.pk), detail=detail, by=by, at=at)
    enqueue(kind=PACK_JOB, key=job_key, payload={"pack": str(pack.pk), "origin": origin}, by=by, at=at)
    return pack


def _chosen(wanted: PackWanted, by: Any) -> list[int]:
    """The keys of the accounts, in the order of their numbers; of the largest, the largest first."""
    choice = wanted.choice
    within = accounts_visible_to(by, Capability.STATEMENT_DOWNLOAD).filter(opened_on__lte=wanted.period.end)
    if choice.branch is not None:
        within = within.filter(branch=choice.branch)
    if choice.numbers:
        return _by_number(within, choice.numbers)
    known = list(within.order_by("number").values_list("pk", "number", "ledger_account_id"))
    if choice.largest:
        balances = balances_at(wanted.period.end, branch_id=choice.branch.pk if choice.branch else None)
        known.sort(key=lambda account: (-balances.get(account[2], 0), account[1]))
        return [pk for pk, _, _ in known[: choice.largest]]
    if choice.sample:
        drawn = sorted(known, key=lambda account: _lot(choice.seed, account[1]))[: choice.sample]
        return [pk for pk, _, _ in sorted(drawn, key=lambda account: account[1])]
    return [pk for pk, _, _ in known]


def _by_number(within: QuerySet[DepositAccount], numbers: Sequence[str]) -> list[int]:
    found = dict(within.filter(number__in=numbers).values_list("number", "pk"))
    unknown = [number for number in dict.fromkeys(numbers) if number not in found]
    if unknown:
        some = ", ".join(unknown[:5]) + (" and others" if len(unknown) > 5 else "")
        raise Refused(f"There is no such account, or none in this period: {some}.", code="unknown", field="numbers")
    return [found[number] for number in dict.fromkeys(numbers)]


def _lot(seed: str, number: str) -> str:
    """What an account drew: anybody can draw again with the seed. SHA-256 of `seed:number`, the smallest win."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def accounts_waiting(*, pack: StatementPack, most: int) -> list[PackAccount]:
    """The next accounts of a pack without their files."""
    related = ("account__product", "account__customer", "account__branch", "account__ledger_account")
    return list(pack.accounts.filter(made_at=None).select_related(*related).order_by("pk")[:most])


@transactional
def keep_files(*, member: PackAccount, found: Statement, make: Callable[[], Sequence[Document]], at: datetime) -> bool:
    """Keep one account's files, all or none; False where another worker has it in hand or was faster."""
    held = PackAccount.objects.select_for_update(skip_locked=True).filter(pk=member.pk, made_at=None)
    if not held.exists():
        return False
    documents = make()
    PackFile.objects.bulk_create([PackFile(member=member, name=each.filename, document=each) for each in documents])
    held.update(
        movements=len(found.lines), opening_minor=found.opening.minor, closing_minor=found.closing.minor, made_at=at
    )
    return True


@transactional
def finish_pack(*, pack: StatementPack, job: Job, at: datetime) -> Mapping[str, Any]:
    """Offer the pack once every account has its files, and say so by mail; else go on with another job.

    Returns the job's result: its link to the pack's page.
    """
    link = {"url": reverse("statement_pack", args=[pack.pk]), "label": "To the pack"}
    if pack.accounts.filter(made_at=None).exists():
        enqueue(kind=PACK_JOB, key=f"{pack.pk}:after {job.pk}", payload=job.payload, by=job.created_by, at=at)
        return link
    fresh = StatementPack.objects.filter(pk=pack.pk, finished_at=None)
    if fresh.update(finished_at=at, expires_at=at + KEPT):
        text = f"The statements you asked for are packed:\n\n{job.payload['origin']}{link['url']}\n\nThey are kept for 24 hours.\n"
        subject = "Your statement pack is ready"
        send_mail(key=f"pack:{pack.pk}", to=pack.asked_by.email, subject=subject, text=text, by=None, at=at)
    return link


def manifest(pack: StatementPack) -> Iterator[str]:
    """The pack's table of contents as CSV: each file with its account, rows, balances and SHA-256."""
    return csv_chunks(MANIFEST, (row for row in _manifest_rows(pack)))


def _manifest_rows(pack: StatementPack) -> Iterator[list[Any]]:
    for file in _files(pack):
        member, currency = file.member, file.member.account.currency
        opening, closing = (Money(minor or 0, currency) for minor in (member.opening_minor, member.closing_minor))
        yield [file.name, member.account.number, member.movements, currency, opening, closing, file.document.sha256]


def _files(pack: StatementPack) -> Iterator[PackFile]:
    files = PackFile.objects.filter(member__pack=pack).select_related("member__account__product", "document")
    return files.order_by("pk").iterator(chunk_size=500)


def pack_zip(*, pack: StatementPack, by: Any, at: datetime) -> Iterator[bytes]:
    """The finished pack as a ZIP, in pieces and in the memory of one file, and a line in the trail.

    Refuses a pack that is not whole or no longer kept.
    """
    if pack.finished_at is None or pack.expires_at is None:
        raise Refused("This pack is not finished yet. Its page shows how far it is.", code="not_finished")
    if pack.expires_at <= at:
        raise Refused("This pack is no longer kept. Ask for it again.", code="expired")
    record(verb="statement pack downloaded", subject=str(pack.pk), detail={"chosen": pack.chosen}, by=by, at=at)
    return _zipped(pack)


def _zipped(pack: StatementPack) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(cast(IO[bytes], sink), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry(MANIFEST_NAME), "".join(manifest(pack)))
        for file in _files(pack):
            archive.writestr(_entry(file.name), bytes(file.document.content.body))
            yield sink.taken()
    yield sink.taken()


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _NO_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


class _Sink(RawIOBase):
    """What the ZIP writes to: keeps what nobody has taken yet. It cannot seek, so the ZIP is written straight on."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
