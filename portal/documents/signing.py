"""The institution's signature under its documents. Only `tasks` imports this module: it loads pyHanko.

The key is a file beside the other secrets, outside the database and its backups, made the first time it is needed. Its
certificate is signed by itself: whoever checks a document compares its fingerprint with the one on the public page.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import transaction
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.documents.models import SigningKey

YEARS_VALID = 20
FIELD = "Signature"
READ_ALOUD = "Signature of the institution"
_NAME = generic.pdf_name


def key_in_force(*, name: str, at: datetime) -> SigningKey:
    """The key documents are signed with, made for the institution of this `name` where there is none, and written down
    with its certificate the first time this database sees it."""
    path = Path(settings.SIGNING_KEY_FILE)
    if not path.is_file():
        _make(path, name=name, at=at)
    pem = path.read_bytes()
    certificate = x509.load_pem_x509_certificate(pem)
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
    known = SigningKey.objects.filter(fingerprint=fingerprint).first()
    if known is not None:
        return known
    shown = certificate.public_bytes(serialization.Encoding.PEM).decode()
    facts = {"certificate": shown, "subject": certificate.subject.rfc4514_string()[:200], "first_used_at": at}
    with transaction.atomic():
        return SigningKey.objects.get_or_create(fingerprint=fingerprint, defaults=facts)[0]


def signed(body: bytes, *, institution: str, reason: str) -> bytes:
    """The PDF with the institution's signature over all of it, invisible on the page, spoken by a screen reader."""
    writer = IncrementalPdfFileWriter(BytesIO(body))
    _order_by_structure(writer)
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        name=institution,
        reason=reason,
    )
    place = fields.SigFieldSpec(
        FIELD,
        readable_field_name=READ_ALOUD,
        invis_sig_settings=fields.InvisSigSettings(set_print_flag=True, box_out_of_bounds=True),
    )
    out: Any = signers.PdfSigner(about, _signer(), new_field_spec=place).sign_pdf(writer, in_place=False)
    return bytes(out.getvalue())


def _order_by_structure(writer: Any) -> None:
    """PDF/UA: on a page with annotations, the tabulator follows the document's structure."""
    reference = writer.find_page_for_modification(0)[0]
    reference.get_object()[_NAME("/Tabs")] = _NAME("/S")
    writer.mark_update(reference)


def _signer() -> signers.SimpleSigner:
    path = Path(settings.SIGNING_KEY_FILE)
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path: Path, _changed: int) -> signers.SimpleSigner:
    pem = path.read_bytes()
    key = serialization.load_pem_private_key(pem, password=None)
    certificate = x509.load_pem_x509_certificate(pem)
    plain = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        signing_key=asn1_keys.PrivateKeyInfo.load(key.private_bytes(*plain)),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]  # it comes without types
    )


def _make(path: Path, *, name: str, at: datetime) -> None:
    """Write key and certificate into one file that only its owner reads. Of two who make one, the first one's stays."""
    key = ec.generate_private_key(ec.SECP256R1())
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    body = key.private_bytes(*plain) + _certificate(key, name, at).public_bytes(serialization.Encoding.PEM)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{uuid4().hex}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return
    finally:
        fresh.unlink()


def _certificate(key: ec.EllipticCurvePrivateKey, name: str, at: datetime) -> x509.Certificate:
    """Signed by itself, for signing and nothing else."""
    who = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"{name[:40]}, documents"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64]),
        ]
    )
    usage = {
        "digital_signature": True, "content_commitment": True, "key_encipherment": False, "data_encipherment": False,
        "key_agreement": False, "key_cert_sign": False, "crl_sign": False, "encipher_only": False, "decipher_only": False,
    }  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365 * YEARS_VALID))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(key, hashes.SHA256())
    )
