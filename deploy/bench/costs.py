"""What work costs in processor time, which other programs on the machine hardly change: the seconds on the clock they do."""

from __future__ import annotations

import os
import resource
from contextlib import suppress
from pathlib import Path

from deploy.bench.ground import Ground
from deploy.processes import group_members, working_in

_TICKS = os.sysconf("SC_CLK_TCK")


def database_seconds(ground: Ground) -> float:
    """Processor seconds of the benches' database server so far, with its processes that have ended."""
    return sum(_own_and_ended(pid) for pid in working_in(ground.cluster.files))


def group_seconds(group: int) -> float:
    """The same of a process group, such as the web server's."""
    return sum(_own_and_ended(pid) for pid in group_members(group))


def own_seconds() -> float:
    """The same of this process and of its children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def backend_seconds(pid: int) -> float:
    """Processor seconds of one of the server's processes, to the nanosecond; 0 where the kernel does not count so."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="utf-8").split()[0]) / 1e9
    return 0.0


def peak_mb() -> float:
    """The most memory this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _own_and_ended(pid: int) -> float:
    """User and system time of a process and of the children it has buried, in seconds; 0 when it is gone."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / _TICKS
    return 0.0
