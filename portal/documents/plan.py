"""What a room hands over to have a document made: the template, what it shows, and how the file is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any


class Paper(Enum):
    """A4 sheets with page numbers, or one strip 80 mm wide as long as its text."""

    A4 = "a4"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPlan:
    """One document to be made. `template` extends `documents/sheet.html` or `documents/strip.html`.

    To `context` are added `code`, `verify_url` and `verify_qr`. `subject` is what the document is about, such as an
    account number: of it, the public page shows the last four signs only. `keep` None keeps the file for ever.
    """

    kind: str
    title: str
    filename: str
    template: str
    context: Mapping[str, Any]
    subject: str = ""
    paper: Paper = Paper.A4
    keep: timedelta | None = None
