"""A loan on the member's card."""

from __future__ import annotations

import pytest

from portal.counter.queries import Lent
from tests.cast import Cast, ghs
from tests.loans.lending import application, approved, lend

pytestmark = pytest.mark.django_db


def test_an_approved_loan_tells_what_is_handed_over_less_its_fee(cast: Cast) -> None:
    loan = approved(cast, application(cast, lend(fee_bps=100)))
    assert Lent(loan).handed == ghs("1188")
