"""Words with blanks: `{name}` and nothing else. No condition, no loop, no attribute: what an editor writes never runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from portal.base.errors import Refused

_BLANK = re.compile(r"\{([a-z_]{1,30})\}")
_BRACE = re.compile(r"[{}]")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# The alphabet of GSM 03.38; what stands in its second table counts twice.
_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = set("\f^{}\\[~]|€")
GSM_ONE, GSM_MORE, WIDE_ONE, WIDE_MORE = 160, 153, 70, 67


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its blanks filled, each once: what a value says is never read again."""
    return _BLANK.sub(lambda found: _CONTROL.sub("", values[found[1]]), text)


def filled_line(text: str, values: Mapping[str, str]) -> str:
    """The same as one line, for subjects."""
    return _BREAKS.sub(" ", filled(text, values)).strip()


def unknown_blanks(text: str, known: Collection[str]) -> list[str]:
    """The blanks nobody fills, in the order they stand."""
    return [name for name in dict.fromkeys(_BLANK.findall(text)) if name not in known]


def refuse_unknown(text: str, known: Collection[str], *, field: str) -> None:
    """Refuse a text whose blanks nobody fills, or with a brace that begins none."""
    unknown = unknown_blanks(text, known)
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        raise Refused(f"Nobody knows what {names} is. Use the names listed beside the form.", code="blank", field=field)
    if _BRACE.search(_BLANK.sub("", text)):
        raise Refused("A brace stands alone. Names stand in braces, like {name}.", code="brace", field=field)


def segments(text: str) -> int:
    """How many text messages a telephone network makes of this text (GSM 03.38; UCS-2 when a letter is not in it)."""
    if all(letter in _GSM or letter in _GSM_TWICE for letter in text):
        length = sum(2 if letter in _GSM_TWICE else 1 for letter in text)
        one, more = GSM_ONE, GSM_MORE
    else:
        length, one, more = len(text.encode("utf-16-be")) // 2, WIDE_ONE, WIDE_MORE
    return 1 if length <= one else -(-length // more)
