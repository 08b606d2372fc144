"""Each bench runs with tiny sizes on a server of its own and prints its table."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deploy.bench.command import BENCHES
from deploy.bench.table import Figure, Run, missed, rates, rendered
from deploy.folder import ROOT, claim
from deploy.postgres import Cluster

PATIENCE_SECONDS = 240


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data folder that all benches of this module share: their server is made once."""
    with TemporaryDirectory(prefix="bench") as folder:
        claim(Path(folder) / "data")
        yield Path(folder) / "data"
        cluster = Cluster(Path(folder) / "data" / "bench")
        cluster.remove()


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_prints_its_table(data: Path, name: str) -> None:
    command = [sys.executable, "manage.py", "bench", name, "--quick", "--data", str(data)]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert BENCHES[name] in done.stdout
    assert "| what" in done.stdout


def test_a_rate_that_falls_short_is_told() -> None:
    slow, fast = Run(10, 2.0, 0.5), Run(10, 1.0, 0.5)
    told = rates("ours", slow, fast, 0.6, twin_name="theirs")
    assert [told[0].ratio, told[0].met, told[1].ratio] == ["0.50", False, "1.00"]


def test_the_table_is_aligned() -> None:
    lines = rendered("Title", [Figure("a", "1"), Figure("longer", "22", met=True)]).splitlines()[3:]
    assert len({len(line) for line in lines}) == 1


def test_a_sum_that_is_wrong_fails_even_a_quick_run() -> None:
    """A bench whose requests are all turned away measures nothing, however small it is."""
    figures = [Figure("slow", "9 ms", met=False), Figure("sent", "0", met=False, exact=True)]
    assert missed(figures, quick=True) == 1
    assert missed(figures, quick=False) == 2
    assert missed(figures[:1], quick=True) == 0
