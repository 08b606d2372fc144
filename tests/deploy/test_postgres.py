"""The embedded server survives what happens to it: kill -9, a half-made folder, a note that names a stranger."""

from __future__ import annotations

import os
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from deploy import folder
from deploy.postgres import ROLES, Cluster


def _data(home: Path) -> Path:
    """A data folder in a temporary one, which PostgreSQL's own user may then pass through."""
    home.chmod(0o711)
    folder.claim(home / "var")
    return home / "var"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A server of this module's own; in a short path that PostgreSQL's own user can enter."""
    with TemporaryDirectory(prefix="qs") as home:
        data = _data(Path(home))
        made = Cluster(data, durable=False)
        made.ensure_started()
        yield made
        made.remove()


def _server(cluster: Cluster) -> int:
    return int((cluster.files / "postmaster.pid").read_text().split()[0])


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.1)


def _who(cluster: Cluster, role: str) -> object:
    with psycopg.connect(cluster.address(role)) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    return row and row[0]


@pytest.mark.parametrize("role", ROLES)
def test_each_role_signs_in_with_its_password(cluster: Cluster, role: str) -> None:
    cluster.ensure_started()
    assert _who(cluster, role) == role


def test_a_wrong_password_is_refused(cluster: Cluster) -> None:
    cluster.ensure_started()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(cluster.address("quayside_app"), password="guessed")


def test_it_listens_on_no_port(cluster: Cluster) -> None:
    cluster.ensure_started()
    with cluster.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert stat.S_IMODE(cluster.socket_folder.stat().st_mode) == 0o700


def test_it_starts_again_after_its_process_was_killed(cluster: Cluster) -> None:
    cluster.ensure_started()
    _kill(_server(cluster))
    assert not cluster.lives()
    assert cluster.ensure_started()
    assert _who(cluster, "quayside_app") == "quayside_app"


def test_a_note_that_names_a_strangers_process_does_not_stop_it(cluster: Cluster) -> None:
    cluster.stop()
    note = cluster.files / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{cluster.files}\n1\n5432\n\n\n\nready\n")
    assert cluster.ensure_started()


def test_a_half_made_folder_is_made_anew() -> None:
    with TemporaryDirectory(prefix="qs") as home:
        data = _data(Path(home))
        (data / "postgres.new").mkdir()
        (data / "postgres.new" / "PG_VERSION").write_text("18")
        made = Cluster(data, durable=False)
        assert made.ensure_started()
        made.remove()


def test_the_last_to_let_go_stops_it(cluster: Cluster) -> None:
    cluster.ensure_started()
    other = Cluster(cluster.data, durable=False)
    assert not other.ensure_started()
    other.release()
    assert cluster.lives()
    cluster.release()
    assert not cluster.lives()


def test_lost_passwords_are_made_anew(cluster: Cluster) -> None:
    (cluster.data / "secrets" / "database_passwords.json").unlink()
    cluster.ensure_started()
    assert _who(cluster, "quayside_owner") == "quayside_owner"
