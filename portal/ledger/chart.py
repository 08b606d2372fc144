"""The chart of accounts: the default tree of a credit union, and finding an account in it by its code."""

from __future__ import annotations

from dataclasses import dataclass

from portal.institution.models import Branch
from portal.ledger.models import NORMAL_SIDE, Account, Kind


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One line of the default chart. `tracked` accounts carry a running balance; hot ones must not."""

    code: str
    name: str
    kind: Kind
    parent: str = ""
    is_header: bool = False
    tracked: bool = False
    allows_manual: bool = False


CASH = "1010"
VAULT = "1011"
DRAWERS = "1020"
CLEARING = "1900"
DEPOSITS = "2010"
ACCRUED_INTEREST = "2020"
TAX_PAYABLE = "2030"
DIVIDENDS_PAYABLE = "2040"
SHARES = "3010"
SHARE_PREMIUM = "3020"
INTEREST_INCOME = "4010"
INTEREST_EXPENSE = "5010"
FEE_INCOME = "4020"
SUSU_COMMISSION = "4030"
CASH_OVER_SHORT = "5090"
OPENING_EQUITY = "3900"
EXTERNAL = "1910"
LOANS = "1200"
LOAN_INTEREST_DUE = "1210"
LOAN_PENALTIES_DUE = "1220"
LOAN_FEES_DUE = "1230"
LOAN_PROVISION = "1290"
SUSPENDED_INTEREST = "2050"
LOAN_OVERPAID = "2060"
LOAN_INTEREST_INCOME = "4040"
PENALTY_INCOME = "4050"
RECOVERY_INCOME = "4060"
PROVISION_EXPENSE = "5020"
WRITE_OFF_EXPENSE = "5030"
COMPENSATION = "5080"
CHEQUES_CLEARING = "1920"

LOAN_LINES = (
    LOANS,
    LOAN_INTEREST_DUE,
    LOAN_PENALTIES_DUE,
    LOAN_FEES_DUE,
    LOAN_PROVISION,
    SUSPENDED_INTEREST,
    LOAN_OVERPAID,
    LOAN_INTEREST_INCOME,
    PENALTY_INCOME,
    RECOVERY_INCOME,
    PROVISION_EXPENSE,
    WRITE_OFF_EXPENSE,
)

MEMBERS = (DEPOSITS, SHARES, LOANS)
"""Headings whose accounts belong to members: as many as there are members, so they are summed up and never edited here."""

OTHERS = (*MEMBERS, DRAWERS)
"""Headings whose accounts belong to another record of the portal, which opens, names and closes them."""

POSTED_TO = frozenset(
    (
        CASH,
        VAULT,
        DRAWERS,
        CLEARING,
        DEPOSITS,
        ACCRUED_INTEREST,
        TAX_PAYABLE,
        DIVIDENDS_PAYABLE,
        SHARES,
        SHARE_PREMIUM,
        INTEREST_INCOME,
        INTEREST_EXPENSE,
        FEE_INCOME,
        SUSU_COMMISSION,
        CASH_OVER_SHORT,
        COMPENSATION,
        OPENING_EQUITY,
        EXTERNAL,
        *LOAN_LINES,
        CHEQUES_CLEARING,
    )
)
"""Lines the portal's own entries need: they may be renamed and moved, never closed."""

