"""What every room has, and what no file may say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from deploy.folder import ROOT
from portal.access.permissions_page import permissions_markdown
from tests.architecture import house

ROOMS = sorted(path.parent.name for path in (ROOT / "portal").glob("*/__init__.py"))
# A user's words become markup only through `format_html`; the forgery check has no exceptions.
FORBIDDEN_CODE = re.compile(r"\b(mark_safe|csrf_exempt|SafeString\()")
OWN_ADDRESS = re.compile(r"\brequest\.scheme\b|\bbuild_absolute_uri\(")
# Code or style inside a page would need a weaker Content-Security-Policy; nothing comes from other people's servers.
FORBIDDEN_MARKUP = re.compile(
    r"""\|\s*safe\b|\{%\s*autoescape\s+off|\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*["']|<script(?![^>]*\bsrc=)"""
    r"""|javascript:|(?:src|href|action)\s*=\s*["'](?:https?:)?//"""
)
# A PDF is made by a program that reads its style from the page itself and fetches nothing.
DOCUMENT_TEMPLATES = re.compile(r"_pdf\.html$|/pdf/")


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_in_one_sentence_what_it_is_for(room: str) -> None:
    tree = ast.parse((ROOT / "portal" / room / "__init__.py").read_text(encoding="utf-8"))
    assert len(tree.body) == 1
    assert ast.get_docstring(tree)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_stands_in_the_order_and_in_the_settings(room: str) -> None:
    assert room in house.HEIGHT
    assert f"portal.{room}" in settings.INSTALLED_APPS


def test_every_room_keeps_its_shelves_and_its_pages_to_itself() -> None:
    """The linter knows only the rooms it is told: this is where a new one is not forgotten."""
    shelves, pages = house.contract("shelves")["containers"], house.contract("pages")["modules"]
    rooms = [room for room in ROOMS if room not in {"config", "access", "base"}]
    assert [room for room in rooms if f"portal.{room}" not in shelves] == []
    with_pages = [room for room in rooms if (ROOT / "portal" / room / "pages").is_dir()]
    assert [room for room in with_pages if f"portal.{room}.pages" not in pages] == []


def test_no_markup_without_escaping_and_no_forgery_exceptions() -> None:
    files = house.python_files("portal", "tasks")
    assert [house.short(path) for path in files if FORBIDDEN_CODE.search(path.read_text(encoding="utf-8"))] == []


def test_only_one_function_makes_the_address_of_mails_and_papers() -> None:
    """Passkeys alone are bound to the host that was asked, by their standard."""
    files = house.python_files("portal", "tasks")
    found = [house.short(path) for path in files if OWN_ADDRESS.search(path.read_text(encoding="utf-8"))]
    assert found == ["portal/base/origin.py", "portal/signin/passkeys.py"]


def test_pages_need_no_weaker_content_policy() -> None:
    wrong = [f"{house.short(path)}: {found}" for path in house.template_files() for found in _forbidden(path)]
    assert wrong == []


def _forbidden(path: Path) -> list[str]:
    if DOCUMENT_TEMPLATES.search(str(path)):
        return []
    return FORBIDDEN_MARKUP.findall(path.read_text(encoding="utf-8"))


def test_the_page_of_permissions_is_fresh() -> None:
    written = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert written == permissions_markdown(), "Type: python3 manage.py permissions_page"


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_web_process_stays_light() -> None:
    script = (
        "import django, sys; django.setup()\n"
        "import tests.served, portal.config.urls\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "print(*sorted({'weasyprint', 'sklearn', 'pyhanko'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
