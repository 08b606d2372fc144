"""A code is right once, also when it arrives fifty times at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from portal.base.clock import now
from portal.base.errors import Refused
from portal.people.models import User
from portal.signin import services
from portal.signin.models import AuthenticatorApp
from tests.cast import Cast
from tests.signin.factors import code_of, give_app

pytestmark = pytest.mark.django_db(transaction=True)


def taken(user: User, kind: str, code: str) -> int:
    """How many of fifty threads that send this code at once are let in."""

    def send(_: int) -> bool:
        try:
            services.check_code(user=user, kind=kind, code=code, by=user, at=now())
        except Refused:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        return sum(pool.map(send, range(50)))


def test_a_code_of_an_app_opens_once(cast: Cast) -> None:
    app = give_app(cast.auditor)
    assert taken(cast.auditor, "app", code_of(app)) == 1


def test_a_recovery_code_opens_once(cast: Cast) -> None:
    give_app(cast.auditor)
    code = services.make_recovery_codes(user=cast.auditor, by=cast.auditor, at=now())[0]
    assert taken(cast.auditor, "recovery", code) == 1


def test_no_more_than_ten_wrong_codes_are_looked_at(cast: Cast) -> None:
    app = give_app(cast.auditor)
    assert taken(cast.auditor, "app", "000000") == 0
    assert AuthenticatorApp.objects.get(pk=app.pk).failures <= 10
