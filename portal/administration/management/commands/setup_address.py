"""`manage.py setup_address`: the one-time address where a new institution is set up."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import reverse

from portal.administration.services.first_address import make_token


class Command(BaseCommand):
    help = "Print a new one-time address for setting the institution up; nothing once it exists. The last one is void."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="the site's address (http://127.0.0.1:8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        token = make_token()
        if token:
            self.stdout.write(options["url"].rstrip("/") + reverse("setup", args=[token]))
