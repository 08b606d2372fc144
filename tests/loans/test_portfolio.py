"""The portfolio of several branches whose days are not the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.institution.models import Branch
from portal.loans import portfolio
from portal.loans.models import LoanProduct, PortfolioDay
from tests.cast import CURRENCY, TODAY, Cast, ghs
from tests.loans.lending import lend

pytestmark = pytest.mark.django_db
NEXT = TODAY + timedelta(days=1)


def kept(branch: Branch, product: LoanProduct, after: int, outstanding_minor: int, bucket: int = 0) -> None:
    PortfolioDay.objects.create(
        branch=branch,
        product=product,
        on=TODAY + timedelta(days=after),
        bucket_from=bucket,
        loans=1,
        outstanding_minor=outstanding_minor,
        late_minor=0,
        provision_minor=0,
    )


def test_a_branch_whose_day_is_still_open_counts_as_it_stands(cast: Cast) -> None:
    product = lend()
    for branch in (cast.north, cast.south):
        kept(branch, product, 0, 30_000)
    Branch.objects.filter(pk=cast.north.pk).update(business_date=NEXT)
    kept(cast.north, product, 1, 10_000, bucket=31)
    days = portfolio.days_visible_to(cast.operations_manager)
    assert [bucket.outstanding for bucket in portfolio.ageing(days, NEXT, CURRENCY)][:3] == [
        ghs("300"),
        ghs("0"),
        ghs("100"),
    ]
    assert [(each.outstanding_minor, each.at_risk_bps) for each in portfolio.risk_over_time(days, CURRENCY)] == [
        (60_000, 0),
        (40_000, 2_500),
    ]


def test_a_branch_that_lends_no_more_counts_no_more(cast: Cast) -> None:
    product = lend()
    for branch in (cast.north, cast.south):
        kept(branch, product, 0, 30_000)
        Branch.objects.filter(pk=branch.pk).update(business_date=NEXT)
    kept(cast.north, product, 1, 10_000)
    days = portfolio.days_visible_to(cast.operations_manager)
    assert [each.outstanding_minor for each in portfolio.risk_over_time(days, CURRENCY)] == [60_000, 10_000]
