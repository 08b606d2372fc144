"""The data folder is ours by its marker, closed to others, and deleted only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy import folder
from deploy.say import CannotGoOn


def test_a_new_folder_is_marked_and_closed(tmp_path: Path) -> None:
    data = tmp_path / "var"
    folder.claim(data)
    assert (data / folder.MARKER).is_file()
    assert not data.stat().st_mode & 0o007
    assert (data / "secrets").stat().st_mode & 0o777 == 0o700


def test_a_folder_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(CannotGoOn, match="not Quayside's"):
        folder.claim(tmp_path)


def test_only_a_marked_folder_is_deleted(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(CannotGoOn, match="no QUAYSIDE marker"):
        folder.delete(tmp_path)
    assert (tmp_path / "letter.txt").exists()


def test_deletion_does_not_follow_links_out_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "letter.txt").write_text("dear")
    folder.claim(tmp_path / "var")
    (tmp_path / "var" / "link").symlink_to(outside)
    folder.delete(tmp_path / "var")
    assert (outside / "letter.txt").exists()
    assert not (tmp_path / "var").exists()


def test_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    folder.claim(tmp_path / "var")
    first = folder.secret(tmp_path / "var", "key")
    assert folder.secret(tmp_path / "var", "key") == first
    assert len(first) > 30
    assert (tmp_path / "var" / "secrets" / "key").stat().st_mode & 0o777 == 0o600


def test_the_folder_is_the_option_then_the_variable_then_var(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATA", "/srv/one")
    assert folder.chosen("/srv/two") == Path("/srv/two")
    assert folder.chosen() == Path("/srv/one")
    monkeypatch.delenv("PORTAL_DATA")
    assert folder.chosen() == folder.ROOT / "var"
    assert folder.chosen("here").is_absolute()
