"""A page asks for a paper: one way for every room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portal.base.clock import now
from portal.base.errors import Refused
from portal.base.origin import origin_of
from portal.base.render import see_other
from portal.documents.services import ask_for_document


def ask_for_paper(request: HttpRequest, builder: str, args: Mapping[str, Any], *, key: str) -> HttpResponse:
    """Have a paper made for whoever asks; the answer leads to the job's page, and that to the paper.

    `key` says what makes two requests of this person for this kind of paper one: the key of a form, or what the paper
    shows and how far that has come. Refuses as `ask_for_document` does.
    """
    by = cast(AbstractBaseUser, request.user)
    job = ask_for_document(builder=builder, args=args, origin=origin_of(request), key=key, by=by, at=now())
    return see_other(reverse("job_detail", args=[job.pk]))


def paper_or_back(request: HttpRequest, builder: str, args: Mapping[str, Any], *, key: str, up: str) -> HttpResponse:
    """`ask_for_paper` for a page without a form to refuse on: what is refused is said on the page `up`."""
    try:
        return ask_for_paper(request, builder, args, key=key)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return see_other(up)
