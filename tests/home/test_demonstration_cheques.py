"""The demonstration's cheques: one or more in every state, and the books whole."""

from __future__ import annotations

from portal.deposits import cheques
from portal.deposits.models import Cheque
from portal.home.demonstration.cheques import OWN_PREFIX, pay_in_cheques
from portal.ledger.proof import prove
from tests.cast import CURRENCY, NOW, TODAY, Cast


def test_there_is_a_cheque_in_every_state(cast: Cast) -> None:
    pay_in_cheques({"01": cast.north}, TODAY, NOW)
    states = set(Cheque.objects.values_list("state", flat=True))
    assert states == {"received", "clearing", "available", "returned", "refused", "cancelled"}
    assert cheques.undecided_in(cast.north, TODAY).count() == 3
    assert cheques.blocks_day_end(cast.north) == 0
    assert cheques.rules_on(CURRENCY, TODAY).own_prefix == OWN_PREFIX
    assert all(proof.holds for proof in prove())
