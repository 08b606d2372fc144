"""Sessions that several requests of one browser change at once."""

from __future__ import annotations

import pytest

from portal.access.session_store import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def key() -> str:
    made = SessionStore()
    made.update({"kept": 1, "gone": 2})
    made.save()
    return str(made.session_key)


def test_what_two_requests_change_at_once_is_all_kept(key: str) -> None:
    locking, looking = SessionStore(key), SessionStore(key)
    assert (locking["kept"], looking["kept"]) == (1, 1)
    locking["locked"] = True
    locking.save()
    looking["seen"] = 5
    del looking["gone"]
    looking.save()
    assert dict(SessionStore(key).items()) == {"kept": 1, "locked": True, "seen": 5}


def test_what_is_taken_out_after_a_new_key_stays_out(key: str) -> None:
    session = SessionStore(key)
    assert session["gone"] == 2
    session.cycle_key()
    del session["gone"]
    session.save()
    assert dict(SessionStore(session.session_key).items()) == {"kept": 1}
    assert not SessionStore(key).exists(key)
