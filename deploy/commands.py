"""What `manage.py` does with its first word: our own commands, and Django's with their database around them."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy import folder, venv
from deploy.say import CannotGoOn, mark_start, say

SETTINGS = "portal.config.settings"
# Commands that change the schema or need the owner's rights; every other runs with the application's.
OWNER_COMMANDS = {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations", "optimizemigration"}
OWNER_COMMANDS |= {"createcachetable", "flush", "loaddata", "inspectdb"}
# Loading old books lets old days take entries again, which the application's role may not.
OWNER_COMMANDS |= {"import_history", "demonstration"}
# Commands that never speak to the database: it need not run for them.
WITHOUT_DATABASE = {"help", "version", "--help", "--version", "-h", "collectstatic", "findstatic", "diffsettings"}
WITHOUT_DATABASE |= {"makemessages", "compilemessages", "startapp", "startproject"}


def main(arguments: list[str]) -> int:
    """Run one command; the exit status. What cannot go on ends in one line for the person, without a traceback."""
    mark_start()
    for number in (signal.SIGTERM, signal.SIGHUP):
        # `nohup` asks for a deaf ear; everyone else wants the same clean end as Ctrl-C.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    command = arguments[1] if len(arguments) > 1 else "help"
    try:
        venv.enter("test" if command == "test" else "run")
        if command == "up":
            from deploy.up import up

            return up(arguments[2:])
        if command == "test":
            from deploy.checks import check

            return check(arguments[2:])
        if command == "bench":
            from deploy.bench.command import bench

            return bench(arguments[2:])
        return django(arguments, command)
    except CannotGoOn as trouble:
        say()
        sys.stderr.write(f"{trouble}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def django(arguments: list[str], command: str) -> int:
    """One Django command with the rights it needs, on the embedded database unless DATABASE_URL names another."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if command in OWNER_COMMANDS:
        os.environ.setdefault("PORTAL_DB_ROLE", "owner")
    from django.core.management import execute_from_command_line

    with embedded(needs_server=command not in WITHOUT_DATABASE):
        execute_from_command_line(arguments)
    return 0


def is_external() -> bool:
    """Whether the environment names a database of its own."""
    return bool(os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"))


def environment(data: Path) -> dict[str, str]:
    """The variables of a portal on this machine alone, except those of its database."""
    secrets = data / "secrets"
    folder.secret(data, "secret_key", 64)
    return {
        "PORTAL_DATA": str(data),
        "SECRET_KEY_FILE": str(secrets / "secret_key"),
        "PORTAL_HTTPS": "0",
        "PORTAL_HOSTS": "localhost,127.0.0.1,[::1]",
        "PORTAL_DEMO_PASSWORD_FILE": str(secrets / "demo_password"),
    }


def adopt(variables: dict[str, str]) -> None:
    """Put the variables into our environment; what the person set stays."""
    for name, value in variables.items():
        if not os.environ.get(name) and not os.environ.get(name.removesuffix("_FILE")):
            os.environ[name] = value


@contextmanager
def embedded(*, needs_server: bool) -> Iterator[None]:
    """Run a block on the embedded database, started if it is not running and stopped by the last who uses it."""
    if is_external():
        yield
        return
    from deploy.postgres import Cluster

    data = folder.chosen()
    folder.claim(data)
    cluster = Cluster(data)
    if needs_server or not (data / "secrets" / "database_url").exists():
        cluster.ensure_started()
    variables = environment(data) | cluster.environment()
    if cluster.remembered().get("sign_ins"):
        # The made-up institution lives in this folder: commands see it as `up` does.
        variables["PORTAL_DEMO"] = "1"
    adopt(variables)
    try:
        yield
    finally:
        cluster.release()
