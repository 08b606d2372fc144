"""The demonstration's letter box."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

pytestmark = pytest.mark.django_db
FILES = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def box(settings: Any, tmp_path: Path) -> Path:
    settings.DEMONSTRATION = True
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = FILES, tmp_path
    return tmp_path


def send(subject: str) -> None:
    EmailMessage(subject, "Hello <Ama>, see http://127.0.0.1/x.\n-- \nThe bank", to=["ama@example.com"]).send()


def test_mails_are_shown_newest_first_and_whole(client: Client, box: Path) -> None:
    send("First")
    [file] = box.iterdir()
    file.rename(box / "20200101-000000-1.log")
    send("Sécond")
    page = client.get("/demo/mail/").content.decode()
    assert page.index("Sécond") < page.index("First")
    assert "Hello &lt;Ama&gt;" in page
    assert "The bank" in page


def test_an_empty_box_says_so(client: Client, box: Path) -> None:
    assert "No mail yet." in client.get("/demo/mail/").content.decode()


def test_a_real_installation_has_no_such_page(client: Client, box: Path, settings: Any) -> None:
    settings.DEMONSTRATION = False
    assert client.get("/demo/mail/").status_code == 404
