"""Where the benches stand: a durable database server of their own, and a fresh migrated database for each bench."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from psycopg import sql

from deploy import fingerprint, folder
from deploy.commands import SETTINGS, environment
from deploy.folder import ROOT
from deploy.postgres import SQL, Cluster
from deploy.say import CannotGoOn, Step, step

# A bench measures this machine alone, whatever the shell says about a real installation.
FOREIGN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_HOST", "PORTAL_DB_ROLE", "PORTAL_DEMO")


class Ground:
    """The benches' own server. `fresh` gives a database; everything else here serves it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.cluster = Cluster(data)
        self.template = f"template_{fingerprint.of_schema()}"

    def prepare(self) -> None:
        """Have the server, the migrated template and the static files, and point this process at them."""
        folder.claim(self.data)
        for name in FOREIGN:
            os.environ.pop(name, None)
            os.environ.pop(f"{name}_FILE", None)
        with step("PostgreSQL, durable") as this:
            self.cluster.ensure_started()
            this.note = str(self.data)
        os.environ.update(environment(self.data) | self.cluster.environment())
        os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
        if self.template not in self._names():
            with step("Database tables") as this:
                self._make_template(this)

    def collect_static(self) -> None:
        """Hashed names of style sheets and scripts, which pages ask for."""
        proof, stamp = fingerprint.of_static(), self.data / "static.stamp"
        if not stamp.is_file() or stamp.read_text(encoding="utf-8") != proof:
            with step("Static files") as this:
                self._manage(this, "collectstatic", "--noinput", "--clear", "--verbosity=0")
            folder.write_private(stamp, proof)

    @contextmanager
    def fresh(self, name: str, *, role: str = "quayside_app") -> Iterator[str]:
        """A new migrated database for the block, which Django then uses; gives its name.

        As the application's role, unless what is measured is the work of another one, such as loading old books.
        """
        database = f"bench_{name}"
        self.clone(database)
        os.environ["DATABASE_URL"] = self.cluster.address(role, database)
        _use(database, os.environ["DATABASE_URL"])
        try:
            yield database
        finally:
            _use("postgres", self.cluster.address("quayside_app", "postgres"))
            self.drop(database)

    def clone(self, database: str) -> None:
        self.drop(database)
        with self.cluster.connect("postgres") as connection:
            statement = sql.SQL("CREATE DATABASE {} OWNER quayside_owner TEMPLATE {}")
            connection.execute(statement.format(sql.Identifier(database), sql.Identifier(self.template)))

    def make_empty(self, database: str) -> None:
        """A database with nothing in it, for PostgreSQL's own bench."""
        self.drop(database)
        with self.cluster.connect("postgres") as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))

    def drop(self, database: str) -> None:
        with self.cluster.connect("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def owner_runs(self, database: str, statement: str, parameters: dict[str, Any] | None = None) -> float:
        """Run SQL as a superuser with the triggers asleep, for building history; the seconds it took."""
        with self.cluster.connect(database) as connection:
            connection.execute("SET session_replication_role = replica")
            begun = time.perf_counter()
            connection.execute(statement.encode(), parameters)
            return time.perf_counter() - begun

    def program(self, name: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs as the superuser; what it printed."""
        command = [
            str(self.cluster.programs / name),
            "-h",
            str(self.cluster.socket_folder),
            "-U",
            "postgres",
            *arguments,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotGoOn(f"{name} failed: {done.stderr.strip()[-400:]}")
        return done.stdout

    def facts(self) -> str:
        """The machine in one line."""
        with self.cluster.connect("postgres") as connection:
            row = connection.execute("SELECT current_setting('server_version'), current_setting('fsync')").fetchone()
        version, fsync = row or ("?", "?")
        gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        return (
            f"{os.cpu_count()} processors ({_processor()}), {gigabytes:.0f} GB memory, {platform.system()} "
            f"{platform.release()}, Python {platform.python_version()}, PostgreSQL {version}, fsync {fsync}"
        )

    def _names(self) -> list[str]:
        with self.cluster.connect("postgres") as connection:
            return [str(row[0]) for row in connection.execute("SELECT datname FROM pg_database")]

    def _make_template(self, this: Step) -> None:
        """Migrate under another name first: a template that carries its own name is always whole."""
        for name in self._names():
            if name.startswith(("template_", "bench_")) or name == "making":
                self.drop(name)
        with self.cluster.connect("postgres") as connection:
            connection.execute("CREATE DATABASE making OWNER quayside_owner")
        with self.cluster.connect("making") as connection:
            connection.execute((SQL / "grants.sql").read_bytes())
        address = self.cluster.address("quayside_owner", "making")
        for command in (["migrate", "--noinput", "--verbosity=0"], ["createcachetable"]):
            self._manage(this, *command, PORTAL_DB_ROLE="owner", DATABASE_OWNER_URL=address, DATABASE_URL=address)
        with self.cluster.connect("postgres") as connection:
            statement = sql.SQL("ALTER DATABASE making RENAME TO {}")
            connection.execute(statement.format(sql.Identifier(self.template)))

    def _manage(self, this: Step, *words: str, **variables: str) -> None:
        this.run([sys.executable, "manage.py", *words], cwd=ROOT, env=os.environ | variables)


def _use(database: str, address: str) -> None:
    """Point Django, set up now if it was not, at another database of the same server, with the address's role."""
    import django
    from django.apps import apps
    from psycopg.conninfo import conninfo_to_dict

    if not apps.ready:
        django.setup()
    from django.db import connection

    from portal.ledger.chart import forget_known

    connection.close()
    told = conninfo_to_dict(address)
    connection.settings_dict |= {"NAME": database, "USER": told["user"], "PASSWORD": told.get("password") or ""}
    forget_known()


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()
