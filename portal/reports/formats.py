"""An export in the words of hledger, of beancount, and as CSV. Each function hands out pieces of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain

from portal.base.exports import Cell, csv_chunks, one_line, plain_moment
from portal.base.money import Money, exponent, plain_amount
from portal.ledger.models import EntryKind, Side
from portal.reports.journal import Export, Line

COLUMNS = (
    "posting_id", "reference", "line", "business_date", "value_date", "posted_at", "branch", "kind", "channel",
    "account_code", "account_name", "account", "currency", "debit", "credit", "amount", "balance", "memo", "reverses",
)  # fmt: skip
LEDGER_COLUMNS = (
    "branch", "account_code", "account_name", "currency", "business_date", "reference", "kind", "memo", "debit", "credit",
    "balance",
)  # fmt: skip
_KINDS = dict(EntryKind.choices)


def hledger(export: Export) -> Iterator[str]:
    """A journal that `hledger check --strict ordereddates` accepts, the balances at its end asserted."""
    accounts = export.accounts.values()
    yield f"; Journal from {export.since or 'the beginning'} to {export.until}\n\ndecimal-mark .\n"
    for currency in sorted({named.account.currency for named in accounts}):
        yield f"commodity {plain_amount(Money(1000 * 10 ** exponent(currency), currency))}{_point(currency)} {currency}\n"
    for named in accounts:
        yield f"account {named.name}  ; opened: {named.opened_on}\n"
    opening = [(pk, minor) for pk, minor in export.opening.items() if minor]
    if opening:
        yield f"\n{export.since} * Opening balances\n"
        yield from (f"    {_name(export, pk)}  {_amount(export, pk, minor)}\n" for pk, minor in opening)
    for entry in export.entries():
        yield _hledger_entry(export, entry)
    if export.accounts:
        yield f"\n{export.until} * Balances at the end\n"
    for pk, minor in export.closing.items():
        yield f"    {_name(export, pk)}  {_amount(export, pk, 0)} = {_amount(export, pk, minor)}\n"
    yield f"\n; {_counted(export)}\n"


def _hledger_entry(export: Export, entry: list[Line]) -> str:
    head = entry[0]
    kind = _KINDS[head.kind]
    words = kind if head.memo in {"", kind} else f"{kind} {head.memo}"
    tags = [f"channel: {one_line(head.channel)}", f"posted: {plain_moment(head.posted_at)}"]
    tags += [f"value: {head.value_date}"] if head.value_date != head.business_date else []
    tags += [f"reverses: {head.reverses}"] if head.reverses else []
    lines = [
        f"\n{head.business_date} * ({head.reference}) {one_line(words).replace(';', ',')}",
        f"    ; {', '.join(tags)}",
        *(
            f"    {_name(export, line.account_id)}  {_amount(export, line.account_id, line.amount_minor)}"
            for line in entry
        ),
    ]
    return "\n".join(lines) + "\n"


def beancount(export: Export) -> Iterator[str]:
    """A ledger that `bean-check` accepts, the balances at its end asserted to the last digit."""
    accounts = export.accounts.values()
    yield f'option "title" "Journal from {export.since or "the beginning"} to {export.until}"\n'
    for currency in sorted({named.account.currency for named in accounts}):
        yield f'option "operating_currency" "{currency}"\n'
    for named in accounts:
        yield f"{named.opened_on} open {named.name} {named.account.currency}\n"
    opening = [(pk, minor) for pk, minor in export.opening.items() if minor]
    if opening:
        yield f'\n{export.since} * "Opening balances"\n'
        yield from (f"  {_name(export, pk)}  {_amount(export, pk, minor)}\n" for pk, minor in opening)
    for entry in export.entries():
        yield _beancount_entry(export, entry)
    yield "\n"
    for pk, minor in export.closing.items():
        # beancount asserts the balance before a day begins.
        asserted = _amount(export, pk, minor).replace(" ", " ~ 0 ")
        yield f"{export.until + timedelta(days=1)} balance {_name(export, pk)}  {asserted}\n"
    yield f"\n; {_counted(export)}\n"


def _beancount_entry(export: Export, entry: list[Line]) -> str:
    head = entry[0]
    facts = {"reference": head.reference, "channel": head.channel, "posted": plain_moment(head.posted_at)}
    facts |= {"reverses": head.reverses} if head.reverses else {}
    lines = [f"\n{head.business_date} * {_quoted(_KINDS[head.kind])} {_quoted(head.memo)}"]
    lines += [f"  {name}: {_quoted(text)}" for name, text in facts.items()]
    lines += [f"  value: {head.value_date}"] if head.value_date != head.business_date else []
    lines += [
        f"  {_name(export, line.account_id)}  {_amount(export, line.account_id, line.amount_minor)}" for line in entry
    ]
    return "\n".join(lines) + "\n"


def csv(export: Export) -> Iterator[str]:
    """One row a posting, amounts signed with debit above zero; opening balances first when there are any."""
    return csv_chunks(COLUMNS, _csv_rows(export))


def _csv_rows(export: Export) -> Iterator[list[Cell]]:
    for pk, minor in export.opening.items():
        if minor:
            start: list[Cell] = [None, None, None, export.since, export.since, None]
            yield [*start, *_csv_tail(export, pk, "opening_balance", None, minor, minor, "", "")]
    for entry in export.entries():
        for line in entry:
            start = [
                f"{line.reference}-{line.line}", line.reference, line.line, line.business_date, line.value_date,
                line.posted_at,
            ]  # fmt: skip
            facts = (line.kind, line.channel, line.amount_minor, line.balance_minor, line.memo, line.reverses)
            yield [*start, *_csv_tail(export, line.account_id, *facts)]


def _csv_tail(
    export: Export,
    account_id: int,
    kind: str,
    channel: str | None,
    minor: int,
    balance_minor: int | None,
    memo: str,
    reverses: str,
) -> list[Cell]:
    named = export.accounts[account_id]
    account = named.account
    amount = Money(minor, account.currency)
    balance = Money(balance_minor, account.currency) if balance_minor is not None else None
    debit, credit = (amount, None) if minor > 0 else (None, -amount)
    where: list[Cell] = [account.branch.code, kind, channel, account.code, account.name, named.name, account.currency]
    return [*where, debit, credit, amount, balance, memo, reverses]


def general_ledger(export: Export) -> Iterator[str]:
    """Account by account: what it opened with, each line with the balance after it, what it closed with.

    Balances are in the account's normal side, also of hot accounts, which keep none of their own. What opened with nothing
    and did not move is left out.
    """
    yield from csv_chunks(
        LEDGER_COLUMNS, (row for account_id, lines in export.ledgers() for row in _ledger(export, account_id, lines))
    )


def _ledger(export: Export, account_id: int, lines: Iterator[Line]) -> Iterator[list[Cell]]:
    account = export.accounts[account_id].account
    which: list[Cell] = [account.branch.code, account.code, account.name, account.currency]
    sign = 1 if account.normal_side == Side.DEBIT else -1
    minor = export.opening.get(account_id, 0)
    first = next(lines, None)
    if first is None and not minor:
        return
    yield [*which, export.since, "", "", "Opening balance", None, None, Money(sign * minor, account.currency)]
    for line in chain([first] if first else [], lines):
        minor += line.amount_minor
        amount = Money(abs(line.amount_minor), account.currency)
        sides: tuple[Cell, Cell] = (amount, None) if line.amount_minor > 0 else (None, amount)
        what: list[Cell] = [line.business_date, line.reference, line.kind, line.memo]
        yield [*which, *what, *sides, Money(sign * minor, account.currency)]
    yield [*which, export.until, "", "", "Closing balance", None, None, Money(sign * minor, account.currency)]


FORMATS: dict[str, tuple[str, str, Callable[[Export], Iterator[str]]]] = {
    "hledger": ("hledger", "journal", hledger),
    "beancount": ("beancount", "beancount", beancount),
    "csv": ("CSV", "csv", csv),
    "general-ledger": ("General ledger, account by account (CSV)", "csv", general_ledger),
}
"""What a format is called, how its file's name ends, and what writes it."""


def _name(export: Export, account_id: int) -> str:
    return export.accounts[account_id].name


def _amount(export: Export, account_id: int, minor: int) -> str:
    currency = export.accounts[account_id].account.currency
    return f"{plain_amount(Money(minor, currency))} {currency}"


def _point(currency: str) -> str:
    """hledger wants a decimal mark in the sample amount even where no decimals follow."""
    return "" if exponent(currency) else "."


def _quoted(text: str) -> str:
    escaped = one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _counted(export: Export) -> str:
    """The last words: a file without them was cut off."""
    return f"End: {export.counted['entries']} entries, {export.counted['lines']} lines"
