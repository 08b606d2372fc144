"""`manage.py up`: everything a bank needs, started together on this machine, and stopped together."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy import fingerprint, folder, pango
from deploy.commands import environment, is_external
from deploy.folder import ROOT, private, read_json, write_private
from deploy.locks import Lock
from deploy.postgres import Cluster
from deploy.processes import end_all, marked
from deploy.say import CannotGoOn, say, seconds_since_start, step
from deploy.services import (
    HOST,
    Service,
    refuse_taken_port,
    wait_until_answering,
    web_command,
    worker_command,
)

MARK = "PORTAL_UP"
LOOK_SECONDS = 0.25


def up(arguments: list[str]) -> int:
    """Start Quayside and stay until told to stop; the exit status."""
    options = _parser().parse_args(arguments)
    data = folder.chosen(options.data)
    if options.reset:
        _reset(data, sure=options.yes)
    folder.claim(data)
    lock = Lock(data / "up.lock")
    if not lock.take(wait=False):
        raise CannotGoOn(_already(data))
    # A shell that starts us in the background has Ctrl-C ignored; whoever sends it all the same means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Whatever our programs write is for their own eyes.
    os.umask(0o077)
    run = Run(data, options.port, demonstration=options.demo)
    try:
        run.start()
        run.stay()
    except KeyboardInterrupt:
        pass
    finally:
        run.stop()
        lock.release()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="manage.py up", description="Start Quayside on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="the port on 127.0.0.1 (8000)")
    parser.add_argument("--data", metavar="DIR", help="where database and files lie (PORTAL_DATA, else var/)")
    parser.add_argument("--no-demo", dest="demo", action="store_false", help="no demonstration institution")
    parser.add_argument("--reset", action="store_true", help="delete the data first, after asking")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    return parser


def _already(data: Path) -> str:
    note = read_json(data / "up.json")
    return f"Quayside already runs at {note.get('url', 'its address')} (process {note.get('pid', 'unknown')})."


def _reset(data: Path, *, sure: bool) -> None:
    """Delete the data folder and its database, after asking; refuses while Quayside runs there."""
    if not data.exists():
        return
    if not (data / folder.MARKER).is_file():
        raise CannotGoOn(f"{data} has no {folder.MARKER} marker, so it is not Quayside's to delete.")
    folder.claim(data)
    lock = Lock(data / "up.lock")
    if not lock.take(wait=False):
        raise CannotGoOn(f"{_already(data)} Stop it before --reset.")
    if not sure:
        if not sys.stdin.isatty():
            raise CannotGoOn("--reset deletes everything in the data folder. Add --yes to confirm.")
        if input(f"Delete everything in {data}? Type yes: ").strip().lower() != "yes":
            raise CannotGoOn("Nothing was deleted.")
    _end_leftovers(data)
    with step("Deleting the data") as this:
        this.note = str(data)
        if (data / "test" / folder.MARKER).is_file():
            Cluster(data / "test", durable=False).remove()
        Cluster(data).remove()
        folder.delete(data)
    lock.release()


def _end_leftovers(data: Path) -> None:
    """End what a killed run left running. Each of its processes carries the run's mark in its environment."""
    note = read_json(data / "up.json")
    left = marked(f"{MARK}={note['mark']}") if note.get("mark") else []
    if left:
        with step("Clearing a killed run") as this:
            this.note = f"{len(left)} processes"
            end_all(left)


