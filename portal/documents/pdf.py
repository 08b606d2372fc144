"""PDF from a template. Only `tasks` imports this module; the engines themselves run in `portal.documents.layout`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from portal.documents.plan import DocumentPlan
from portal.documents.renderer import Renderer

STYLES = Path("static") / "css" / "document.css"
TEMPLATES = Path("templates")
TYPST = ".typ"


def render_pdf(plan: DocumentPlan, context: Mapping[str, Any], *, renderer: Renderer) -> bytes:
    """The plan's template as a tagged PDF/A-3 and PDF/UA-1 in its own language, not yet signed. Refuses as `lay_out`."""
    if plan.template.endswith(TYPST):
        return renderer.lay_out(
            {
                "engine": "typst",
                "root": str(settings.BASE_DIR / TEMPLATES),
                "template": plan.template,
                "data": dict(context),
                "attachments": [asdict(attachment) for attachment in plan.attachments],
                "issued_at": int(context["issued_at_seconds"]),
            }
        )
    return renderer.lay_out(
        {
            "engine": "html",
            "html": render_to_string(plan.template, dict(context)),
            "css": (settings.BASE_DIR / STYLES).read_text(encoding="utf-8"),
            "strip": plan.paper.is_strip,
        }
    )
