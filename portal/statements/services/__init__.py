"""Handing statements out as files, issuing them each month, and packing many of them for an auditor."""

from portal.statements.services.certificates import ask_for_certificate, certificate_pdf
from portal.statements.services.charging import always_pays, paper_cost
from portal.statements.services.files import (
    MOST_A_MINUTE,
    TooMany,
    ask_for_pdf,
    file_of,
    note_reading,
    statement_name,
    take_issued,
)
from portal.statements.services.packs import (
    PACK_FORMATS,
    Choice,
    PackWanted,
    accounts_waiting,
    ask_for_pack,
    finish_pack,
    keep_files,
    manifest,
    pack_zip,
)
from portal.statements.services.papers import (
    MOST_PART_ROWS,
    MOST_PDF_ROWS,
    statement_pdf,
    statement_plans,
    too_long_for_paper,
)
from portal.statements.services.runs import (
    ask_for_due_run,
    ask_for_run,
    earliest_open_day,
    finish_run,
    issue_next,
    issued,
    months_to_choose,
    note_trouble,
)

__all__ = [
    "MOST_A_MINUTE",
    "MOST_PART_ROWS",
    "MOST_PDF_ROWS",
    "PACK_FORMATS",
    "Choice",
    "PackWanted",
    "TooMany",
    "accounts_waiting",
    "always_pays",
    "ask_for_certificate",
    "ask_for_due_run",
    "ask_for_pack",
    "ask_for_pdf",
    "ask_for_run",
    "certificate_pdf",
    "earliest_open_day",
    "file_of",
    "finish_pack",
    "finish_run",
    "issue_next",
    "issued",
    "keep_files",
    "manifest",
    "months_to_choose",
    "note_reading",
    "note_trouble",
    "pack_zip",
    "paper_cost",
    "statement_name",
    "statement_pdf",
    "statement_plans",
    "take_issued",
    "too_long_for_paper",
]
