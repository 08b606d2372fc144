from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.approvals.acts import act, forget
from tests.approvals.acts import NAME, Telephone


@pytest.fixture(autouse=True)
def _telephone() -> Iterator[None]:
    """The tests' own act is known while they run."""
    act(NAME, title=Telephone.title, capability=Telephone.capability)(Telephone)
    yield
    forget(NAME)
