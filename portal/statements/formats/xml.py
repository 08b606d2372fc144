"""XML written piece by piece: elements with text inside, safe for whatever people type."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACES = re.compile(r"\s+")


def tag(name: str, *inside: str, **attributes: str) -> str:
    """An element around what is already XML."""
    named = "".join(f' {key}="{escape(value, {chr(34): "&quot;"})}"' for key, value in attributes.items())
    return f"<{name}{named}>{''.join(inside)}</{name}>"


def words(name: str, text: str, *, most: int, **attributes: str) -> str:
    """An element with text of at most so many characters on one line; nothing at all where there is no text."""
    plain = _SPACES.sub(" ", _NOT_XML.sub("", text)).strip()[:most].rstrip()
    return tag(name, escape(plain), **attributes) if plain else ""
