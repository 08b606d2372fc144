"""What may be done with accounts: opening, moving money, interest."""

from portal.deposits.services.interest import (
    InterestRun,
    apply_interest,
    ask_for_interest,
    ask_for_what_is_due,
    post_interest,
)
from portal.deposits.services.moving import NotMoving, charge_fee, pay_cash, receive_cash, transfer
from portal.deposits.services.opening import Opening, change_state, open_account, open_accounts, rename_account
from portal.deposits.services.payees import note_payee_lookup
from portal.deposits.services.susu import (
    Settled,
    pause_susu,
    pay_susu,
    pay_susu_from,
    resume_susu,
    settle_susu,
    settle_susu_in_cash,
    start_susu,
)

__all__ = [
    "InterestRun",
    "NotMoving",
    "Opening",
    "Settled",
    "apply_interest",
    "ask_for_interest",
    "ask_for_what_is_due",
    "change_state",
    "charge_fee",
    "note_payee_lookup",
    "open_account",
    "open_accounts",
    "pause_susu",
    "pay_cash",
    "pay_susu",
    "pay_susu_from",
    "post_interest",
    "receive_cash",
    "rename_account",
    "resume_susu",
    "settle_susu",
    "settle_susu_in_cash",
    "start_susu",
    "transfer",
]
