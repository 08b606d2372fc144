"""How a brought file travels: no larger than it may be on the way in, sandboxed on the way out."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpResponse

from portal.documents.inspection import MOST_BYTES
from portal.documents.uploaded import Upload


class NoLargerThanAllowed(FileUploadHandler):
    """Drops what comes after the largest file we take, so that neither memory nor disk fill up.

    One part more than allowed passes: the inspection then says in plain words that the file is too large.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= MOST_BYTES else None

    def file_complete(self, file_size: int) -> Any:
        """The handlers after this one make the file."""
        return None


def as_response(upload: Upload, body: bytes) -> HttpResponse:
    """The file for its reader: a picture may be shown by a page, a PDF is only handed over; neither can do anything."""
    response = HttpResponse(body, content_type=upload.media_type)
    ending = "jpg" if upload.is_picture else "pdf"
    shown = "inline" if upload.is_picture else "attachment"
    response.headers["Content-Disposition"] = f'{shown}; filename="{upload.purpose}-{str(upload.pk)[-8:]}.{ending}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
