"""What people bring: pictures written anew, hostile files refused, each kept where only its readers get it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingUnixStreamServer
from threading import Thread
from typing import Any

import pytest
from PIL import Image

from deploy.folder import ROOT
from portal.base.errors import Refused
from portal.documents import uploads
from portal.documents.inspection import MOST_BYTES, inspect
from portal.documents.scanning import ScannerAway
from portal.documents.uploaded import Upload, new_upload_id
from tests.cast import NOW, Cast
from tests.people.filling import picture

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SECONDS, MEGABYTES = 5, 300
"""Of the processor: this machine may be busy with other tests."""


def archive() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        zipped.writestr("../../etc/passwd", "x" * 1000)
    return made.getvalue()


HOSTILE = {
    "empty": (b"", "empty"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "kind"),
    "html": (b"<!DOCTYPE html><script>alert(1)</script>", "kind"),
    "zip": (archive(), "kind"),
    "gif": (b"GIF89a" + bytes(40), "kind"),
    "program": (b"\x7fELF" + bytes(40), "kind"),
    "cut jpeg": (picture().getvalue()[:200], "damaged"),
    "jpeg of zeros": (b"\xff\xd8\xff" + bytes(5000), "damaged"),
    "png head only": (b"\x89PNG\r\n\x1a\n" + bytes(30), "damaged"),
    "webp head only": (b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(20), "damaged"),
    "too large": (b"\xff\xd8\xff" + bytes(MOST_BYTES), "too_large"),
    "pdf with an archive behind it": (PDF + archive(), "damaged"),
    "pdf without an end": (b"%PDF-1.7\n" + bytes(3000), "damaged"),
    "pdf with a script": (PDF.replace(b"/Type/Catalog", b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "active"),
    "pdf that starts a program": (PDF.replace(b"/Type/Catalog", b"/A<</S/Launch>>"), "active"),
    "pdf with a file inside": (PDF.replace(b"/Type/Catalog", b"/Names<</EmbeddedFiles 3 0 R>>"), "active"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words(name: str) -> None:
    body, code = HOSTILE[name]
    with pytest.raises(Refused) as refusal:
        inspect(io.BytesIO(body))
    assert refusal.value.code == code
    assert len(refusal.value.message) > 20


def test_what_hides_in_a_picture_does_not_survive() -> None:
    exif = Image.Exif()
    exif[0x010E] = "5.6037,-0.1870 home of Ama"
    body = picture(exif=exif, comment=b"<script>alert(1)</script>").getvalue() + b"<?php evil(); ?>" + archive()
    kept = inspect(io.BytesIO(body)).body
    for hidden in (b"Ama", b"script", b"php", b"PK\x03\x04"):
        assert hidden in body
        assert hidden not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_written_anew_no_longer_than_needed(form: str) -> None:
    found = inspect(picture(2400, 1200, form=form))
    assert (found.media_type, found.width, found.height) == ("image/jpeg", 1600, 800)
    with Image.open(io.BytesIO(found.body)) as kept:
        assert (kept.format, kept.size) == ("JPEG", (1600, 800))


def test_a_picture_taken_sideways_is_kept_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = inspect(picture(60, 40, exif=exif))
    assert (found.width, found.height) == (40, 60)


def test_what_is_transparent_becomes_white() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(made, "PNG")
    made.seek(0)
    with Image.open(io.BytesIO(inspect(made).body)) as kept:
        assert kept.getpixel((5, 5)) == (255, 255, 255)


def test_a_pdf_is_kept_as_it_is_and_is_no_photograph() -> None:
    assert inspect(io.BytesIO(PDF)).body == PDF
    with pytest.raises(Refused):
        inspect(io.BytesIO(PDF), pictures_only=True)


MEASURED = """
import io, resource, struct, sys, time, zlib
import django; django.setup()
from portal.base.errors import Refused
from portal.documents.inspection import inspect

def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

def png(width, height, rows, *extra):
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + b"".join(extra) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

def jpeg(width, height, **options):
    from PIL import Image
    made = io.BytesIO(); Image.new("RGB", (width, height), "navy").save(made, "JPEG", **options); return made.getvalue()

squeezed = zlib.compressobj(9)
rows = b"".join(squeezed.compress(bytes(16001) * 100) for _ in range(40)) + squeezed.flush()
text = zlib.compress(bytes(60_000_000), 9)
scans = jpeg(900, 900, progressive=True)
files = {
    "huge": png(50_000, 50_000, zlib.compress(bytes(1000))),
    "most": png(4_000, 4_000, rows),
    "words": png(10, 10, zlib.compress(bytes(410)), *[chunk(b"zTXt", b"a\\0\\0" + text)] * 20),
    "scans": scans[:-2] + scans[scans.find(b"\\xff\\xda"):-2] * 200 + b"\\xff\\xd9",
    "wide": b"\\xff\\xd8\\xff\\xc0\\x00\\x11\\x08" + struct.pack(">HH", 65_000, 65_000) + b"\\x03\\x01\\x22\\0\\x02\\x11\\1\\x03\\x11\\1" + bytes(3000),
}
name = sys.argv[1]
body = files[name]
files.clear()
begun = time.process_time()
try:
    outcome = inspect(io.BytesIO(body)).media_type
