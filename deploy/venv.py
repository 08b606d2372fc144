"""The virtual environment `.venv`: made, filled with the pinned requirements, mended, and re-entered.

Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from pathlib import Path

from deploy.folder import ROOT, read_json, write_private
from deploy.locks import Lock
from deploy.say import CannotGoOn, Step, say, step

FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
STAMP = FOLDER / "quayside.json"
LOCKS = {"run": ROOT / "requirements.txt", "test": ROOT / "requirements-dev.txt"}
# For containers, whose image has everything installed: use the Python that is running, as it is.
AS_IS = "PORTAL_VENV"


def enter(kind: str) -> None:
    """Continue inside an up-to-date `.venv`: returns there, or replaces this process by one that runs there.

    `kind` is `run` or `test`. Raises CannotGoOn with the command to type when something cannot be installed.
    """
    if os.environ.get(AS_IS) == "as-is":
        return
    if not _is_current(kind):
        _set_up(kind)
    if Path(sys.prefix).resolve() != FOLDER.resolve():
        os.execv(PYTHON, [str(PYTHON), *sys.argv])  # noqa: S606  # no shell is wanted


def _set_up(kind: str) -> None:
    """Bring `.venv` up to date, one command at a time. The lock is the requirements file itself.

    What we start inherits the lock, so that nobody meddles with an installation whose parent was killed.
    """
    lock = Lock(LOCKS["run"])
    if not lock.take(wait=False):
        say("  Another command is installing the Python packages; waiting for it …")
        lock.take()
    try:
        if not _is_current(kind):
            _bring_up_to_date(kind, keep=[lock.handle])
    finally:
        lock.release()


def _digest(kind: str) -> str:
    return hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest()


def _is_current(kind: str) -> bool:
    return PYTHON.exists() and read_json(STAMP).get(kind) == _digest(kind)


def _bring_up_to_date(kind: str, *, keep: list[int]) -> None:
    """Install what is missing. Without its stamp a `.venv` was never finished: it is made anew."""
    stamp = read_json(STAMP)
    if not stamp or not _works():
        stamp = {}
        with step("Virtual environment") as this:
            this.note = f"Python {platform.python_version()} in {FOLDER}"
            _make(keep)
    STAMP.unlink(missing_ok=True)
    with step("Python packages") as this:
        this.note = f"{_count(LOCKS[kind])} pinned in {LOCKS[kind].name}"
        _install(this, LOCKS[kind], keep)
    stamp |= {"run": _digest("run"), kind: _digest(kind)}
    write_private(STAMP, "{" + ", ".join(f'"{name}": "{value}"' for name, value in stamp.items()) + "}\n")


def _count(lock: Path) -> int:
    return sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())


def _works() -> bool:
    try:
        done = subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False, timeout=60)
    except OSError:
        return False
    return done.returncode == 0


def _make(keep: list[int]) -> None:
    if FOLDER.is_symlink():
        # To clear it would empty an environment that belongs to somebody else.
        FOLDER.unlink()
    command = [sys.executable, "-m", "venv", "--clear", str(FOLDER)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, pass_fds=keep)
    if done.returncode == 0 and _works():
        return
    words = done.stdout + done.stderr
    if "ensurepip" in words or "No module named venv" in words:
        raise CannotGoOn(f"Python's venv module is missing. Type: {_venv_hint()}")
    raise CannotGoOn(f"The virtual environment could not be made in {FOLDER}:\n{words.strip()}")


def _venv_hint() -> str:
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    sudo = "" if os.geteuid() == 0 else "sudo "
    if Path("/etc/debian_version").exists():
        return f"{sudo}apt-get update && {sudo}apt-get install -y {package}"
    return f"the command that installs {package} with your system's package manager, then start again"


def _install(this: Step, lock: Path, keep: list[int]) -> None:
    """Install exactly the locked packages, each checked against its hash."""
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--disable-pip-version-check", "--no-input"]
    try:
        this.run([*command, "--progress-bar", "off", "-r", str(lock)], cwd=ROOT, keep=keep)
    except CannotGoOn as trouble:
        raise CannotGoOn(_explained(str(trouble))) from trouble


def _explained(words: str) -> str:
    """What pip's last words mean for the person."""
    words = "\n".join(line for line in words.splitlines() if line.startswith("ERROR")) or words
    if any(sign in words for sign in ("connection", "No matching distribution")):
        return f"{words}\nThe Python packages could not be fetched. Check the network connection, then start again."
    if "hash" in words.lower():
        return f"{words}\nA package differs from its pinned hash, so it was not installed."
    return f"{words}\nThe Python packages could not be installed."
