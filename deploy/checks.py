"""`manage.py test`: every check and every test, each with its time, and a summary that hides nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

from deploy import testing
from deploy.folder import ROOT
from deploy.say import CannotGoOn, say, step

CODE = ("portal", "tasks", "deploy", "tests", "manage.py")
# Programs that some tests drive, each in the Debian package of the same name.
TOOLS = ("chromium-headless-shell", "hledger", "redis-server")
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"


@dataclass(frozen=True)
class Check:
    """One command that must end with status 0."""

    key: str
    name: str
    command: tuple[str, ...]
    as_owner: bool = False

    def passes(self) -> bool:
        role = {"PORTAL_DB_ROLE": "owner"} if self.as_owner else {}
        done = subprocess.run([sys.executable, *self.command], cwd=ROOT, env=os.environ | role, check=False)
        return done.returncode == 0


CHECKS = (
    Check("rules", "Rules (ruff)", ("-m", "ruff", "check", ".")),
    Check("format", "Format (ruff)", ("-m", "ruff", "format", "--check", ".")),
    Check("types", "Types (mypy)", ("-m", "mypy", *CODE)),
    Check("templates", "Templates (djlint)", ("-m", "djlint", "templates", "--lint", "--quiet")),
    Check("rooms", "Order of the rooms (import-linter)", ("-c", LINT_IMPORTS)),
    Check("migrations", "Migrations complete", ("manage.py", "makemigrations", "--check", "--dry-run"), as_owner=True),
    Check("tests", "Tests (pytest)", ("-m", "pytest", "-n", "2", "--dist", "worksteal")),
)


def check(arguments: list[str]) -> int:
    """Run everything, the checks named after `--only`, or pytest alone with the arguments given; 0 when all passed."""
    only = arguments[1:] if arguments[:1] == ["--only"] else None
    wanted = [each for each in CHECKS if only is None or each.key in only]
    if not wanted:
        raise CannotGoOn(f"After --only comes one or more of: {' '.join(each.key for each in CHECKS)}")
    with step("Test database") as this:
        cluster = testing.prepare()
        this.note = str(cluster.data)
    try:
        if arguments and only is None:
            return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, check=False).returncode
        return _run(wanted)
    finally:
        cluster.release()


def _run(checks: list[Check]) -> int:
    """Each check in turn, also after one that failed."""
    results: list[tuple[str, bool, float]] = []
    for each in checks:
        say(f"\n== {each.name}")
        begun = time.monotonic()
        passed = each.passes()
        results.append((each.name, passed, time.monotonic() - begun))
    say("\n== Summary")
    for name, passed, seconds in results:
        say(f"  {'passed' if passed else 'FAILED'}  {seconds:7.1f} s  {name}")
    _say_what_is_missing()
    return 0 if all(passed for _, passed, _ in results) else 1


def _say_what_is_missing() -> None:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        say(f"\nWithout {', '.join(missing)} the tests named above were left out. To run them too, type:")
        say(f"  {'' if os.geteuid() == 0 else 'sudo '}apt-get install -y {' '.join(missing)}")