DEFAULT_CHART = (
    ChartLine("1000", "Assets", Kind.ASSET, is_header=True),
    ChartLine(CASH, "Cash", Kind.ASSET, "1000", is_header=True),
    ChartLine(VAULT, "Vault", Kind.ASSET, CASH, tracked=True),
    ChartLine(DRAWERS, "Drawers", Kind.ASSET, CASH, is_header=True),
    ChartLine(LOANS, "Loans to members", Kind.ASSET, "1000", is_header=True),
    ChartLine(LOAN_INTEREST_DUE, "Interest due on loans", Kind.ASSET, "1000"),
    ChartLine(LOAN_PENALTIES_DUE, "Penalties due on loans", Kind.ASSET, "1000"),
    ChartLine(LOAN_FEES_DUE, "Fees due on loans", Kind.ASSET, "1000"),
    ChartLine(LOAN_PROVISION, "Provision for loan losses", Kind.ASSET, "1000"),
    ChartLine(CLEARING, "Clearing between branches", Kind.ASSET, "1000"),
    ChartLine(EXTERNAL, "Other banks", Kind.ASSET, "1000", allows_manual=True),
    ChartLine(CHEQUES_CLEARING, "Cheques in clearing", Kind.ASSET, "1000"),
    ChartLine("2000", "Liabilities", Kind.LIABILITY, is_header=True),
    ChartLine(DEPOSITS, "Members' deposits", Kind.LIABILITY, "2000", is_header=True),
    ChartLine(ACCRUED_INTEREST, "Interest earned by members, not yet posted", Kind.LIABILITY, "2000"),
    ChartLine(TAX_PAYABLE, "Withholding tax to pay", Kind.LIABILITY, "2000"),
    ChartLine(DIVIDENDS_PAYABLE, "Dividends to be paid", Kind.LIABILITY, "2000"),
    ChartLine(SUSPENDED_INTEREST, "Interest in suspense", Kind.LIABILITY, "2000"),
    ChartLine(LOAN_OVERPAID, "Overpaid on loans, to be given back", Kind.LIABILITY, "2000"),
    ChartLine("3000", "Equity", Kind.EQUITY, is_header=True),
    ChartLine(SHARES, "Members' shares", Kind.EQUITY, "3000", is_header=True),
    ChartLine(SHARE_PREMIUM, "Premium on shares", Kind.EQUITY, "3000"),
    ChartLine(OPENING_EQUITY, "Reserves and opening balances", Kind.EQUITY, "3000", allows_manual=True),
    ChartLine("4000", "Income", Kind.INCOME, is_header=True),
    ChartLine(INTEREST_INCOME, "Interest earned", Kind.INCOME, "4000", allows_manual=True),
    ChartLine(FEE_INCOME, "Fees earned", Kind.INCOME, "4000", allows_manual=True),
    ChartLine(SUSU_COMMISSION, "Commission on susu cards", Kind.INCOME, "4000"),
    ChartLine(LOAN_INTEREST_INCOME, "Interest on loans", Kind.INCOME, "4000"),
    ChartLine(PENALTY_INCOME, "Penalties on loans", Kind.INCOME, "4000"),
    ChartLine(RECOVERY_INCOME, "Recovered from loans written off", Kind.INCOME, "4000"),
    ChartLine("5000", "Expenses", Kind.EXPENSE, is_header=True),
    ChartLine(INTEREST_EXPENSE, "Interest paid to members", Kind.EXPENSE, "5000", allows_manual=True),
    ChartLine(PROVISION_EXPENSE, "Set aside for loan losses", Kind.EXPENSE, "5000"),
    ChartLine(WRITE_OFF_EXPENSE, "Loans written off", Kind.EXPENSE, "5000"),
    ChartLine(COMPENSATION, "Compensation to members", Kind.EXPENSE, "5000"),
    ChartLine(CASH_OVER_SHORT, "Cash over and short", Kind.EXPENSE, "5000", allows_manual=True),
    ChartLine("5100", "Running costs", Kind.EXPENSE, "5000", allows_manual=True),
)


def open_chart(*, branch: Branch, currency: str) -> dict[str, Account]:
    """Give a new branch the default chart; accounts that exist already stay as they are. Returns them by code."""
    made = {account.code: account for account in Account.objects.filter(branch=branch)}
    for line in DEFAULT_CHART:
        if line.code not in made:
            made[line.code] = Account.objects.create(
                branch=branch,
                code=line.code,
                name=line.name,
                kind=line.kind,
                currency=currency,
                normal_side=NORMAL_SIDE[line.kind],
                parent=made.get(line.parent),
                is_header=line.is_header,
                tracked=line.tracked,
                floor_minor=0 if line.tracked else None,
                allows_manual=line.allows_manual,
            )
    return made


def branch_account(branch_id: int, code: str) -> Account:
    """The account of a branch with this code of the chart.

    Kept in memory: what it is, its currency and its branch never change, and what the portal posts to is never closed. Its
    name and its place in the tree may be those of before in another process.
    """
    found = _known.get((branch_id, code))
    if found is None:
        found = _known[branch_id, code] = Account.objects.get(branch_id=branch_id, code=code)
    return found


def clearing_account(branch_id: int, currency: str) -> Account:
    """Where a branch's books meet the other branches' books."""
    account = branch_account(branch_id, CLEARING)
    if account.currency != currency:
        raise ValueError(f"branch {branch_id} clears in {account.currency}, not {currency}")
    return account


_known: dict[tuple[int, str], Account] = {}


def forget_known() -> None:
    """After a change of the tree, and for tests, whose databases are made anew."""
    _known.clear()
