"""The address people reach this site at, for what outlives the request: mails, papers, square codes."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def origin_of(request: HttpRequest) -> str:
    """`https://bank.example`, no slash at its end: the configured address (`PORTAL_URL`), else the one that was asked.

    A request's host is what its sender wrote. An answer may use it, since only the sender reads that; a mail or a paper
    may not, because somebody else would follow it.
    """
    return str(settings.PUBLIC_URL) or f"{request.scheme}://{request.get_host()}"


def address_of(request: HttpRequest, name: str, *args: object) -> str:
    """The whole address of a page of ours, as it stands in a mail or on a paper."""
    return origin_of(request) + reverse(name, args=args)
