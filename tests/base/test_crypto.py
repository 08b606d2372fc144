"""Encrypted columns: unreadable without the key, found by their hash, and still there after the keys were changed."""

from __future__ import annotations

from typing import Any

import pytest

from portal.base.crypto import Unreadable, decrypt, encrypt, keyed_hash, keyed_hashes, rotate

CARD = "GHA-123456789-0"


def test_what_is_encrypted_comes_back() -> None:
    assert decrypt(encrypt(CARD)) == CARD


def test_nothing_of_the_text_shows_and_no_two_results_are_alike() -> None:
    assert CARD not in encrypt(CARD)
    assert encrypt(CARD) != encrypt(CARD)


def test_a_changed_value_is_refused() -> None:
    token = encrypt(CARD)
    with pytest.raises(Unreadable):
        decrypt(token[:-4] + ("AAA=" if token[-4:] != "AAA=" else "BBB="))


@pytest.mark.parametrize("moved", ["secret key with a fallback", "keys for columns brought later"])
def test_a_new_key_reads_what_the_old_one_wrote(settings: Any, moved: str) -> None:
    token, hashed = encrypt(CARD), keyed_hash(CARD)
    if moved.startswith("secret"):
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another" * 8
    else:
        settings.FIELD_KEYS = ["a key of its own" * 3]
    assert decrypt(token) == CARD
    assert hashed in keyed_hashes(CARD)
    assert keyed_hash(CARD) != hashed


def test_after_rotation_the_old_key_may_go(settings: Any) -> None:
    token = encrypt(CARD)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 8
    moved = rotate(token)
    settings.SECRET_KEY_FALLBACKS = []
    assert decrypt(moved) == CARD
    with pytest.raises(Unreadable):
        decrypt(token)


def test_the_hash_is_no_plain_hash_and_belongs_to_the_key(settings: Any) -> None:
    before = keyed_hash(CARD)
    assert len(before) == 64
    settings.SECRET_KEY = "another" * 8
    assert keyed_hash(CARD) != before
