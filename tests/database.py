"""Databases for tests: a migrated template made once, and a clone of it for each test process.

The template's name tells what it was made from, so it serves every run until a migration changes.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection as django_connection
from psycopg import sql

from deploy import fingerprint
from deploy.folder import ROOT
from deploy.locks import Lock, locked
from deploy.postgres import SQL, Cluster
from deploy.processes import alive


class Databases:
    """The template and this process' own clones of it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.template = f"template_{fingerprint.of_schema()}"
        self.name = f"test_{os.getpid()}"
        self.company = f"{self.name}_company"
        self._use = self._lock(self.template)

    def _lock(self, template: str) -> Lock:
        return Lock(self.cluster.data / f"{template}.lock")

    def ensure_template(self) -> None:
        """Make the template unless it is there; one process makes it, the others wait."""
        with locked(self.cluster.data / "template.lock"):
            self._use.take(shared=True)
            with self.cluster.connect("postgres") as server:
                # To be asked for by name only (`as_owner`): the role's own rights stay what they are.
                server.execute("GRANT quayside_owner TO quayside_app WITH INHERIT FALSE, SET TRUE")
            if self.template not in self._names():
                self._sweep()
                self._make_template()

    def clone(self, name: str) -> None:
        """A database of this process as the template has it; what it held before is gone."""
        with self.cluster.connect("postgres") as connection:
            made, template = sql.Identifier(name), sql.Identifier(self.template)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(made))
            statement = sql.SQL("CREATE DATABASE {} OWNER quayside_owner TEMPLATE {} STRATEGY file_copy")
            connection.execute(statement.format(made, template))

    def drop(self) -> None:
        """Remove the clones and let the template go."""
        for name in (self.name, self.company):
            self._drop(name)
        self._use.release()

    def _drop(self, name: str) -> None:
        with self.cluster.connect("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _names(self) -> list[str]:
        with self.cluster.connect("postgres") as connection:
            return [str(row[0]) for row in connection.execute("SELECT datname FROM pg_database")]

    def _sweep(self) -> None:
        """Remove what killed runs left and templates that no run uses any more."""
        for name in self._names():
            run = re.fullmatch(r"test_(\d+)(_company)?", name)
            if (run and not alive(int(run[1]))) or name == "making":
                self._drop(name)
            if re.fullmatch(r"template_[0-9a-f]{16}", name) and name != self.template:
                lock = self._lock(name)
                if lock.take(wait=False):
                    self._drop(name)
                    lock.path.unlink()
                    lock.release()

    def _make_template(self) -> None:
        """Migrate under another name first: a template that carries its own name is always whole."""
        with self.cluster.connect("postgres") as connection:
            connection.execute("CREATE DATABASE making OWNER quayside_owner")
        with self.cluster.connect("making") as connection:
            connection.execute((SQL / "grants.sql").read_bytes())
        # Readers of the clones are other roles and other tests: rights on the database itself are not copied anyway.
        variables = os.environ | {"DATABASE_OWNER_URL": self.cluster.address("quayside_owner", "making")}
        variables |= {"PORTAL_DB_ROLE": "owner"}
        for command in (["migrate", "--noinput", "--verbosity=0"], ["createcachetable"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=variables, check=True)
        with self.cluster.connect("postgres") as connection:
            statement = sql.SQL("ALTER DATABASE making RENAME TO {}")
            connection.execute(statement.format(sql.Identifier(self.template)))


@contextmanager
def as_owner() -> Iterator[None]:
    """The block's statements run with the owner's rights, as loading commands do; here the application's role may ask for them."""
    with django_connection.cursor() as cursor:
        cursor.execute("SET ROLE quayside_owner")
    yield
    with django_connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@contextmanager
def cloned(cluster: Cluster) -> Iterator[Databases]:
    """A database of this process' own for the block."""
    databases = Databases(cluster)
    databases.ensure_template()
    databases.clone(databases.name)
    try:
        yield databases
    finally:
        databases.drop()
