"""The one field's small language."""

from __future__ import annotations

import pytest

from portal.counter.commands import DEPOSIT, WITHDRAWAL, Command, read_command
from portal.deposits.numbers import account_number

ACCOUNT = account_number("01", "01", 12)
GROUPED = f"{ACCOUNT[:4]} {ACCOUNT[4:8]} {ACCOUNT[8:]}"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("102345", Command("102345")),
        (" ama  mensah ", Command("ama mensah")),
        ("102345 250", Command("102345", DEPOSIT, "250")),
        ("d 102345 250", Command("102345", DEPOSIT, "250")),
        ("w 102345 1,250.50", Command("102345", WITHDRAWAL, "1,250.50")),
        ("W 102345", Command("102345", WITHDRAWAL)),
        ("withdraw ama mensah 20", Command("ama mensah", WITHDRAWAL, "20")),
        ("ama 250", Command("ama 250")),
        ("d", Command("d")),
        ("d owusu", Command("owusu")),
        ("024 123 4567", Command("024 123 4567")),
        ("0241 234567", Command("0241 234567")),
        (ACCOUNT, Command(ACCOUNT)),
        (GROUPED, Command(ACCOUNT)),
        (f"w {GROUPED} 250", Command(ACCOUNT, WITHDRAWAL, "250")),
        ("102345 1e5", Command("102345 1e5")),
        ("102345 -5", Command("102345 -5")),
        ("d 102345 abc", Command("102345", DEPOSIT, unclear="abc")),
        ("w 102345 1e5", Command("102345", WITHDRAWAL, unclear="1e5")),
        ("d 102345 25 0.5.0", Command("102345 25 0.5.0")),
        (f"w {GROUPED} two hundred", Command(ACCOUNT, WITHDRAWAL, unclear="two hundred")),
        ("d 024 123 4567", Command("024 123 4567")),
        ("", Command()),
    ],
)
def test_reading_a_command(text: str, command: Command) -> None:
    assert read_command(text) == command


def test_a_very_long_text_is_cut() -> None:
    assert len(read_command("9" * 5_000).who) == 120
