"""One calendar of holidays: who keeps which days, and what reads them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from portal.base.errors import Refused
from portal.deposits import cheques
from portal.home.demonstration.house import keep_holidays
from portal.institution import queries, services
from portal.institution.models import Holiday
from portal.loans.models import LoanTerms
from portal.loans.schedules import Row
from portal.loans.terms import planned
from portal.support.queries.desk import calendar_of
from tests.cast import CURRENCY, NOW, TODAY, Cast, ghs
from tests.institution.days import CHRISTMAS, closed_day
from tests.loans.lending import lend

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


class TestKeeping:
    def test_a_branchs_day_is_its_own_and_everybodys_is_all_branches(self, cast: Cast) -> None:
        closed_day(cast.north, cast.manager)
        closed_day(None, cast.operations_manager, date(2027, 1, 1))
        assert queries.days_off(cast.north) == {CHRISTMAS, date(2027, 1, 1)}
        assert queries.days_off(cast.south) == queries.days_off(None) == {date(2027, 1, 1)}

    def test_a_day_is_added_once_wherever_it_counts(self, cast: Cast) -> None:
        closed_day(None, cast.operations_manager)
        for branch in (None, cast.north):
            with pytest.raises(Refused, match="is Christmas Day already"):
                closed_day(branch, cast.operations_manager)

    def test_what_is_over_is_neither_added_nor_withdrawn(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="over"):
            closed_day(None, cast.operations_manager, date(2026, 1, 1))
        held = Holiday.objects.create(day=date(2026, 1, 1), name="New Year", added_at=NOW)
        with pytest.raises(Refused, match="over"):
            services.withdraw_holiday(holiday=held, by=cast.operations_manager, at=NOW)

    def test_withdrawn_it_counts_no_more_and_may_come_again(self, cast: Cast) -> None:
        held = closed_day(cast.north, cast.manager)
        services.withdraw_holiday(holiday=held, by=cast.manager, at=NOW)
        assert not queries.days_off(cast.north)
        closed_day(cast.north, cast.manager)


class TestReading:
    def test_a_cheque_clears_a_day_later(self, cast: Cast) -> None:
        rules = cheques.rules_on(CURRENCY, TODAY)
        before = cheques.clears_on(rules, TODAY, cast.north)
        closed_day(None, cast.operations_manager, before)
        assert cheques.clears_on(rules, TODAY, cast.north) > before

    def test_the_desk_of_that_branch_is_closed(self, cast: Cast) -> None:
        closed_day(cast.north, cast.manager)
        assert calendar_of(cast.north).hours_on(CHRISTMAS) is None
        assert calendar_of(cast.south).hours_on(CHRISTMAS) is not None

    @pytest.mark.parametrize(
        ("shift", "due"),
        [
            ("none", date(2027, 1, 29)),
            ("forward", date(2027, 2, 1)),
            ("modified", date(2027, 1, 28)),
            ("back", date(2027, 1, 28)),
        ],
    )
    def test_an_instalment_moves_as_its_product_says(self, cast: Cast, shift: str, due: date) -> None:
        terms = lend(weekend_shift=shift).terms.get()
        closed_day(cast.north, cast.manager, date(2027, 1, 29))
        rows = self.rows(cast, terms)
        assert rows[0].due == due
        assert sum(row.principal_minor for row in rows) == 120_000

    def rows(self, cast: Cast, terms: LoanTerms) -> list[Row]:
        paid_out = date(2026, 12, 29)
        return planned(terms, ghs("1200"), rate_bps=2400, instalments=6, on=paid_out, branch=cast.north)


class TestPages:
    def test_a_manager_keeps_the_own_branchs_days_only(self, cast: Cast, client_for: ClientFor) -> None:
        everybodys = closed_day(None, cast.operations_manager, date(2027, 1, 1))
        client = client_for(cast.manager)
        typed = {"day": "2026-12-28", "name": "Stocktaking"}
        assert client.post("/holidays/add/", typed).status_code == 422
        assert client.post("/holidays/add/", typed | {"branch": cast.south.code}).status_code == 422
        assert client.post("/holidays/add/", typed | {"branch": cast.north.code}).status_code == 303
        assert client.post(f"/holidays/{everybodys.pk}/withdraw/").status_code == 404
        shown = client.get("/holidays/").content.decode()
        assert "Stocktaking" in shown
        assert "every branch" in shown

    def test_a_refused_day_loses_nothing_typed(self, cast: Cast, client_for: ClientFor) -> None:
        answer = client_for(cast.operations_manager).post("/holidays/add/", {"day": "2020-01-01", "name": "Old"})
        assert answer.status_code == 422
        assert 'value="Old"' in answer.content.decode()
        assert not Holiday.objects.exists()

    def test_another_branchs_days_are_not_shown(self, cast: Cast, client_for: ClientFor) -> None:
        closed_day(cast.south, cast.rival_manager)
        assert "Christmas Day" not in client_for(cast.cashier).get("/holidays/").content.decode()


def test_the_demonstration_keeps_its_holidays_ahead(cast: Cast) -> None:
    keep_holidays(TODAY, TODAY, NOW)
    assert {CHRISTMAS, date(2028, 12, 25)} <= queries.days_off(cast.north)
