"""Makes a document that a page asked for, keeps it, and leaves its address as the job's result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from portal.base.errors import Refused
from portal.documents import services
from portal.documents.codes import new_code
from portal.documents.models import in_fours
from portal.documents.plan import DocumentPlan
from portal.documents.qr import qr_svg
from portal.documents.queries import PDF_HINT, pdf_available
from portal.institution.queries import institution
from portal.outbox.models import Job
from portal.people.models import User
from tasks.runner import Progress

BUILDERS = {
    "statements.statement_pdf": "portal.statements.services.statement_pdf",
    "deposits.receipt_pdf": "portal.deposits.receipts.receipt_pdf",
}
"""What a page may ask for → `builder(*, by, at, **args) -> DocumentPlan`, which looks up only what `by` may see."""


def run(job: Job, *, at: datetime, progress: Progress) -> Callable[[], Mapping[str, Any]]:
    """Make the PDF; keeping it is left to the transaction that ends the job, so that none is kept twice."""
    if not pdf_available():
        raise Refused(PDF_HINT, code="no_pdf")
    from portal.documents.pdf import render_pdf

    owner = job.created_by
    if owner is None:
        raise Refused("A document is made for somebody.", code="owner")
    progress(0, 2, "Gathering what belongs in it")
    plan = _plan(job.payload, owner, at)
    progress(1, 2, "Making the document")
    code = new_code()
    body = render_pdf(plan.template, _context(plan, code, job.payload["origin"], at), paper=plan.paper)

    def keep() -> Mapping[str, Any]:
        return _keep(plan, body=body, code=code, by=owner, at=at)

    return keep


def _plan(payload: Mapping[str, Any], owner: User, at: datetime) -> DocumentPlan:
    try:
        plan: DocumentPlan = import_string(BUILDERS[payload["builder"]])(by=owner, at=at, **payload["args"])
    except (Http404, ObjectDoesNotExist) as error:
        raise Refused("There is no such thing, or it is not yours to see.", code="not_found") from error
    return plan


def _context(plan: DocumentPlan, code: str, origin: str, at: datetime) -> dict[str, Any]:
    verify_url = origin + reverse("document_verify", args=[code])
    return {
        "title": plan.title,
        "language": get_language() or "en",
        "institution": institution(),
        "issued_at": at,
        "code": code,
        "spaced_code": in_fours(code),
        "verify_url": verify_url,
        "verify_qr": qr_svg(verify_url, label=f"Code {code} for checking this document"),
        **plan.context,
    }


def _keep(plan: DocumentPlan, *, body: bytes, code: str, by: User, at: datetime) -> Mapping[str, Any]:
    document = services.store(
        kind=plan.kind,
        title=plan.title,
        filename=plan.filename,
        media_type="application/pdf",
        body=body,
        by=by,
        at=at,
        subject=plan.subject,
        code=code,
        expires_at=at + plan.keep if plan.keep else None,
    )
    return {"url": reverse("document_download", args=[document.pk]), "label": f"Download {document.filename}"}
