"""Everything that is kept about a customer, gathered for them: one JSON, one PDF to read, and their pictures."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.timezone import localtime

from portal.audit.services import record
from portal.base.db import transactional
from portal.base.errors import Refused
from portal.base.money import Money
from portal.deposits.models import DepositAccount
from portal.deposits.notes import notes_told
from portal.documents.plan import DocumentPlan
from portal.documents.queries import pdf_available
from portal.documents.services import ask_for_document
from portal.documents.uploads import contents, uploads_of
from portal.home.services.personal_talk import talked
from portal.ledger.models import Posting
from portal.outbox.models import Job
from portal.outbox.services import enqueue
from portal.people.models import Customer, CustomerView
from portal.people.queries import subject_of

EXPORT = "personal_data.export"
PRINTED = "home.personal_data_pdf"
KEPT = timedelta(days=7)
MOST_MOVEMENTS = 50_000
_LISTS = ("addresses", "next_of_kin", "identity_documents", "mandates", "risk", "corrections", "branches", "loans")
_LATER = ("messages", "chats", "notices", "sign_ins")


@transactional
def ask_for_personal_data(*, origin: str, by: Any, at: datetime) -> Job:
    """Have the worker pack what is kept about the customer who asks, and where it can, print it. Once an hour.

    Refused: somebody who is no customer. `origin` is the site's address for the printed code.
    """
    if by.customer_id is None:
        raise Refused("Only customers take their data home here.", code="not_a_customer")
    record(verb="personal data asked for", subject=by.customer.number, by=by, at=at)
    hour = f"{at:%Y%m%d%H}"
    if pdf_available():
        ask_for_document(builder=PRINTED, args={}, origin=origin, key=hour, by=by, at=at)
    return enqueue(kind=EXPORT, key=f"{by.pk}:{hour}", payload={}, by=by, at=at)


def gathered(customer: Customer) -> dict[str, Any]:
    """What is kept about a customer, by kind, in plain words and exact figures (money in minor units)."""
    identity = customer.identity_documents.select_related("kind")
    return {
        "member": _row(
            customer, "number full_name given_name family_name birth_date sex phone second_phone email address"
        )
        | _row(customer, "occupation employer income_minor income_currency income_period state joined_on")
        | {"branch": customer.branch.name},
        "addresses": list(customer.addresses.values("kind", "line1", "line2", "town", "district", "digital")),
        "next_of_kin": list(customer.next_of_kin.values("full_name", "relation", "phone", "share_percent")),
        "identity_documents": [
            {"kind": one.kind.name, "number": one.number} | _row(one, "issued_on expires_on added_at is_current")
            for one in identity
        ],
        "mandates": list(
            customer.mandates.values(
                "full_name", "relation", "phone", "valid_until", "added_at", "ended_at", "end_reason"
            )
        ),
        "registration": _registration(customer),
        "risk": list(customer.risk_profiles.values("score", "category", "reason", "at", "review_on")),
        "corrections": list(customer.details_changes.values("part", "changes", "reason", "at", "by__full_name")),
        "branches": list(customer.branch_transfers.values("from_branch__name", "to_branch__name", "reason", "at")),
        "who_looked_at_my_record": _looks(customer),
        "notes_on_movements": notes_told(customer),
        "accounts": _accounts(customer),
        **talked(customer),
    }


def packed(customer: Customer, *, data: dict[str, Any]) -> bytes:
    """The archive: `data.json`, and the pictures and papers."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False))
        for upload in uploads_of(subject_of(customer)):
            ending = "jpg" if upload.is_picture else "pdf"
            archive.writestr(f"files/{upload.purpose}-{str(upload.pk)[-8:]}.{ending}", contents(upload))
    return whole.getvalue()


def personal_data_pdf(*, by: Any, at: datetime) -> DocumentPlan:
    """The same to read, without the single movements."""
    customer = by.customer
    data = gathered(customer)
    sections = [("Who you are", list(_readable(data["member"]).items()))]
    sections += [(_words(name), _lines(data[name])) for name in _LISTS]
    looks = [
        (f"{look['at']:%d %b %Y %H:%M}", f"{look['who']}: {look['why']}") for look in data["who_looked_at_my_record"]
    ]
    sections.append(("Who looked at your record", looks))
    accounts = [
        (one["number"], f"{one['product']}, {one['state']}, {len(one['movements'])} movements")
        for one in data["accounts"]
    ]
    sections.append(("Accounts", accounts))
    sections += [(_words(name), _lines(data[name])) for name in _LATER]
    return DocumentPlan(
        kind="personal_data",
        title="What is kept about you",
        filename=f"personal-data-{customer.number}.pdf",
        template="home/personal_data_pdf.html",
        context={"sections": sections},
        subject=customer.number,
        keep=KEPT,
    )


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{localtime(value):%d %b %Y, %H:%M}"
    return f"{value:%d %b %Y}" if isinstance(value, date) else "–" if value in {None, ""} else str(value)


def _lines(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [("", _line(one)) for one in rows]


def _line(row: dict[str, Any]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in _readable(row).items())


def _readable(row: dict[str, Any]) -> dict[str, str]:
    """A row without what nests in it, its amounts as people read them."""
    found = {}
    for name, value in row.items():
        if isinstance(value, dict | list) or name.endswith("currency"):
            continue
        if name.endswith("_minor"):
            said = name.removesuffix("_minor")
            currency = row.get(f"{said}_currency") or row.get("currency")
            found[_words(said)] = "–" if value is None or not currency else f"{Money(value, currency)}"
        else:
            found[_words(name)] = _said(value)
    return found


def _row(row: Any, names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names.split()}


def _registration(customer: Customer) -> list[dict[str, Any]]:
    rows = []
    for one in customer.kyc_submissions.prefetch_related("decisions"):
        decisions = [_row(decision, "outcome reason decided_at") for decision in one.decisions.all()]
        rows.append(_row(one, "declaration submitted_at") | {"decisions": decisions})
    return rows


def _looks(customer: Customer) -> list[dict[str, Any]]:
    looks = CustomerView.objects.filter(customer=customer).select_related("viewer").order_by("-at")
    return [
        {"at": look.at, "who": f"{look.viewer} ({look.viewer.get_role_display()})", "why": look.reason}
        for look in looks
    ]


def _accounts(customer: Customer) -> list[dict[str, Any]]:
    found = []
    for account in DepositAccount.objects.filter(customer=customer).select_related("product"):
        postings = Posting.objects.filter(account_id=account.ledger_account_id).select_related("entry").order_by("seq")
        movements = [
            {
                "day": posting.business_date,
                "kind": posting.entry.get_kind_display(),
                "reference": posting.entry.reference,
                "side": "in" if posting.side == "C" else "out",
                "amount_minor": posting.amount_minor,
                "balance_minor": posting.balance_after_minor,
            }
            for posting in postings[:MOST_MOVEMENTS]
        ]
        head = _row(account, "number state opened_on") | {"product": account.product.name, "currency": account.currency}
        found.append(head | {"movements": movements})
    return found
