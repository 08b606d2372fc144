"""PDF from a template. Only `tasks` imports this module: it loads WeasyPrint, which the web must never do."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML, Document
from weasyprint.urls import URLFetcher

from portal.documents.plan import Paper

STYLES = Path("static") / "css" / "document.css"
STRIP_WIDTH_MM = 80
TALLEST_STRIP_MM = 3000
STRIP_END = "end"
STRIP_TAIL_MM = 5
CSS_PIXELS_PER_MM = 96 / 25.4

# It tells each of its seven steps for every document.
logging.getLogger("weasyprint.progress").setLevel(logging.WARNING)


class FetchRefused(ValueError):
    """A document asked for something outside itself."""


class _Nothing(URLFetcher):  # type: ignore[misc]  # WeasyPrint comes without types
    """Documents show customers' words: no address in them is opened, neither a file nor a neighbour's server."""

    def fetch(self, url: str, headers: Any = None) -> NoReturn:
        raise FetchRefused("Documents fetch nothing.")


def render_pdf(
    template: str, context: Mapping[str, Any], *, paper: Paper = Paper.A4, variant: str = "pdf/ua-1"
) -> bytes:
    """The template as a tagged PDF in its own language, made from nothing but itself and the house's style sheet.

    A strip is laid out twice: once to learn how long it is (its element `#end` closes it), once on paper of that length.
    """
    page = HTML(string=render_to_string(template, dict(context)), url_fetcher=_Nothing())
    styles = [CSS(string=(settings.BASE_DIR / STYLES).read_text(encoding="utf-8"), url_fetcher=_Nothing())]
    if paper is Paper.RECEIPT:
        long = _layout(page, [*styles, _strip(TALLEST_STRIP_MM)], variant)
        styles.append(_strip(_end_mm(long) + STRIP_TAIL_MM))
    pdf: bytes = _layout(page, styles, variant).write_pdf(pdf_variant=variant)
    return pdf


def _layout(page: HTML, styles: list[CSS], variant: str) -> Document:
    return page.render(stylesheets=styles, pdf_variant=variant, pdf_tags=True)


def _strip(height_mm: int) -> CSS:
    return CSS(string=f"@page strip {{ size: {STRIP_WIDTH_MM}mm {height_mm}mm }}", url_fetcher=_Nothing())


def _end_mm(strip: Document) -> int:
    """Where the strip's last element ends, in whole millimetres."""
    _, _, _, bottom = strip.pages[0].anchors[STRIP_END]
    return int(bottom / CSS_PIXELS_PER_MM) + 1
