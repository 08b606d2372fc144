"""Statements: reading one of a long account, and drawing them, beside WeasyPrint drawing the same page."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from deploy.bench.ground import Ground
from deploy.bench.table import Figure, at_most

MOST_TIMES, MOST_SECONDS = 2, 5.0
SITE = "https://bench.example"
LAYOUT_LIMITS = {"memory_bytes": 4_000_000_000, "cpu_seconds": 600}
# The same rows as a statement has, in HTML: fixed layout, tables of fifty, as fast as that engine gets.
_PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head><body><h1>{title}</h1>
{tables}</body></html>"""
_STYLE = "@page { size: A4; margin: 16mm } body { font: 8.5pt sans-serif } table { width: 100%; table-layout: fixed; border-collapse: collapse }"


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    sizes = (20, 200) if quick else (1_000, 100_000)
    with ground.fresh("statements") as database:
        from deploy.bench.bank import make_bank
        from deploy.bench.history import build

        bank = make_bank(len(sizes))
        for account, each in zip(bank.ledger_accounts, sizes, strict=True):
            build(ground, database, [account.pk], each=each)
        reading = _reading(bank.accounts, sizes, rounds=5 if quick else 40)
        found = _year(bank.accounts[0])
        return [reading, *_drawing(found, many=4 if quick else 40, long=100 if quick else 2_000)]


def _reading(accounts: list[Any], sizes: tuple[int, int], rounds: int) -> Figure:
    """As many movements from each account: the last days of the long one, longer ago in the short one."""
    from portal.deposits.models import DepositAccount
    from portal.statements.queries import statement

    related = ("product", "customer", "branch", "ledger_account")
    short, long = (DepositAccount.objects.select_related(*related).get(pk=account.pk) for account in accounts)
    start, end = _last_days(long, wanted=sizes[0] // 10)
    # The short account's movements are as many in a hundred times the days.
    rows = len(statement(long, start, end).lines)
    since, until = _last_days(short, wanted=rows)
    pairs = [
        (_milliseconds(lambda: statement(long, start, end)), _milliseconds(lambda: statement(short, since, until)))
        for _ in range(rounds)
    ]
    return at_most(
        f"statement of {rows} movements from an account of {sizes[1]:,}",
        statistics.median(one for one, _ in pairs),
        statistics.median(two for _, two in pairs),
        MOST_TIMES,
        unit="ms",
        twin=f"from one of {sizes[0]:,}",
    )


def _last_days(account: Any, *, wanted: int) -> tuple[date, date]:
    """The last days on which about so many movements lie."""
    from portal.ledger.models import Posting

    newest = Posting.objects.filter(account=account.ledger_account).order_by("-business_date", "-seq")
    days = list(newest.values_list("business_date", flat=True)[:wanted])
    return days[-1], days[0]


def _year(account: Any) -> Any:
    """A page of movements, to be drawn again and again."""
    from portal.statements.queries import statement

    found = statement(account, date(2024, 1, 1), date(2026, 12, 31))
    return replace(found, lines=found.lines[:25])


def _drawing(found: Any, *, many: int, long: int) -> list[Figure]:
    from portal.base.clock import now
    from portal.statements.periods import Period
    from portal.statements.services import statement_plans
    from tasks.documents import Press

    period = Period(found.start, found.end)
    lines = found.lines * (1 + long // len(found.lines))
    with Press() as press:

        def draw(times: int, what: Any) -> float:
            plan = statement_plans(what, period, at=now())[0]
            return _processor_seconds(lambda: [press.make(plan, origin=SITE, at=now()) for _ in range(times)], press)

        draw(1, found)
        each = draw(many, found) / many
        year = draw(1, replace(found, lines=lines[:long]))
    page, pages = _weasyprint(found, 25, many // 4 or 1), _weasyprint(found, long, 1)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return [
        Figure(
            "statements of 25 movements drawn, tagged, CSV inside, signed",
            f"{1 / each:.1f} a second and processor",
            f"WeasyPrint's bare rendering {1 / page:.1f}",
            f"{page / each:.2f}",
        ),
        Figure(
            f"a year of {long:,} movements",
            f"{year:.2f} s of processor",
            f"WeasyPrint's bare rendering {pages:.1f} s",
            f"{year / pages:.2f}",
            f"≤ {MOST_SECONDS:g} s",
            met=year <= MOST_SECONDS,
        ),
        Figure("– the most memory a renderer took, WeasyPrint's included", f"{peak:,} MB"),
    ]


def _weasyprint(found: Any, rows: int, times: int) -> float:
    """Processor seconds of WeasyPrint for a page with these rows and nothing else, tagged, not signed."""
    from portal.documents.renderer import Renderer

    line = next(iter(found.lines))
    cells = (line.business_date, line.title, line.reference, line.debit or "", line.credit or "", line.balance_after)
    row = "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    head = "<thead><tr>" + "<th>Heading</th>" * len(cells) + "</tr></thead>"
    table = f"<table>{head}<tbody>{row * 50}</tbody></table>"
    tables = table * (rows // 50) + (f"<table>{head}<tbody>{row * (rows % 50)}</tbody></table>" if rows % 50 else "")
    order = {"engine": "html", "html": _PAGE.format(title="Statement", tables=tables), "css": _STYLE, "strip": False}
    with Renderer(**LAYOUT_LIMITS) as renderer:
        renderer.lay_out({**order, "html": _PAGE.format(title="Warm", tables="")})
        return _processor_seconds(lambda: [renderer.lay_out(order) for _ in range(times)], renderer) / times


def _processor_seconds(work: Callable[[], object], renderer: Any) -> float:
    """What this process and the renderer's used meanwhile."""
    before = time.process_time() + renderer.processor_seconds()
    work()
    used: float = time.process_time() + renderer.processor_seconds() - before
    return used


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
