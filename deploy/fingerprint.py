"""Short proofs of what a folder of files says, so that work already done is not done again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from deploy.folder import ROOT


def of_files(paths: Iterable[Path]) -> str:
    """Changes when a file's name or contents do."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(str(path.relative_to(ROOT)).encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]


def of_schema() -> str:
    """Changes when the database must be migrated: our migrations, their SQL, or the packages that bring their own."""
    portal = ROOT / "portal"
    ours = [*portal.glob("*/migrations/*.py"), *portal.rglob("*.sql"), *(ROOT / "deploy" / "sql").glob("*.sql")]
    return of_files([*ours, ROOT / "requirements.txt"])


def of_static() -> str:
    """Changes when the static files must be collected."""
    ours = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    return of_files([*ours, ROOT / "requirements.txt"])
