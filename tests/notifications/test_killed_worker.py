"""A worker that is killed again and again sends no mail twice and loses none."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from portal.notifications.services import notify
from portal.outbox.models import Job
from tasks.tasks import wake
from tests.cast import NOW, Cast
from tests.notifications.working import FOLDER
from tests.processes import process, until

pytestmark = pytest.mark.django_db(transaction=True)
MAILS, KILLS = 8, 3


def accepted(folder: Path) -> list[int]:
    return [len(file.read_text().splitlines()) for file in folder.iterdir()]


def done() -> int:
    wake()
    return Job.objects.filter(kind="mail.send", state="done").count()


def test_no_mail_twice_and_none_lost(cast: Cast, tmp_path: Path) -> None:
    for number in range(MAILS):
        context = {"period": f"Month {number}", "link": ""}
        notify(kind="statement.ready", person=cast.ama_user, context=context, key=str(number), by=None, at=NOW)
    command = (sys.executable, "-m", "tests.notifications.working", "run_huey", "-w", "1", "-k", "thread")
    for _ in range(KILLS):
        before = done()
        with process(*command, **{FOLDER: str(tmp_path)}) as running:
            wake()
            until(lambda: done() > before)  # noqa: B023  # called before the next turn
            # The next mail is under way and not yet accepted.
            time.sleep(0.05)
            os.kill(running.pid, signal.SIGKILL)
            running.wait()
    with process(*command, **{FOLDER: str(tmp_path)}):
        until(lambda: done() == MAILS)
    assert accepted(tmp_path) == [1] * MAILS
