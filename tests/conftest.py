"""The house rules of every test: a real PostgreSQL as the application's role, no network, nothing left out silently."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deploy import testing
from deploy.folder import ROOT
from tests.database import cloned
from tests.stage import Stage, commits

# Settings read the environment when they are first touched, so the database server comes before them.
CLUSTER = testing.prepare()

from django.conf import settings as django_settings  # noqa: E402  # see above
from django.db import connection  # noqa: E402
from django.test import Client, TransactionTestCase  # noqa: E402

from portal.access import policy  # noqa: E402
from portal.access.proof import SECOND_STEP  # noqa: E402

if TYPE_CHECKING:
    from portal.people.models import User
    from tests.cast import Cast

STAGE = Stage()
LEFT_OUT = "left out: "
COUNTED = "counted"
"""What a test records under this name stands in the summary: how many records of others it replayed."""
LOOPBACK = ("127.", "::1", "localhost")

# Argon2 is slow by design and hashed file names need a collected folder; neither is what most tests are about; and each has its own institution.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
django_settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
django_settings.PROFILE_CACHE_SECONDS = 0.0
django_settings.POLICY_CACHE_SECONDS = 3600.0
Path(django_settings.STATIC_ROOT).mkdir(exist_ok=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests come first of those that commit, so that no worker is left alone with one at the end."""
    longest = [item for item in items if item.path.name == "test_sweep.py"]
    rest = [item for item in items if item.path.name != "test_sweep.py"]
    place = next((number for number, item in enumerate(rest) if commits(item)), len(rest))
    items[:] = [*rest[:place], *longest, *rest[place:]]


def pytest_unconfigure() -> None:
    """The last test process to end stops the server."""
    CLUSTER.release()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Clones of the migrated template for this process, used as the role `quayside_app`."""
    patch = pytest.MonkeyPatch()
    with cloned(CLUSTER) as databases:
        patch.setitem(connection.settings_dict, "NAME", databases.name)
        STAGE.open(databases, django_db_blocker)

        def restore(case: TransactionTestCase) -> None:
            """The journal refuses TRUNCATE, rightly: a test that committed gets the database anew."""
            _disconnect()
            databases.clone(databases.name)

        patch.setattr(TransactionTestCase, "_fixture_teardown", restore)
        yield
        with django_db_blocker.unblock():
            _disconnect()
            STAGE.close()
    patch.undo()


def _disconnect() -> None:
    connection.close()
    django_settings.HUEY.storage.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool:
        close_pool()


@pytest.fixture(scope="session")
def shared_records() -> Path:
    """The folder of real records and reference vectors beside the project; PORTAL_SHARED names another."""
    folder = Path(os.environ.get("PORTAL_SHARED") or ROOT.parent / "shared")
    if not (folder / "vectors").is_dir():
        pytest.skip(f"{LEFT_OUT}../shared/vectors missing")
    return folder


@pytest.fixture
def cast(db: None) -> Cast:
    """The whole company of `tests/cast.py`, with the books open on its day."""
    from tests.cast import assemble

    return STAGE.company() or assemble()


@pytest.fixture
def client_for() -> Callable[..., Client]:
    """A browser in which this user has signed in: `client_for(cast.cashier).get(...)`."""

    def signed_in(user: User, **options: Any) -> Client:
        client = Client(**options)
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture(autouse=True, scope="session")
def _files_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What tests bring lies beside nothing else."""
    django_settings.UPLOADS = tmp_path_factory.mktemp("uploads")


@pytest.fixture(autouse=True, scope="session")
def _has_shown_a_factor() -> Iterator[None]:
    """Whoever signs in by `force_login` has shown a second factor too, unless a test says otherwise."""
    patch = pytest.MonkeyPatch()
    real = Client.force_login

    def force_login(self: Client, user: User, backend: str | None = None) -> None:
        real(self, user, backend)
        session = self.session
        session[SECOND_STEP] = "test"
        session.save()

    patch.setattr(Client, "force_login", force_login)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _policy_of_its_own() -> Iterator[None]:
    """No test goes by the policy that another set."""
    policy.forget()
    yield
    policy.forget()


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """A test that reaches out fails: only this machine's own addresses may be connected to."""
    patch = pytest.MonkeyPatch()
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(LOOPBACK):
            raise RuntimeError(f"A test tried to reach {address[0]}.")
        real(self, address)

    patch.setattr(socket.socket, "connect", connect)
    yield
    patch.undo()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a test out by name when a program it needs is missing; where checks must be complete, fail it."""
    _leave_out(item)
    STAGE.prepare(item)


def _leave_out(item: pytest.Item) -> None:
    wanted = [tool for mark in item.iter_markers("needs") for tool in mark.args]
    missing = [tool for tool in wanted if shutil.which(tool) is None]
    if not missing:
        return
    reason = f"needs {', '.join(missing)}: apt-get install {' '.join(missing)}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(LEFT_OUT + reason)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say which tests were left out, and why: silence would look like success."""
    found = []
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if LEFT_OUT in reason:
            found.append(f"{report.nodeid}: {reason.partition(LEFT_OUT)[2]}")
    if found:
        terminalreporter.section("left out")
        terminalreporter.write_line("\n".join(sorted(found)))
    passed = terminalreporter.stats.get("passed", [])
    counted = [text for report in passed for name, text in report.user_properties if name == COUNTED]
    if counted:
        terminalreporter.section("counted")
        terminalreporter.write_line("\n".join(sorted(counted)))
