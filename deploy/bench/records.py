"""Old books brought in: a bank of our own making, written as CSV files and loaded as any other bank's would be."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.bench.costs import database_seconds, own_seconds
from deploy.bench.ground import Ground
from deploy.bench.table import Figure

LEAST_A_SECOND = 10_000
FIRST_DAY, DAYS = date(2023, 1, 2), 700
OPENING_MINOR = 100_000


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    accounts, movements = (20, 400) if quick else (4_500, 200_000)
    with ground.fresh("import", role="quayside_owner"), TemporaryDirectory() as folder:
        from django.core.management import call_command

        _write_bank(Path(folder), accounts, movements)
        said = StringIO()
        begun, cost = time.perf_counter(), database_seconds(ground) + own_seconds()
        call_command("import_history", "--mapping", f"{folder}/bank.toml", "--source", folder, stdout=said)
        seconds = time.perf_counter() - begun
        cost = (database_seconds(ground) + own_seconds() - cost) * 1000 / movements
    pace = re.search(r"at ([0-9,]+) movements a second", said.getvalue())
    rate = int(pace[1].replace(",", "")) if pace else 0
    return [
        Figure(
            f"{movements:,} movements of {accounts:,} accounts posted",
            f"{rate:,} a second",
            target=f"≥ {LEAST_A_SECOND:,}",
            met=rate >= LEAST_A_SECOND,
        ),
        Figure(
            "– the whole command, with reading and comparing", f"{seconds:.1f} s", f"{cost:.3f} ms of processors each"
        ),
    ]


_MAPPING = f"""
name = "bench"
currency = "GHS"
delimiter = ","
date_format = "%Y-%m-%d"
latest_year = {FIRST_DAY.year + 3}
last_day = {FIRST_DAY + timedelta(days=DAYS)}
tolerance_minor = 100
[branch]
code = "91"
name = "Old Bank"
demonstration_cashier = "Old Teller"
[product]
code = "91"
name = "Old savings"
kind = "savings"
[cash]
notes_minor = [20000, 10000, 5000, 2000, 1000, 500]
coins_minor = [100, 50, 20, 10]
drawer_limit_minor = 2000000
at_once_minor = 500000
[customers]
file = "people.csv"
name = "{{name}}"
number = "8{{id:0>5}}"
[customers.columns]
id = "id"
birth_date = "born"
[owners]
file = "holders.csv"
keep = {{ role = ["holder"] }}
[owners.columns]
account = "account"
customer = "person"
[accounts]
file = "accounts.csv"
serial = "{{id}}"
[accounts.columns]
id = "id"
opened_on = "since"
[movements]
file = "movements.csv"
[movements.columns]
id = "id"
account = "account"
date = "day"
amount = "amount"
balance = "balance"
[[movements.kinds]]
when = {{ what = "in" }}
kind = "deposit"
way = "in"
against = "1011"
memo = "Paid in"
[[movements.kinds]]
when = {{ what = "out" }}
kind = "payment"
way = "out"
against = "1910"
memo = "Paid to others"
"""


def _write_bank(folder: Path, accounts: int, movements: int) -> None:
    """One person an account; movements spread over two years, each with the balance after it."""
    numbers = range(1, accounts + 1)
    files = {
        "people.csv": ("id,name,born", (f"{n},Person {n},1980-01-01" for n in numbers)),
        "accounts.csv": ("id,since", (f"{n},{FIRST_DAY}" for n in numbers)),
        "holders.csv": ("account,person,role", (f"{n},{n},holder" for n in numbers)),
        "movements.csv": ("id,account,day,what,amount,balance", _movements(accounts, movements)),
    }
    (folder / "bank.toml").write_text(_MAPPING, encoding="utf-8")
    for name, (heading, lines) in files.items():
        (folder / name).write_text("\n".join([heading, *lines, ""]), encoding="utf-8")


def _movements(accounts: int, movements: int) -> Iterator[str]:
    chance = random.Random(7)  # noqa: S311 - amounts and accounts, not a secret
    balances = [0] * (accounts + 1)
    for n in range(movements):
        day = FIRST_DAY + timedelta(days=n * DAYS // movements)
        account = n + 1 if n < accounts else chance.randint(1, accounts)
        is_in = n < accounts or balances[account] < OPENING_MINOR or chance.random() < 0.5
        minor = OPENING_MINOR if n < accounts else chance.randint(100, 50_000)
        balances[account] += minor if is_in else -minor
        what = "in" if is_in else "out"
        yield f"{n + 1},{account},{day},{what},{_major(minor)},{_major(balances[account])}"


def _major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"
