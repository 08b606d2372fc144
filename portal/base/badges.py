"""States in words, shapes and tints: one table for pages, mail and PDF."""

from __future__ import annotations

from typing import NamedTuple


class Badge(NamedTuple):
    """How a state is shown. Tones: ok, bad, warn, late, info, mute."""

    tone: str
    shape: str
    label: str


DONE, WRONG, RUNNING, OPEN, HELD, IDLE = "✔\ufe0e", "✖\ufe0e", "◐", "●", "❚❚", "○"

_FAMILIES: dict[tuple[str, str], str] = {
    ("ok", DONE): "posted approved done paid settled cleared confirmed verified balanced resolved collected repaid "
    "published sent signed genuine reconciled accepted carried_out",
    ("ok", OPEN): "active open ok healthy current performing",
    ("info", RUNNING): "running processing in_progress clearing checking sent_to_bank received under_review queued "
    "counting submitted assigned scheduled",
    ("info", OPEN): "new ready available information invited",
    ("warn", HELD): "on_hold held paused pending waiting awaiting_approval suspended parked unconfirmed deferred "
    "snoozed attention",
    ("late", OPEN): "late overdue in_arrears arrears escalated short over variance expiring non_performing",
    ("bad", WRONG): "failed refused rejected denied returned declined bounced frozen blocked error written_off "
    "broken locked lost stolen overdrawn fraud",
    ("mute", IDLE): "draft not_started inactive dormant closed cancelled expired reversed superseded archived "
    "withdrawn retired read disabled",
}

_TABLE = {
    word: Badge(tone, shape, word.replace("_", " ").capitalize())
    for (tone, shape), words in _FAMILIES.items()
    for word in words.split()
}


def badge_for(status: str) -> Badge:
    """The badge of a state's code; a code nobody listed is shown plainly in its own words."""
    code = status.strip().lower().replace("-", "_").replace(" ", "_")
    return _TABLE.get(code, Badge("mute", OPEN, code.replace("_", " ").capitalize()))
