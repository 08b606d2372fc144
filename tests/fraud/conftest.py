"""What the tests of this room share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from portal.fraud.models import ModelInForce, ModelVersion
from portal.fraud.queries.force import forget
from tests.cast import NOW


@pytest.fixture(autouse=True)
def _forget_what_was_in_force() -> Iterator[None]:
    """Databases of tests repeat their numbers: what one test had in force must not be the next one's."""
    forget()
    yield
    forget()


@pytest.fixture
def break_model() -> Callable[[], None]:
    """Puts a model in force whose bytes are not what was trained."""

    def broken() -> None:
        version = ModelVersion.objects.create(
            number=1,
            trained_at=NOW,
            since=NOW,
            until=NOW,
            movements=0,
            alerts_a_day=1,
            forest=b"x",
            forest_hash="0",
            nine=b"x",
            nine_hash="0",
            norms={},
            thresholds={},
            bins={},
        )
        ModelInForce.objects.create(version=version, at=NOW, why="Test")

    return broken
