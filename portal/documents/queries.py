"""Reading documents, and whether this machine can make PDF."""

from __future__ import annotations

from ctypes.util import find_library
from datetime import datetime
from functools import cache

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from portal.access.capabilities import Capability
from portal.access.gate import scope_of
from portal.access.grants import Scope
from portal.documents.codes import tidy_code
from portal.documents.models import Document

PDF_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
PDF_HINT = f"PDF needs three system libraries. On Debian or Ubuntu: apt-get install {PDF_PACKAGES}"
_LIBRARIES = ("pango-1.0", "pangoft2-1.0", "harfbuzz-subset")


def documents_visible_to(user: AbstractBaseUser | AnonymousUser, *, at: datetime) -> QuerySet[Document]:
    """A user's own documents that have not expired, newest first."""
    if scope_of(user, Capability.DOCUMENT_VIEW) is Scope.NONE:
        return Document.objects.none()
    return Document.objects.filter(Q(expires_at=None) | Q(expires_at__gt=at), owner=user.pk)


def document_with_code(code: str) -> Document | None:
    """The document that carries this code, expired or not: a paper stays genuine. None for any other text."""
    tidied = tidy_code(code)
    return Document.objects.select_related("signed_with").filter(code=tidied).first() if tidied else None


@cache
def pdf_available() -> bool:
    """Whether the libraries that PDF needs are there; looks once, and loads nothing."""
    return all(find_library(name) for name in _LIBRARIES)
