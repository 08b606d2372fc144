"""`manage.py bench`: run the benches that were asked for and print a table for each."""

from __future__ import annotations

import argparse
import os
from importlib import import_module

from deploy import folder
from deploy.bench.ground import Ground
from deploy.bench.table import missed, rendered
from deploy.say import say, step

BENCHES = {
    "ledger": "Posting to the journal",
    "pages": "Pages",
    "teller": "The counter",
    "transfers": "Transfers over HTTP",
    "counter": "Sixteen cashiers at once",
    "interest": "A month's interest",
    "interest-million": "A month's interest on a million accounts",
    "loans": "A night's work on running loans",
    "statements": "Statements",
    "import": "Importing old books",
    "chat": "Chats that are open",
    "fraud": "Fraud: what is found, and what it costs",
    "signin": "What the time of a sign-in tells",
}
MODULES = {"import": "records", "interest-million": "interest_million"}
ONLY_BY_NAME = {"interest-million"}


def bench(arguments: list[str]) -> int:
    """Run the benches; 1 when a target was missed, so that a script can ask. `--quick` misses only what is not a matter of time."""
    options = _parser().parse_args(arguments)
    wanted = [name for name in BENCHES if name not in ONLY_BY_NAME] if options.which == "all" else [options.which]
    data = folder.chosen(options.data)
    folder.claim(data)
    # Whatever the programs of the server write is for their own eyes.
    os.umask(0o077)
    ground = Ground(data / "bench")
    short = 0
    try:
        ground.prepare()
        say(f"\n{ground.facts()}")
        for name in wanted:
            module = import_module(f"deploy.bench.{MODULES.get(name, name)}")
            with step(f"bench {name}"):
                figures = module.run(ground, quick=options.quick)
            say(rendered(BENCHES[name], figures) + "\n")
            short += missed(figures, quick=options.quick)
    finally:
        ground.cluster.release()
    return 1 if short else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="manage.py bench", description="Measure the portal on this machine.")
    parser.add_argument("which", nargs="?", choices=[*BENCHES, "all"], default="all", help="one bench, else all")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes: shows that it runs and that its sums are right"
    )
    parser.add_argument("--data", metavar="DIR", help="where the benches keep their server (PORTAL_DATA, else var/)")
    return parser
