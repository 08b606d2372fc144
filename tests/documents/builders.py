"""What rooms hand over to have a document made, for tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.shortcuts import get_object_or_404

from portal.base.errors import Refused
from portal.documents.plan import DocumentPlan, Paper
from portal.people.models import User


def letter(*, by: User, at: datetime, lines: int) -> DocumentPlan:
    return DocumentPlan(
        kind="letter",
        title="Confirmation of balance",
        filename="letter.pdf",
        template="documents/sheet.html",
        context={"lines": range(lines)},
        subject="1234567890",
        keep=timedelta(hours=24),
    )


def receipt(*, by: User, at: datetime) -> DocumentPlan:
    return DocumentPlan(
        kind="receipt",
        title="Deposit",
        filename="receipt.pdf",
        template="documents/strip.html",
        context={},
        paper=Paper.RECEIPT,
    )


def refused(*, by: User, at: datetime) -> DocumentPlan:
    raise Refused("This account is not yours.")


def missing(*, by: User, at: datetime) -> DocumentPlan:
    raise AssertionError(get_object_or_404(User, pk=0))
