"""What a PDF is made of."""

from __future__ import annotations

import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader

from portal.base.errors import Refused
from portal.documents.plan import DocumentPlan
from portal.documents.qr import qr_svg


def test_the_pdf_maker_opens_no_address(settings: Any, tmp_path: Path) -> None:
    from portal.documents.pdf import render_pdf
    from portal.documents.renderer import Renderer

    asked: list[str] = []

    class Neighbour(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = HTTPServer(("127.0.0.1", 0), Neighbour)
    Thread(target=server.serve_forever, daemon=True).start()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "trap.html").write_text(
        f"""<html lang="en"><title>t</title><link rel="stylesheet" href="http://127.0.0.1:{server.server_port}/a.css">
        <style>@import url(http://127.0.0.1:{server.server_port}/b.css); p {{ background: url(file:///etc/hostname) }}</style>
        <link rel="attachment" href="file://{tmp_path}/secret.txt">
        <img alt="x" src="http://127.0.0.1:{server.server_port}/c.png"><p>x</p></html>"""
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    plan = DocumentPlan(kind="trap", title="Trap", filename="trap.pdf", template="trap.html", context={})
    with Renderer() as renderer:
        pdf = render_pdf(plan, {}, renderer=renderer)
    server.shutdown()
    server.server_close()
    assert asked == []
    assert b"EmbeddedFile" not in pdf


def test_a_qr_code_is_valid_svg_without_styles() -> None:
    svg = qr_svg("https://bank.example/verify/ABCD01112345/", label='A "code"')
    root = ET.fromstring(svg)  # noqa: S314 - made by ourselves
    assert root.attrib["aria-label"] == 'A "code"'
    assert "style" not in svg


@pytest.mark.parametrize("module", ["portal.config.asgi", "portal.config.urls", "tasks.tasks"])
def test_what_the_web_loads_never_loads_the_pdf_maker(module: str) -> None:
    code = (
        "import portal.ledger.startup as s; s.refuse_to_serve_if_unsafe = lambda: None; import django; django.setup(); "
        f"import importlib, sys; importlib.import_module('{module}'); print(any(name in sys.modules for name in ('weasyprint', 'typst', 'pyhanko')))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_a_typst_template_reads_templates_only_and_takes_words_for_words(settings: Any, tmp_path: Path) -> None:
    from portal.documents.renderer import LayoutFailed, Renderer

    (tmp_path / "outside.txt").write_text("secret")
    root = tmp_path / "templates"
    root.mkdir()
    (root / "words.typ").write_text("#set document(title: [t])\n#let data = json(bytes(sys.inputs.data))\n#data.words")
    (root / "trap.typ").write_text('#set document(title: [t])\n#read("../outside.txt")')
    order = {"engine": "typst", "root": str(root), "attachments": [], "issued_at": 0}
    with Renderer() as renderer:
        pdf = renderer.lay_out({**order, "template": "words.typ", "data": {"words": '#read("words.typ") $x$ =HTTP()'}})
        assert '#read("words.typ") $x$ =HTTP()' in PdfReader(BytesIO(pdf)).pages[0].extract_text()
        with pytest.raises(LayoutFailed):
            renderer.lay_out({**order, "template": "trap.typ", "data": {}})


@pytest.mark.parametrize("limits", [{"memory_bytes": 400_000_000}, {"cpu_seconds": 1}])
def test_what_is_too_much_is_refused_and_the_next_document_is_made(tmp_path: Path, limits: dict[str, int]) -> None:
    from portal.documents.renderer import Renderer

    (tmp_path / "many.typ").write_text(
        "#set document(title: [t])\n#let n = int(sys.inputs.data)\n#for i in range(n) [line #i \\ ]"
    )
    order = {"engine": "typst", "root": str(tmp_path), "template": "many.typ", "attachments": [], "issued_at": 0}
    with Renderer(**limits) as renderer:
        with pytest.raises(Refused) as refusal:
            renderer.lay_out({**order, "data": 400_000})
        assert refusal.value.code == "too_large"
        assert renderer.lay_out({**order, "data": 3}).startswith(b"%PDF")


def test_the_renderer_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.documents.renderer import Renderer

    monkeypatch.setenv("SECRET_KEY", "secret")
    with Renderer() as renderer:
        process = renderer._start()
        assert b"SECRET_KEY" not in Path(f"/proc/{process.pid}/environ").read_bytes()
