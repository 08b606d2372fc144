"""What a brought file really is, and the only form in which it is kept.

A picture is decoded and written anew as JPEG: what hides behind, between or beside its pixels (scripts, archives,
where it was taken) does not survive. Its size is read from its head before a pixel is decoded. A PDF is kept as it is,
never shown inside the site. Everything else is refused, whatever its name says.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.base.errors import Refused

MOST_BYTES = 9_000_000
MOST_PIXELS = 16_000_000
MOST_PIXELS_IN_ROWS = 50_000_000
"""A plain JPEG is decoded row by row at a fraction of its size, so a phone's largest pictures pass."""
LONGEST_SIDE = 1600
MOST_SCANS = 24
QUALITY = 84
PICTURE, PDF = "image/jpeg", "application/pdf"
ACCEPT = "image/jpeg,image/png,image/webp,application/pdf"
ACCEPT_PICTURES = "image/jpeg,image/png,image/webp"

_FORMATS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
_NEW_SCAN = b"\xff\xda"
_TAIL_BYTES = 1024
_ACTIVE = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)\b")
WRONG_KIND = "Use a photo (JPEG, PNG or WebP) or a PDF. This file is something else, whatever its name says."


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file as it will be kept. A PDF has no width and height."""

    media_type: str
    body: bytes
    width: int | None = None
    height: int | None = None


def inspect(file: IO[bytes], *, pictures_only: bool = False) -> Inspected:
    """The file in the form in which it is kept.

    Refused: empty, above 9 MB, no picture and no PDF, too many pixels, damaged; a PDF that does more than show pages.
    """
    body = file.read(MOST_BYTES + 1)
    if not body:
        raise Refused("This file is empty. Choose another.", code="empty")
    if len(body) > MOST_BYTES:
        raise Refused(f"This file is larger than {MOST_BYTES // 1_000_000} MB. Take a smaller photo.", code="too_large")
    if body.startswith(b"%PDF-"):
        if pictures_only:
            raise Refused("A photo is wanted here, not a PDF.", code="kind")
        return _pdf(body)
    return _picture(body, _format_of(body))


def _format_of(body: bytes) -> str:
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "WEBP"
    for start, name in _FORMATS.items():
        if body.startswith(start):
            return name
    raise Refused(WRONG_KIND, code="kind")


def _pdf(body: bytes) -> Inspected:
    """Nothing after its end, nothing that acts. Compressed parts are not opened: it is never shown inside the site."""
    end = body.rfind(b"%%EOF")
    if end < len(body) - _TAIL_BYTES or body[end + 5 :].strip(b"\r\n\t \0"):
        raise Refused("This PDF is damaged or carries something else. Make it again, or take a photo.", code="damaged")
    if _ACTIVE.search(body):
        raise Refused("This PDF contains scripts, forms or other files. Print it to a plain PDF.", code="active")
    return Inspected(PDF, body)


def _picture(body: bytes, name: str) -> Inspected:
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(body), formats=(name,)) as picture:
            _refuse_too_many_pixels(picture, body)
            return _written_anew(picture)
    except Image.DecompressionBombError as error:
        raise Refused("This picture has far too many points. Take a smaller one.", code="pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise Refused("This picture is damaged. Take it again.", code="damaged") from error


def _refuse_too_many_pixels(picture: Image.Image, body: bytes) -> None:
    width, height = picture.size
    in_rows = picture.format == "JPEG" and not picture.info.get("progressive")
    if width * height > (MOST_PIXELS_IN_ROWS if in_rows else MOST_PIXELS):
        raise Refused(f"This picture has {width} × {height} points. Take a smaller one.", code="pixels")
    if body.count(_NEW_SCAN) > MOST_SCANS:
        raise Refused("This picture is damaged. Take it again.", code="damaged")


def _written_anew(picture: Image.Image) -> Inspected:
    """At most 1600 points long, upright, on white, and nothing but pixels."""
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=2.0)
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        coloured = upright.convert("RGBA")
        flat = Image.new("RGB", coloured.size, "white")
        flat.paste(coloured, mask=coloured.getchannel("A"))
    else:
        flat = upright.convert("RGB")
    # What was written beside the pixels (comments, where it was taken) would be written again.
    flat.info.clear()
    written = BytesIO()
    flat.save(written, "JPEG", quality=QUALITY, optimize=True)
    return Inspected(PICTURE, written.getvalue(), *flat.size)
