"""The address that mails and papers carry."""

from __future__ import annotations

from typing import Any

import pytest
from django.http.request import HttpRequest
from django.test import RequestFactory

from portal.base.origin import address_of, origin_of


@pytest.fixture
def asked(settings: Any) -> HttpRequest:
    settings.ALLOWED_HOSTS = ["other.example"]
    return RequestFactory().get("/", headers={"host": "other.example"}, secure=True)


def test_the_configured_address_stands_whatever_host_was_asked(settings: Any, asked: HttpRequest) -> None:
    settings.PUBLIC_URL = "https://bank.example"
    assert origin_of(asked) == "https://bank.example"
    assert address_of(asked, "document_verify", "ABC") == "https://bank.example/verify/ABC/"


def test_without_one_it_is_the_address_that_was_asked(settings: Any, asked: HttpRequest) -> None:
    settings.PUBLIC_URL = ""
    assert origin_of(asked) == "https://other.example"
