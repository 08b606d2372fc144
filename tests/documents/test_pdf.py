"""What a PDF is made of."""

from __future__ import annotations

import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from portal.documents.qr import qr_svg


def test_the_pdf_maker_opens_no_address(settings: Any, tmp_path: Path) -> None:
    from portal.documents.pdf import render_pdf

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
    pdf = render_pdf("trap.html", {})
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
        f"import importlib, sys; importlib.import_module('{module}'); print('weasyprint' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
