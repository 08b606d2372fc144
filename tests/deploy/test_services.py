"""The programs that `up` keeps alive: started again when they die, ended with all their children."""

from __future__ import annotations

import os
import socket
import sys
import time
from pathlib import Path

import pytest

from deploy.processes import alive, group_members, marked
from deploy.say import CannotGoOn
from deploy.services import HOST, Service, refuse_taken_port

PARENT = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); time.sleep(60)"


def _service(tmp_path: Path, script: str, **env: str) -> Service:
    return Service("program", [sys.executable, "-c", script], dict(os.environ) | env, tmp_path / "log")


def _wait(group: int, members: int) -> None:
    deadline = time.monotonic() + 10
    while len(group_members(group)) < members and time.monotonic() < deadline:
        time.sleep(0.02)


def test_stopping_ends_the_children_too(tmp_path: Path) -> None:
    service = _service(tmp_path, PARENT)
    service.start()
    group = service.group
    assert group is not None
    _wait(group, 2)
    service.stop()
    assert group_members(group) == []


def test_orphans_of_a_killed_program_are_ended_before_it_starts_again(tmp_path: Path) -> None:
    service = _service(tmp_path, PARENT)
    service.start()
    first = service.process
    assert first is not None
    _wait(first.pid, 2)
    first.kill()
    first.wait()
    while not service.tend():
        time.sleep(0.02)
    assert group_members(first.pid) == []
    assert service.process is not None
    assert alive(service.process.pid)
    service.stop()


def test_a_program_that_keeps_dying_is_started_later_and_later(tmp_path: Path) -> None:
    service = _service(tmp_path, "raise SystemExit(3)")
    pauses = []
    for _ in range(3):
        service.start()
        assert service.process is not None
        service.process.wait()
        service.next_start = 0
        service.tend()
        pauses.append(service.pause)
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[-1]
    service.stop()


def test_what_a_killed_run_left_is_known_by_its_mark(tmp_path: Path) -> None:
    service = _service(tmp_path, PARENT, QUAYSIDE_TEST_MARK=str(os.getpid()))
    service.start()
    assert service.group is not None
    _wait(service.group, 2)
    assert len(marked(f"QUAYSIDE_TEST_MARK={os.getpid()}")) == 2
    service.stop()


def test_a_taken_port_is_refused_in_one_line() -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        with pytest.raises(CannotGoOn, match="in use by another program"):
            refuse_taken_port(other.getsockname()[1])
