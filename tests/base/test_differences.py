"""What differs between two things told as label and text."""

from __future__ import annotations

from portal.base.differences import differing


def test_what_only_one_side_says_stands_beside_a_dash() -> None:
    """A step that a proposal drops is shown as one that it adds is: whoever approves must see both."""
    before = {"Rate": "24 %", "Approvals from GHS 0.00": "1", "Approvals from GHS 5,000.00": "2"}
    after = {"Rate": "24 %", "Approvals from GHS 0.00": "1", "Approvals from GHS 9,000.00": "2"}
    assert differing(before, after) == [
        ("Approvals from GHS 5,000.00", "2", "–"),
        ("Approvals from GHS 9,000.00", "–", "2"),
    ]


def test_nothing_differs() -> None:
    assert differing({"Rate": "24 %"}, {"Rate": "24 %"}) == []
