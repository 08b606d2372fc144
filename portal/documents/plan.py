"""What a room hands over to have a document made: the template, what it shows, and how the file is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any


class Paper(Enum):
    """A4 sheets with page numbers, or one strip 80 or 58 mm wide as long as its text."""

    A4 = "a4"
    RECEIPT = "receipt"
    NARROW = "narrow"

    @property
    def is_strip(self) -> bool:
        return self is not Paper.A4


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file that travels inside a PDF: the same content for another program."""

    name: str
    media_type: str
    description: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPlan:
    """One document to be made. `template` extends `documents/sheet.html` or `documents/strip.html`, and WeasyPrint lays
    it out; or it ends in `.typ`, uses `documents/sheet.typ`, and Typst does. Then `context` holds nothing but what JSON
    can say, and is never read as markup; `attachments` are for this kind alone.

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
    attachments: Sequence[Attachment] = ()
    keep: timedelta | None = None
