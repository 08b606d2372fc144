"""Makes a document that a page asked for, signs and keeps it, and leaves its address as the job's result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.urls import reverse
from django.utils.dateformat import format as date_format
from django.utils.module_loading import import_string
from django.utils.timezone import localtime
from django.utils.translation import get_language

from portal.base.errors import Refused
from portal.documents import services
from portal.documents.codes import new_code
from portal.documents.models import Document, SigningKey, in_fours
from portal.documents.plan import DocumentPlan
from portal.documents.qr import qr_svg
from portal.documents.queries import PDF_HINT, pdf_available
from portal.institution.models import Institution
from portal.institution.queries import institution
from portal.outbox.models import Job
from portal.people.models import User
from tasks.runner import Progress

BUILDERS = {
    "statements.statement_pdf": "portal.statements.services.statement_pdf",
    "people.welcome_letter": "portal.people.letters.welcome_letter",
    "home.personal_data_pdf": "portal.home.services.personal_data.personal_data_pdf",
    "statements.certificate_pdf": "portal.statements.services.certificate_pdf",
    "deposits.receipt_pdf": "portal.deposits.receipts.receipt_pdf",
    "deposits.cheque_slip_pdf": "portal.deposits.cheque_slips.cheque_slip_pdf",
    "loans.loan_pdf": "portal.loans.papers.loan_pdf",
    "deposits.plan_pdf": "portal.deposits.papers.plan_pdf",
    "support.thread_pdf": "portal.support.papers.thread_pdf",
    "counter.journal_pdf": "portal.counter.journals.journal_pdf",
    "fraud.case_pdf": "portal.fraud.papers.case_pdf",
    "fraud.rule_pdf": "portal.fraud.papers.rule_pdf",
    "deposits.rate_sheet_pdf": "portal.deposits.papers.rate_sheet_pdf",
}
"""What a page may ask for → `builder(*, by, at, **args) -> DocumentPlan`, or a list of parts, which looks up only what `by` may see."""


@dataclass(frozen=True, slots=True)
class Made:
    """A document that is ready to be kept, and the code that stands on it."""

    plan: DocumentPlan
    body: bytes
    code: str
    signed_with: SigningKey

    def keep(self, *, by: User | None, at: datetime) -> Document:
        """Keep it, for `by` or for the institution itself."""
        return services.store(
            kind=self.plan.kind,
            title=self.plan.title,
            filename=self.plan.filename,
            media_type="application/pdf",
            body=self.body,
            by=by,
            at=at,
            subject=self.plan.subject,
            code=self.code,
            signed_with=self.signed_with,
            expires_at=at + self.plan.keep if self.plan.keep else None,
        )


class Press:
    """Makes one document after another: lays each out in the renderer's process and signs it. A context manager."""

    def __init__(self) -> None:
        from portal.documents.renderer import Renderer

        self._renderer = Renderer()

    def __enter__(self) -> Press:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._renderer.__exit__(None, None, None)

    def processor_seconds(self) -> float:
        """What the renderer's process has used of the processors so far."""
        return self._renderer.processor_seconds()

    def make(self, plan: DocumentPlan, *, origin: str, at: datetime) -> Made:
        """Lay out and sign. Refuses what is too large, and HTML templates where the machine lacks their libraries."""
        from portal.documents import signing
        from portal.documents.pdf import TYPST, render_pdf

        if not plan.template.endswith(TYPST) and not pdf_available():
            raise Refused(PDF_HINT, code="no_pdf")
        ours, code = institution(), new_code()
        name = ours.name if ours else "Quayside"
        key = signing.key_in_force(name=name, at=at)
        context = _context(plan, code, origin, ours, at)
        bare = render_pdf(plan, context, renderer=self._renderer)
        body = signing.signed(bare, institution=name, reason=f"{plan.title}, code {in_fours(code)}")
        return Made(plan, body, code, key)


def run(job: Job, *, at: datetime, progress: Progress) -> Callable[[], Mapping[str, Any]]:
    """Make the PDF; keeping it is left to the transaction that ends the job, so that none is kept twice."""
    owner = job.created_by
    if owner is None:
        raise Refused("A document is made for somebody.", code="owner")
    progress(0, 1, "Gathering what belongs in it")
    plans = _plans(job.payload, owner, at)
    made: list[Made] = []
    with Press() as press:
        for plan in plans:
            progress(len(made), len(plans), "Making the document")
            made.append(press.make(plan, origin=job.payload["origin"], at=at))

    def keep() -> Mapping[str, Any]:
        kept = [each.keep(by=owner, at=at) for each in made]
        if len(kept) > 1:
            return {"url": reverse("document_list"), "label": f"To the {len(kept)} parts"}
        return {"url": reverse("document_download", args=[kept[0].pk]), "label": f"Download {kept[0].filename}"}

    return keep


def have_signing_key(*, at: datetime) -> None:
    """Each worker's start: the institution's key is there before the first document asks for it."""
    from portal.documents import signing

    ours = institution()
    if ours is not None:
        signing.key_in_force(name=ours.name, at=at)


def _plans(payload: Mapping[str, Any], owner: User, at: datetime) -> Sequence[DocumentPlan]:
    try:
        plans = import_string(BUILDERS[payload["builder"]])(by=owner, at=at, **payload["args"])
    except (Http404, ObjectDoesNotExist) as error:
        raise Refused("There is no such thing, or it is not yours to see.", code="not_found") from error
    return [plans] if isinstance(plans, DocumentPlan) else list(plans)


def _context(plan: DocumentPlan, code: str, origin: str, ours: Institution | None, at: datetime) -> dict[str, Any]:
    """What stands in every document. For Typst, whose data is JSON, the same as plain words."""
    verify_url = origin + reverse("document_verify", args=[code])
    common: dict[str, Any] = {
        "title": plan.title,
        "language": get_language() or "en",
        "code": code,
        "spaced_code": in_fours(code),
        "verify_url": verify_url,
        "verify_qr": qr_svg(verify_url, label=f"Code {code} for checking this document"),
    }
    if not plan.template.endswith(".typ"):
        return {**common, "institution": ours, "issued_at": at, **plan.context}
    names = ("name", "address", "phone")
    profile = {name: getattr(ours, name) if ours else "" for name in names}
    issued = {"issued_at": date_format(localtime(at), "j M Y, H:i"), "issued_at_seconds": int(at.timestamp())}
    return {**common, "verify_qr": str(common["verify_qr"]), "institution": profile, **issued, **plan.context}
