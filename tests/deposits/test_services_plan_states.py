"""Plans and the states of accounts: what is blocked or dormant gives nothing, what all holders move one of them does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits import fixed, queries, services, shares
from portal.deposits.models import DepositAccount, FixedEnding, Instruction
from tests.cast import NOW, Cast, ghs
from tests.deposits.plans import fixed_product, share_product, susu_product
from tests.deposits.test_services_fixed import move_on

State, Mandate = DepositAccount.State, DepositAccount.Mandate
REFUSED = [
    ({"state": State.BLOCKED}, "blocked"),
    ({"state": State.DORMANT}, "dormant"),
    ({"mandate": Mandate.ALL}, "All holders"),
]
By = dict[str, Any]


def by(cast: Cast) -> By:
    return {"key": new_key(), "channel": "online", "by": cast.ama_user, "at": NOW}


def set_to(account: DepositAccount, **values: Any) -> DepositAccount:
    DepositAccount.objects.filter(pk=account.pk).update(**values)
    return DepositAccount.objects.select_related("product", "branch", "ledger_account").get(pk=account.pk)


def card(cast: Cast, source: DepositAccount) -> DepositAccount:
    account = services.start_susu(
        customer=cast.ama,
        product=susu_product(),
        stake=ghs("5.00"),
        branch=cast.north,
        key=new_key(),
        by=cast.ama_user,
        at=NOW,
    )
    services.pay_susu_from(account=account, source=source, amount=ghs("155.00"), **by(cast))
    return account


def held(cast: Cast, source: DepositAccount) -> DepositAccount:
    return services.start_shares(
        customer=cast.ama, product=share_product(), source=source, shares=10, **by(cast)
    ).account


def placed(cast: Cast, source: DepositAccount, instruction: str = Instruction.PAY_OUT) -> DepositAccount:
    return services.place_fixed(
        customer=cast.ama,
        product=fixed_product(),
        source=source,
        amount=ghs("500.00"),
        months=6,
        instruction=instruction,
        pay_to=cast.ama_current,
        **by(cast),
    ).account


def settle(cast: Cast, account: DepositAccount) -> Any:
    return services.settle_susu(account=account, target=cast.ama_current, running_too=True, **by(cast))


def redeem(cast: Cast, account: DepositAccount) -> Any:
    return services.redeem_shares(account=account, target=cast.ama_current, shares=10, **by(cast))


def end(cast: Cast, account: DepositAccount) -> Any:
    return services.end_fixed(account=account, target=cast.ama_current, **by(cast))


PLANS = [(card, settle), (held, redeem), (placed, end)]
Made = Callable[[Cast, DepositAccount], DepositAccount]


def booked(account: DepositAccount) -> Any:
    return queries.funds_of(account).booked


@pytest.mark.parametrize(("made", "taken"), PLANS)
@pytest.mark.parametrize(("values", "said"), REFUSED)
def test_a_plan_pays_nothing_out(cast: Cast, made: Made, taken: Any, values: dict[str, str], said: str) -> None:
    account = set_to(made(cast, cast.ama_savings), **values)
    before = booked(account)
    with pytest.raises(Refused, match=said):
        taken(cast, account)
    assert booked(account) == before
    taken(cast, set_to(account, state=State.ACTIVE, mandate=Mandate.ANY))
    assert booked(account) == ghs("0.00")


@pytest.mark.parametrize("made", [made for made, _ in PLANS])
@pytest.mark.parametrize(("values", "said"), REFUSED)
def test_nothing_is_put_aside_out_of_such_an_account(cast: Cast, made: Made, values: dict[str, str], said: str) -> None:
    source = set_to(cast.ama_savings, **values)
    with pytest.raises(Refused, match=said):
        made(cast, source)
    assert booked(source) == ghs("1000.00")


def test_a_blocked_deposit_matures_and_keeps_its_money(cast: Cast) -> None:
    account = placed(cast, cast.ama_savings)
    set_to(account, state=State.BLOCKED)
    term = fixed.running_term(account)
    assert term is not None
    assert services.mature_fixed(branch=move_on(cast, term.matures_on), at=NOW) == 1
    assert (FixedEnding.objects.get().paid_out_minor, booked(account)) == (0, ghs("524.79"))
    end(cast, set_to(account, state=State.ACTIVE))
    assert booked(account) == ghs("0.00")


def test_a_frozen_deposit_waits_to_mature(cast: Cast) -> None:
    account = placed(cast, cast.ama_savings)
    services.change_state(account=account, state=State.FROZEN, reason="Court", by=cast.manager, at=NOW)
    term = fixed.running_term(account)
    assert term is not None
    assert services.mature_fixed(branch=move_on(cast, term.matures_on), at=NOW) == 0
    assert not FixedEnding.objects.exists()


def test_an_order_from_an_account_that_all_move_is_refused(cast: Cast) -> None:
    source = set_to(cast.ama_savings, mandate=Mandate.ALL)
    with pytest.raises(Refused, match="All holders"):
        services.order_standing(
            source=source,
            target=cast.kofi_savings,
            amount=ghs("1.00"),
            rhythm="monthly",
            first_on=cast.north.business_date,
            memo="",
            key=new_key(),
            by=cast.ama_user,
            at=NOW,
        )


def test_the_branch_settles_what_all_holders_signed_for(cast: Cast) -> None:
    """Staff act on what the holders signed before them."""
    account = set_to(held(cast, cast.ama_savings), mandate=Mandate.ALL)
    given = by(cast) | {"by": cast.manager}
    services.redeem_shares(account=account, target=cast.ama_current, shares=10, **given)
    assert shares.held_by(account) == 0