except Refused as refusal:
    outcome = refusal.code
peak = [line for line in open("/proc/self/status") if line.startswith("VmHWM")][0].split()[1]
print(outcome, time.process_time() - begun, int(peak) // 1024)
"""


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("huge", "pixels"),
        ("most", "image/jpeg"),
        ("words", "damaged"),
        ("scans", "damaged"),
        ("wide", "damaged pixels"),
    ],
)
def test_a_bomb_is_answered_in_time_and_in_little_memory(name: str, outcome: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, name], cwd=ROOT, capture_output=True, text=True, check=True, env=os.environ
    )
    found, seconds, megabytes = done.stdout.split()
    assert found in outcome.split()
    assert float(seconds) < SECONDS
    assert int(megabytes) < MEGABYTES


@pytest.mark.django_db
def test_the_file_lies_encrypted_under_a_name_of_ours(cast: Cast) -> None:
    upload = uploads.receive(file=picture(), subject="customer:1", purpose="photograph", by=cast.cashier, at=NOW)
    path = uploads.path_of(upload.pk)
    assert path.name == str(upload.pk)
    assert not path.read_bytes().startswith(b"\xff\xd8")
    assert uploads.contents(upload).startswith(b"\xff\xd8\xff")


@pytest.mark.django_db
def test_a_changed_file_is_not_handed_out(cast: Cast) -> None:
    upload = uploads.receive(file=picture(), subject="customer:1", purpose="photograph", by=cast.cashier, at=NOW)
    other = uploads.receive(file=picture(9, 9), subject="customer:2", purpose="photograph", by=cast.cashier, at=NOW)
    uploads.path_of(upload.pk).write_bytes(uploads.path_of(other.pk).read_bytes())
    with pytest.raises(Refused):
        uploads.contents(upload)
    uploads.path_of(upload.pk).unlink()
    with pytest.raises(Refused):
        uploads.contents(upload)


@pytest.mark.django_db
def test_a_customer_brings_so_much_a_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {"subject": "customer:1", "purpose": "photograph", "by": cast.ama_user}
    first = uploads.receive(file=picture(), at=NOW, **given)
    monkeypatch.setattr(uploads, "CUSTOMER_QUOTA_BYTES", first.size_bytes * 3 // 2)
    with pytest.raises(Refused) as refusal:
        uploads.receive(file=picture(), at=NOW, **given)
    assert refusal.value.code == "quota"
    uploads.receive(file=picture(), at=NOW + timedelta(hours=25), **given)


@pytest.mark.django_db
def test_a_file_without_a_row_is_swept_up_after_a_day(cast: Cast) -> None:
    kept = uploads.receive(file=picture(), subject="customer:1", purpose="photograph", by=None, at=NOW)
    lost = uploads.path_of(new_upload_id())
    lost.parent.mkdir(parents=True, exist_ok=True)
    lost.write_bytes(b"x")
    for path in (lost, uploads.path_of(kept.pk)):
        old = (NOW - timedelta(days=3)).timestamp()
        os.utime(path, (old, old))
    assert uploads.sweep(at=NOW) >= 1
    assert not lost.exists()
    assert uploads.path_of(kept.pk).exists()


class Clamd(BaseRequestHandler):
    """Speaks as clamd does: finds the word EICAR."""

    def handle(self) -> None:
        assert self._exactly(10) == b"zINSTREAM\0"
        body = b""
        while size := int.from_bytes(self._exactly(4), "big"):
            body += self._exactly(size)
        self.request.sendall(b"stream: Eicar-Test FOUND\0" if b"EICAR" in body else b"stream: OK\0")

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            found += self.request.recv(size - len(found))
        return found


@pytest.fixture
def scanner(tmp_path: Path, settings: Any) -> Any:
    settings.CLAMD = str(tmp_path / "clamd.ctl")
    server = ThreadingUnixStreamServer(settings.CLAMD, Clamd)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "state"), [(PDF, "ready"), (PDF.replace(b"Root", b"EICAR"), "refused")])
def test_with_a_scanner_a_file_waits_until_it_was_looked_at(cast: Cast, scanner: Any, body: bytes, state: str) -> None:
    upload = uploads.receive(file=io.BytesIO(body), subject="customer:1", purpose="paper", by=cast.cashier, at=NOW)
    assert upload.state == Upload.State.WAITING
    assert not uploads.uploads_of("customer:1").exists()
    with pytest.raises(Refused):
        uploads.contents(upload)
    assert uploads.scan(upload_id=upload.pk, at=NOW).state == state
    assert uploads.scan(upload_id=upload.pk, at=NOW).state == state


@pytest.mark.django_db
def test_while_the_scanner_is_away_the_file_waits(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.CLAMD = str(tmp_path / "nobody")
    upload = uploads.receive(file=io.BytesIO(PDF), subject="customer:1", purpose="paper", by=cast.cashier, at=NOW)
    with pytest.raises(ScannerAway):
        uploads.scan(upload_id=upload.pk, at=NOW)
    assert Upload.objects.get().state == Upload.State.WAITING
