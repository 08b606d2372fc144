"""Reading statements: what an account had, did and has; what was issued, taken away and asked for."""

from portal.statements.queries.issued import (
    Progress,
    Taken,
    accounts_to_issue,
    issued_of,
    issued_visible_to,
    open_branches,
    packs_visible_to,
    progress_of_pack,
    progress_of_run,
    taken_away,
    trouble_of_pack,
)
from portal.statements.queries.lines import KindTotal, Line, Statement, statement

__all__ = [
    "KindTotal",
    "Line",
    "Progress",
    "Statement",
    "Taken",
    "accounts_to_issue",
    "issued_of",
    "issued_visible_to",
    "open_branches",
    "packs_visible_to",
    "progress_of_pack",
    "progress_of_run",
    "statement",
    "taken_away",
    "trouble_of_pack",
]
