"""What may be done with loans, from their products to the last instalment."""

from portal.loans.services.applying import (
    Missing,
    add_collateral,
    add_paper,
    check_asked,
    fill_in,
    missing,
    name_guarantor,
    remove_collateral,
    start_application,
    submit,
    unname_guarantor,
    withdraw_application,
)
from portal.loans.services.changing import (
    RECOVER,
    RESCHEDULE,
    WRITE_OFF,
    ask_for_change,
    check_recovery,
    check_reschedule,
    new_rows,
    probation_to,
    recover_from,
    reschedule,
    write_off,
)
from portal.loans.services.charging import charge_loan
from portal.loans.services.collecting import collect_due
from portal.loans.services.deciding import (
    GRANT,
    check_grant,
    grant,
    meet_condition,
    propose,
    reject_application,
    return_application,
    take_up,
    turn_down,
)
from portal.loans.services.foreseeing import Foreseen, foresee
from portal.loans.services.guaranteeing import accept_guarantee, decline_guarantee
from portal.loans.services.offering import lapse_offers
from portal.loans.services.paying_out import disburse
from portal.loans.services.products import (
    TERMS,
    add_terms,
    approvals_needed,
    ask_for_terms,
    change_product,
    check_terms,
    make_product,
)
from portal.loans.services.repaying import collect_from, owed_after_write_off, refund_over, repay
from portal.loans.services.reversing import pledges_after, reverse_payment
from portal.loans.services.telling import tell_of_arrears
from portal.loans.services.working import Worked, ask_for_loan_days, work_loans

__all__ = [
    "GRANT",
    "RECOVER",
    "RESCHEDULE",
    "TERMS",
    "WRITE_OFF",
    "Foreseen",
    "Missing",
    "Worked",
    "accept_guarantee",
    "add_collateral",
    "add_paper",
    "add_terms",
    "approvals_needed",
    "ask_for_change",
    "ask_for_loan_days",
    "ask_for_terms",
    "change_product",
    "charge_loan",
    "check_asked",
    "check_grant",
    "check_recovery",
    "check_reschedule",
    "check_terms",
    "collect_due",
    "collect_from",
    "decline_guarantee",
    "disburse",
    "fill_in",
    "foresee",
    "grant",
    "lapse_offers",
    "make_product",
    "meet_condition",
    "missing",
    "name_guarantor",
    "new_rows",
    "owed_after_write_off",
    "pledges_after",
    "probation_to",
    "propose",
    "recover_from",
    "refund_over",
    "reject_application",
    "remove_collateral",
    "repay",
    "reschedule",
    "return_application",
    "reverse_payment",
    "start_application",
    "submit",
    "take_up",
    "tell_of_arrears",
    "turn_down",
    "unname_guarantor",
    "withdraw_application",
    "work_loans",
    "write_off",
]
