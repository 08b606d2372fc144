"""What may be done with products and accounts: opening, moving money, interest, charges, states."""

from portal.deposits.models.products import BY_OWN_RULES
from portal.deposits.services.accruing import accrue_interest
from portal.deposits.services.applying import apply_for_account, decide_application, withdraw_application
from portal.deposits.services.approved import (
    ask_for_closing,
    ask_for_dividend,
    ask_for_limit,
    ask_for_new_payee_rule,
    ask_for_transfer,
    wish_for_closing,
)
from portal.deposits.services.charging import (
    charge_month,
    charge_service,
    check_charge,
    collect_charges,
    set_charge,
    waive_charge,
)
from portal.deposits.services.cheque_decisions import clear_cheque, clear_cheques, return_cheque, take_back_cheque
from portal.deposits.services.cheque_rules import (
    ask_for_cheque_rules,
    set_cheque_rules,
)
from portal.deposits.services.cheques import SeenBefore, deposit_cheque, read_cheque, refuse_cheque, take_cheque
from portal.deposits.services.closing import close_account, needs_second_person, refuse_closing
from portal.deposits.services.contributions import fine_late_contributions, start_contribution
from portal.deposits.services.dividends import check_dividend, declare_dividend, pay_dividend
from portal.deposits.services.fixed import (
    break_fixed,
    end_fixed,
    instruct_fixed,
    mature_fixed,
    notice_maturities,
    pay_out_matured,
    place_fixed,
)
from portal.deposits.services.goals import forget_goal, set_goal
from portal.deposits.services.interest import (
    InterestRun,
    apply_interest,
    ask_for_interest,
    ask_for_what_is_due,
    post_interest,
)
from portal.deposits.services.limits import LimitReached, set_limit, set_new_payee_rule
from portal.deposits.services.moving import NotMoving, charge_fee, pay_cash, receive_cash, transfer
from portal.deposits.services.notes import forget_notes, keep_note
from portal.deposits.services.opening import Opening, open_account, open_accounts, rename_account
from portal.deposits.services.payees import add_payee, note_payee_lookup, remove_payee
from portal.deposits.services.plan_day import DayRun, ask_for_plan_days, run_branch_day
from portal.deposits.services.products import add_terms, change_product, check_terms, make_product
from portal.deposits.services.shares import buy_shares, buy_shares_in_cash, redeem_shares, start_shares
from portal.deposits.services.standing import (
    CHECKED,
    check_standing,
    end_standing,
    order_standing,
    pause_standing,
    resume_standing,
    run_standing,
    skip_standing,
)
from portal.deposits.services.states import add_holder, change_state, edit_account, end_holder, mark_dormant
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
    "BY_OWN_RULES",
    "CHECKED",
    "DayRun",
    "InterestRun",
    "LimitReached",
    "NotMoving",
    "Opening",
    "SeenBefore",
    "Settled",
    "accrue_interest",
    "add_holder",
    "add_payee",
    "add_terms",
    "apply_for_account",
    "apply_interest",
    "ask_for_cheque_rules",
    "ask_for_closing",
    "ask_for_dividend",
    "ask_for_interest",
    "ask_for_limit",
    "ask_for_new_payee_rule",
    "ask_for_plan_days",
    "ask_for_transfer",
    "ask_for_what_is_due",
    "break_fixed",
    "buy_shares",
    "buy_shares_in_cash",
    "change_product",
    "change_state",
    "charge_fee",
    "charge_month",
    "charge_service",
    "check_charge",
    "check_dividend",
    "check_standing",
    "check_terms",
    "clear_cheque",
    "clear_cheques",
    "close_account",
    "collect_charges",
    "decide_application",
    "declare_dividend",
    "deposit_cheque",
    "edit_account",
    "end_fixed",
    "end_holder",
    "end_standing",
    "fine_late_contributions",
    "forget_goal",
    "forget_notes",
    "instruct_fixed",
    "keep_note",
    "make_product",
    "mark_dormant",
    "mature_fixed",
    "needs_second_person",
    "note_payee_lookup",
    "notice_maturities",
    "open_account",
    "open_accounts",
    "order_standing",
    "pause_standing",
    "pause_susu",
    "pay_cash",
    "pay_dividend",
    "pay_out_matured",
    "pay_susu",
    "pay_susu_from",
    "place_fixed",
    "post_interest",
    "read_cheque",
    "receive_cash",
    "redeem_shares",
    "refuse_cheque",
    "refuse_closing",
    "remove_payee",
    "rename_account",
    "resume_standing",
    "resume_susu",
    "return_cheque",
    "run_branch_day",
    "run_standing",
    "set_charge",
    "set_cheque_rules",
    "set_goal",
    "set_limit",
    "set_new_payee_rule",
    "settle_susu",
    "settle_susu_in_cash",
    "skip_standing",
    "start_contribution",
    "start_shares",
    "start_susu",
    "take_back_cheque",
    "take_cheque",
    "transfer",
    "waive_charge",
    "wish_for_closing",
    "withdraw_application",
]
