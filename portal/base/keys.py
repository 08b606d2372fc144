"""Keys that make a request countable once, however often it arrives."""

from __future__ import annotations

import os
import time
from uuid import UUID


def new_key() -> str:
    """A UUID version 7 (RFC 9562): time-ordered, 74 random bits. Python 3.14 has its own; 3.11 has not."""
    milliseconds = time.time_ns() // 1_000_000
    random_bits = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | random_bits
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))


def new_id() -> UUID:
    """`new_key` as a UUID: a time-ordered id that nobody can guess."""
    return UUID(new_key())
