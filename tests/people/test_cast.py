"""The cast itself: the books it stands on are in order."""

from __future__ import annotations

from django.db import connection

from tests.cast import Cast


def test_the_cast_stands_on_books_that_balance(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(amount), 0), count(*) FROM chk_posting")
        total, lines = cursor.fetchone() or (None, None)
    assert (total, lines) == (0, 12)


def test_every_role_has_somebody(cast: Cast) -> None:
    from portal.access.roles import Role

    assert [cast.of_role(role).role for role in Role] == list(Role)
