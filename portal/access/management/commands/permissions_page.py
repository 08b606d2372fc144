"""Write docs/permissions.md from the table of grants."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.access.permissions_page import permissions_markdown


class Command(BaseCommand):
    help = "Write docs/permissions.md from portal/access/grants.py."

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / "docs" / "permissions.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(permissions_markdown(), encoding="utf-8")
        self.stdout.write(f"Wrote {path.relative_to(settings.BASE_DIR)}")
