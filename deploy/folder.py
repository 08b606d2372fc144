"""The data folder: everything that Quayside keeps on this machine, and the marker that says it is ours."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
from pathlib import Path

from deploy.say import CannotGoOn

ROOT = Path(__file__).resolve().parents[1]
MARKER = "QUAYSIDE"
MARKER_TEXT = "This folder belongs to Quayside: its database, secrets and files. `manage.py up --reset` deletes it.\n"


def chosen(given: str | None = None) -> Path:
    """The data folder: `--data`, else PORTAL_DATA, else `var` beside manage.py; always absolute."""
    return Path(given or os.environ.get("PORTAL_DATA") or ROOT / "var").expanduser().absolute()


def claim(data: Path) -> None:
    """Make the folder ours, or refuse one that holds something else or belongs to another user."""
    if not data.exists():
        data.mkdir(parents=True)
    elif not data.is_dir():
        raise CannotGoOn(f"{data} is not a folder. Choose another with --data.")
    owner = data.stat().st_uid
    if owner != os.geteuid():
        raise CannotGoOn(f"{data} belongs to user {_name(owner)}. Start Quayside as that user, or choose --data.")
    if not (data / MARKER).exists():
        if any(data.iterdir()):
            raise CannotGoOn(f"{data} is not empty and not Quayside's. Choose an empty folder with --data.")
        (data / MARKER).write_text(MARKER_TEXT, encoding="utf-8")
    # As root, the database's own user passes through by its group: see `let_through`.
    data.chmod(0o710 if os.geteuid() == 0 else 0o700)
    private(data / "secrets")


def let_through(data: Path, group: int) -> None:
    """Let a group pass through the folder, and through the data folder that it lies in, without reading either."""
    for folder in (data, *data.parents):
        if (folder / MARKER).is_file() and folder.stat().st_gid != group:
            os.chown(folder, -1, group)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def private(folder: Path) -> Path:
    """The folder, made if it is missing, open to its owner only."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    return folder


def delete(data: Path) -> None:
    """Delete a data folder with all it holds; refuses one without the marker."""
    if not (data / MARKER).is_file():
        raise CannotGoOn(f"{data} has no {MARKER} marker, so it is not Quayside's to delete.")
    marker = data / MARKER
    for entry in sorted(data.iterdir()):
        if entry == marker:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    # The marker goes last: a deletion that is cut short can be taken up again.
    marker.unlink()
    data.rmdir()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all; untouched when it says so already."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def secret(data: Path, name: str, length: int = 32) -> str:
    """The secret kept under this name, made at random the first time."""
    path = data / "secrets" / name
    if not path.is_file() or not path.read_text(encoding="utf-8").strip():
        write_private(path, secrets.token_urlsafe(length) + "\n")
    return path.read_text(encoding="utf-8").strip()


def read_json(path: Path) -> dict[str, object]:
    """What the file holds; nothing when it is missing or was cut short."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
