"""Moving everything encrypted under the newest key of the ring, so that an older key can be thrown away.

What is moved already is left alone, so a run that was killed goes on where it stopped and a second one finds nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from portal.base.crypto import decrypt, is_newest, keyed_hash, rotate, rotate_bytes
from portal.documents.uploaded import Upload
from portal.documents.uploads import path_of
from portal.people.models import IdentityDocument
from portal.signin.models import AuthenticatorApp, RecoveryCode

AT_ONCE = 200
Say = Callable[[str, int, int], None]
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was moved of one kind, and how many there are."""

    what: str
    moved: int
    of: int


def rotate_keys(*, dry_run: bool, say: Say) -> list[Rotated]:
    """Put identity numbers, authenticator apps and brought files under the newest key; `dry_run` only counts.

    `say` hears of each batch: what, how many were looked at, of how many. Raises `Unreadable` for what no key opens:
    everything before it stays moved. Recovery codes are kept as hashes: they are found under every key of the ring,
    and void once the key they were made with goes.
    """
    return [
        _rows("Authenticator apps", AuthenticatorApp.objects.all(), _move_app, "secret", dry_run=dry_run, say=say),
        _rows(
            "Identity numbers",
            IdentityDocument.objects.exclude(number_encrypted=""),
            _move_identity,
            "number_encrypted",
            dry_run=dry_run,
            say=say,
        ),
        _files(dry_run=dry_run, say=say),
    ]


def unused_recovery_codes() -> int:
    """How many recovery codes wait to be used: hashes, which only the key they were made with finds."""
    return RecoveryCode.objects.filter(used_at=None).count()


def _rows(
    what: str, rows: QuerySet[Row], move: Callable[[Row], None], field: str, *, dry_run: bool, say: Say
) -> Rotated:
    total, seen, moved, last = rows.count(), 0, 0, 0
    while True:
        with transaction.atomic():
            batch = list(rows.filter(pk__gt=last).order_by("pk").select_for_update()[:AT_ONCE])
            old = [row for row in batch if not is_newest(getattr(row, field))]
            for row in old if not dry_run else ():
                move(row)
        if not batch:
            return Rotated(what, moved, total)
        seen, moved, last = seen + len(batch), moved + len(old), batch[-1].pk
        say(what, seen, total)


def _move_app(row: AuthenticatorApp) -> None:
    row.secret = rotate(row.secret)
    row.save(update_fields=["secret"])


def _move_identity(row: IdentityDocument) -> None:
    """The number, and the hash that finds it elsewhere."""
    row.number_hash = keyed_hash(decrypt(row.number_encrypted))
    row.number_encrypted = rotate(row.number_encrypted)
    row.save(update_fields=["number_encrypted", "number_hash"])


def _files(*, dry_run: bool, say: Say) -> Rotated:
    total, moved = Upload.objects.count(), 0
    for seen, path in enumerate(_paths(), start=1):
        body = path.read_bytes()
        if not is_newest(body):
            moved += 1
            if not dry_run:
                _replace(path, rotate_bytes(body))
        if seen % AT_ONCE == 0:
            say("Files", seen, total)
    return Rotated("Files", moved, total)


def _paths() -> Iterator[Path]:
    """The files there are; one whose row is older than its file's removal has none."""
    for pk in Upload.objects.order_by("pk").values_list("pk", flat=True).iterator():
        path = path_of(pk)
        if path.exists():
            yield path


def _replace(path: Path, body: bytes) -> None:
    """Whole or not at all: a file that is killed while it is written leaves the one before."""
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