@dataclass
class Run:
    """One run of `up`, from its first step to its last."""

    data: Path
    port: int
    demonstration: bool
    mark: str = field(default_factory=lambda: secrets.token_hex(8))
    services: list[Service] = field(default_factory=list)
    cluster: Cluster | None = None
    sign_ins: list[str] = field(default_factory=list)
    set_up_at: str = ""

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    # Starting --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Every step up to the first page answered. Each is skipped when it has nothing new to do."""
        say(f"Quayside, data in {self.data}")
        _end_leftovers(self.data)
        refuse_taken_port(self.port)
        self._note()
        pango.ensure()
        self._start_database()
        self._migrate()
        self._collect_static_files()
        if self.demonstration:
            self._load_demonstration()
        else:
            self._offer_set_up()
        self._start_services()
        self._greet()

    def _env(self) -> dict[str, str]:
        """What our programs are told; a variable that the person set stays."""
        wanted = environment(self.data) | (self.cluster.environment() if self.cluster else {})
        wanted |= {"PORTAL_DEMO": "1" if self.demonstration else "0", MARK: self.mark, "PYTHONUNBUFFERED": "1"}
        # The first people of an institution sign in by passkeys, and those belong to names, never to numbers.
        wanted["PORTAL_URL"] = self.url if self.demonstration else self.url.replace(f"//{HOST}:", "//localhost:")
        given = {name: value for name, value in os.environ.items() if value}
        kept = {name for name in wanted if name in given or name.removesuffix("_FILE") in given}
        fixed = {"PORTAL_DATA", "PORTAL_DEMO", MARK}
        return given | {name: value for name, value in wanted.items() if name in fixed or name not in kept}

    def _note(self) -> None:
        facts = {"pid": os.getpid(), "url": self.url, "mark": self.mark}
        write_private(self.data / "up.json", json.dumps(facts) + "\n")

    def _start_database(self) -> None:
        if is_external():
            return
        self.cluster = Cluster(self.data)
        with step("PostgreSQL") as this:
            first = not (self.cluster.files / "PG_VERSION").exists()
            started = self.cluster.ensure_started()
            this.note = "made and started" if first else "started" if started else "was running"

    def _manage(self, *words: str, title: str, owner: bool = False, note: str = "") -> str:
        """Run one of our own commands as a step; what it printed."""
        with step(title) as this:
            variables = self._env() | ({"PORTAL_DB_ROLE": "owner"} if owner else {})
            printed = this.run([sys.executable, "manage.py", *words], cwd=ROOT, env=variables)
            this.note = note
        return printed

    def _done(self, fact: str, proof: object) -> bool:
        return self.cluster is not None and self.cluster.remembered().get(fact) == proof

    def _remember(self, fact: str, proof: object) -> None:
        if self.cluster is not None:
            self.cluster.remember(**{fact: proof})

    def _migrate(self) -> None:
        proof = fingerprint.of_schema()
        if self._done("schema", proof):
            return
        self._manage("migrate", "--noinput", title="Database tables", owner=True)
        self._manage("createcachetable", title="Cache table", owner=True)
        self._remember("schema", proof)

    def _collect_static_files(self) -> None:
        proof = fingerprint.of_static()
        stamp = self.data / "static.stamp"
        if (self.data / "static").is_dir() and stamp.is_file() and stamp.read_text(encoding="utf-8") == proof:
            return
        self._manage("collectstatic", "--noinput", "--clear", "--verbosity=1", title="Static files")
        write_private(stamp, proof)

    def _load_demonstration(self) -> None:
        folder.secret(self.data, "demo_password", 15)
        known = self.cluster.remembered().get("sign_ins") if self.cluster else None
        if isinstance(known, list) and known:
            self.sign_ins = [str(line) for line in known]
            return
        words = ("demonstration", "--ensure", "--sign-ins")
        printed = self._manage(*words, title="Demonstration", note="a believable institution")
        self.sign_ins = [line.strip() for line in printed.splitlines() if line.count("\t") == 2]
        self._remember("sign_ins", self.sign_ins)

    def _offer_set_up(self) -> None:
        """A one-time address as long as there is no institution; each start makes another and voids the last."""
        if not self._done("set_up", proof=True):
            printed = self._manage("setup_address", "--url", self._env()["PORTAL_URL"], title="Institution")
            self.set_up_at = next((line.strip() for line in printed.splitlines() if line.startswith("http")), "")
            self._remember("set_up", not self.set_up_at)

    def _start_services(self) -> None:
        logs = private(self.data / "logs")
        web = Service("web server", web_command(self.port), self._env(), logs / "web.log")
        worker = Service("worker", worker_command(), self._env(), logs / "worker.log")
        self.services = [web, worker]
        with step("Web and worker") as this:
            web.start()
            wait_until_answering(web, self.port)
            # The worker has nothing to do before the first page is asked for: it leaves the cores to the web until then.
            worker.start()
            this.note = f"logs in {logs}"

    def _greet(self) -> None:
        say(f"\nQuayside is ready after {seconds_since_start():.1f} s:  {self.url}")
        if self.sign_ins:
            say(f"Sign in as one of these, with the password {folder.secret(self.data, 'demo_password')}")
            for line in self.sign_ins:
                role, email, name = line.split("\t")
                say(f"  {role:<22}{email:<36}{name}")
        if self.set_up_at:
            say(f"There is no institution yet. Set it up, once, at\n  {self.set_up_at}")
        say("Stop it with Ctrl-C.\n")

    # Staying and stopping --------------------------------------------------------------------------------------

    def stay(self) -> None:
        """Keep database, web and worker alive until a signal ends the run."""
        while True:
            time.sleep(LOOK_SECONDS)
            if self.cluster is not None and not self.cluster.lives():
                self._restart_database(self.cluster)
            for service in self.services:
                service.tend()

    def _restart_database(self, cluster: Cluster) -> None:
        say("  PostgreSQL ended. Starting it again.")
        try:
            cluster.ensure_started()
        except CannotGoOn as trouble:
            say(f"  {trouble}")
            time.sleep(5)

    def stop(self) -> None:
        """End everything that this run started; the database only when no other command uses it."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if not self.services and self.cluster is None:
            return
        with step("Stopping") as this:
            for service in self.services:
                service.stop()
            if self.cluster is not None:
                self.cluster.release()
            with suppress(FileNotFoundError):
                (self.data / "up.json").unlink()
            this.note = "nothing is left running"
