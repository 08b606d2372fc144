"""The queue behind the jobs, on both of its servers."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest
from django.conf import settings
from huey import PostgresHuey, PriorityRedisExpireHuey

from portal.base.clock import now
from portal.config.queue import make_queue
from portal.outbox.models import Job
from tests.processes import process, until, worker
from tests.working import SLOW

DATABASE = settings.DATABASES["default"]
ASK = """
from portal.base.clock import now
from portal.outbox.services import enqueue
enqueue(kind={kind!r}, key="redis", payload={{"begun": {begun!r}, "seconds": 0}}, by=None, at=now())
"""


def test_postgresql_unless_there_is_a_redis() -> None:
    assert isinstance(make_queue(DATABASE, redis_url="", secret="s"), PostgresHuey)
    assert isinstance(make_queue(DATABASE, redis_url="redis://127.0.0.1:1", secret="s"), PriorityRedisExpireHuey)


@pytest.mark.parametrize("redis_url", ["", "redis://127.0.0.1:1"])
def test_a_message_that_we_did_not_sign_is_never_unpickled(redis_url: str) -> None:
    queue = make_queue(DATABASE, redis_url=redis_url, secret="ours")
    foreign = make_queue(DATABASE, redis_url=redis_url, secret="theirs")
    for message in (pickle.dumps("harm"), foreign.serializer.serialize("harm")):
        with pytest.raises(ValueError, match=r"mismatch|not found"):
            queue.serializer.deserialize(message)


@pytest.mark.django_db(transaction=True)
@pytest.mark.needs("redis-server")
def test_work_asked_for_over_redis_is_done_at_once(redis_url: str, tmp_path: Path) -> None:
    ask = ASK.format(kind=SLOW, begun=str(tmp_path / "begun"))
    with worker(REDIS_URL=redis_url):
        with process(sys.executable, "-m", "tests.working", "shell", "-c", ask, REDIS_URL=redis_url) as asking:
            assert asking.wait() == 0
        until(lambda: Job.objects.filter(key="redis", state="done").exists(), seconds=10)


@pytest.mark.django_db(transaction=True)
def test_work_asked_for_while_redis_is_away_is_written_down(tmp_path: Path) -> None:
    ask = ASK.format(kind=SLOW, begun=str(tmp_path / "begun"))
    with process(sys.executable, "-m", "tests.working", "shell", "-c", ask, REDIS_URL="redis://127.0.0.1:1") as asking:
        assert asking.wait() == 0
    assert Job.objects.get(key="redis").state == "waiting"
    assert Job.objects.get(key="redis").run_after <= now()
