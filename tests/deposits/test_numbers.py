"""Account numbers check themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.deposits.numbers import account_number, is_account_number, plain_number, serial_of

serials = st.integers(min_value=1, max_value=999_999)


def test_a_number_names_branch_product_and_serial() -> None:
    number = account_number("01", "02", 345)
    assert (len(number), number[:10], serial_of(number)) == (12, "0102000345", 345)


@given(serials)
def test_a_number_made_here_checks(serial: int) -> None:
    assert is_account_number(account_number("07", "11", serial))


@given(serials, st.integers(min_value=0, max_value=11), st.integers(min_value=1, max_value=9))
def test_one_wrong_digit_is_found(serial: int, place: int, shift: int) -> None:
    number = account_number("07", "11", serial)
    wrong = str((int(number[place]) + shift) % 10)
    assert not is_account_number(number[:place] + wrong + number[place + 1 :])


@given(serials, st.integers(min_value=0, max_value=10))
def test_two_neighbours_swapped_are_found(serial: int, place: int) -> None:
    number = account_number("07", "11", serial)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or not is_account_number(swapped)


@pytest.mark.parametrize("text", ["", "1234", "01010000013", "0101000001x2", "٠١٠١٠٠٠٠٠١١٢", "010100000112 "])
def test_other_text_is_no_number(text: str) -> None:
    assert not is_account_number(text)


@pytest.mark.parametrize("serial", [0, -1, 1_000_000])
def test_a_serial_has_six_digits(serial: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        account_number("01", "01", serial)


def test_groups_are_taken_out_of_what_was_typed() -> None:
    assert plain_number(" 0101 0000-0112\N{NO-BREAK SPACE}") == "010100000112"
