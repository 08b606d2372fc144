"""Cheques for tests: what stands on one, its photographs, one that a member sent, a bank holiday."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from portal.base.keys import new_key
from portal.deposits import services
from portal.deposits.cheques import BACK, FRONT, Read
from portal.deposits.models import Cheque, DepositAccount
from tests.cast import NOW, TODAY, ghs


def picture(*, size: tuple[int, int] = (1200, 600)) -> BytesIO:
    """A photograph of a cheque."""
    file = BytesIO()
    Image.new("RGB", size, "white").save(file, "JPEG")
    file.seek(0)
    return file


def both_sides() -> dict[str, BytesIO]:
    return {FRONT: picture(), BACK: picture()}


def line(**changes: Any) -> Read:
    """What stands on a cheque of another bank, written a week ago."""
    stands: dict[str, Any] = {"number": "000123", "sort_code": "030100", "drawn_account": "1441000123456"}
    stands |= {"issued_on": TODAY - timedelta(days=7), "drawer_name": "Accra Timber Ltd"}
    return Read(**(stands | changes))


def photographed(account: DepositAccount, by: Any, amount: str = "400.00", **changes: Any) -> Cheque:
    """A cheque that a member sent as two photographs."""
    given: dict[str, Any] = {"account": account, "amount": ghs(amount), "pictures": both_sides()}
    return services.deposit_cheque(**(given | {"key": new_key(), "by": by, "at": NOW} | changes))
