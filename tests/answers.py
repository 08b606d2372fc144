"""Comparing what pages answer."""

from __future__ import annotations

import re
from typing import Any

_TOKEN = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[A-Za-z0-9]{64}')


def without_tokens(response: Any) -> bytes:
    """A page's bytes without its forgery tokens, the only part that differs from one answer to the next."""
    body: bytes = response.content
    return _TOKEN.sub(rb"\1", body)
