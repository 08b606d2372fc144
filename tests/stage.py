"""Where a test plays: in an empty database, or in one where the company of `tests/cast.py` stands already.

Making the company takes longer than most tests do. It is made once a process and committed; a test that asks for `cast`
and undoes what it did plays there. Tests that commit make their own company, in the database that is made anew after them.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

if TYPE_CHECKING:
    from tests.cast import Cast
    from tests.database import Databases

_IDS_APART = """
SELECT setval(counted.objid::regclass, 1000 * row_number() OVER (ORDER BY counted.objid))
  FROM pg_depend AS counted JOIN pg_sequence AS sequence ON sequence.seqrelid = counted.objid
 WHERE counted.deptype = 'i' AND sequence.seqmax > 1000000
"""
"""No two tables' ids are alike: who looks for one on a page shall not find another's."""
_COMMITTING = {"transactional_db", "live_server", "django_db_reset_sequences"}


def commits(item: pytest.Item) -> bool:
    """Whether a test commits what it does."""
    marker = item.get_closest_marker("django_db")
    asked: set[str] = set(getattr(item, "fixturenames", ()))
    return bool(marker and marker.kwargs.get("transaction")) or not _COMMITTING.isdisjoint(asked)


class Stage:
    """The two databases of a test process, and the connections that stay open to both."""

    def __init__(self) -> None:
        self._databases: Databases | None = None
        self._blocker: Any = None
        self._company: Cast | None = None
        self._wants_company = False
        self._resting: dict[str, Any] = {}

    def open(self, databases: Databases, blocker: Any) -> None:
        """Begin with a process' databases, of which the empty one is connected to."""
        self._databases, self._blocker = databases, blocker
        self._enter(databases)

    def close(self) -> None:
        for resting in self._resting.values():
            resting.close()

    def prepare(self, item: pytest.Item) -> None:
        """Make ready for a test before its fixtures are."""
        self._wants_company = "cast" in getattr(item, "fixturenames", ()) and not commits(item)
        if self._databases is not None:
            self._enter(self._databases)

    def company(self) -> Cast | None:
        """A copy of the company that stands in the present database, which the test may change; None where none stands."""
        return deepcopy(self._company) if self._wants_company else None

    def _enter(self, databases: Databases) -> None:
        if self._wants_company and self._company is None:
            databases.clone(databases.company)
            self._change_to(databases.company)
            with self._blocker.unblock():
                self._company = _assembled()
        self._change_to(databases.company if self._wants_company else databases.name)

    def _change_to(self, name: str) -> None:
        """Go on with another database, on the connection that was open to it. Between tests, when nothing is under way."""
        present = connection.settings_dict["NAME"]
        if present == name:
            return
        if connection.connection is not None:
            self._resting[present] = connection.connection
        connection.connection = self._resting.pop(name, None)
        connection.settings_dict["NAME"] = name


def _assembled() -> Cast:
    from tests.cast import assemble
    from tests.database import as_owner

    with transaction.atomic():
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(_IDS_APART)
        company = assemble()
        # Nobody is to be woken or told of what is made for tests.
        connection.run_on_commit = []
    return company
