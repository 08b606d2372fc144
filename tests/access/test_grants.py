"""The table of who may do what: whole, and with the duties apart that must be."""

from __future__ import annotations

import pytest

from portal.access.capabilities import DESCRIPTIONS, Capability
from portal.access.grants import FORBIDDEN_TOGETHER, GRANTS, Scope, scope_for
from portal.access.roles import Role

MOVES_MONEY = {
    Capability.TRANSFER_MAKE,
    Capability.TRANSFER_APPROVE,
    Capability.PLAN_MANAGE,
    Capability.STANDING_MANAGE,
    Capability.DIVIDEND_DECLARE,
    Capability.DIVIDEND_APPROVE,
    Capability.CASH_RECEIVE,
    Capability.CASH_PAY,
    Capability.DRAWER_OPERATE,
    Capability.VAULT_OPERATE,
    Capability.VARIANCE_DECIDE,
    Capability.INTEREST_POST,
    Capability.INTEREST_APPLY,
    Capability.CHARGE_WAIVE,
    Capability.ACCOUNT_CLOSE,
    Capability.FRAUD_DECIDE,
    Capability.COMPLAINT_SETTLE,
    Capability.REDRESS_APPROVE,
    Capability.CASH_APPROVE,
    Capability.CASH_REVERSE,
    Capability.CASH_REVERSE_LATE,
    Capability.CHEQUE_DECIDE,
    Capability.CHEQUE_TAKE,
    Capability.COUNTER_TRANSFER,
    Capability.DRAWER_OVERSEE,
    Capability.ENTRY_APPROVE,
    Capability.LOAN_CORRECT,
    Capability.LOAN_DISBURSE,
    Capability.LOAN_REPAY,
    Capability.LOAN_CHANGE,
}
HARMLESS = {
    Capability.ACCOUNT_NICKNAME,
    Capability.FRAUD_RULE_EDIT,
    Capability.FRAUD_RULE_APPROVE,
    Capability.FRAUD_MODEL_MANAGE,
    Capability.CUSTOMER_REGISTER,
    Capability.HOLIDAY_KEEP,
    Capability.CUSTOMER_EDIT,
    Capability.CUSTOMER_VERIFY,
    Capability.CUSTOMER_RISK,
    Capability.CUSTOMER_MANDATE,
    Capability.CUSTOMER_MOVE,
    Capability.RETENTION_MANAGE,
    Capability.RETENTION_APPROVE,
    Capability.PAYEE_MANAGE,
    Capability.PIN_SET,
    Capability.CHART_EDIT,
    Capability.PRODUCT_EDIT,
    Capability.PRODUCT_APPROVE,
    Capability.ACCOUNT_APPLY,
    Capability.ACCOUNT_OPEN,
    Capability.ACCOUNT_APPROVE,
    Capability.ACCOUNT_STATE,
    Capability.ACCOUNT_EDIT,
    Capability.ACCOUNT_CLOSE_ASK,  # who approves it moves what is left
    Capability.APPROVAL_DECIDE,  # what it lets happen takes the capability of the act itself
    Capability.USER_MANAGE,
    Capability.USER_APPROVE,
    Capability.LIMIT_MANAGE,
    Capability.LIMIT_APPROVE,
    Capability.POLICY_MANAGE,
    Capability.USER_VIEW_AS,
    Capability.BRANCH_MANAGE,
    Capability.BRANCH_APPROVE,
    Capability.DRAWER_MANAGE,
    Capability.POLICY_APPROVE,
    Capability.TICKET_RAISE,
    Capability.TICKET_WORK,
    Capability.DESK_MANAGE,
    Capability.CHAT_OPEN,
    Capability.CHAT_ANSWER,
    Capability.ANNOUNCEMENT_WRITE,
    Capability.ANNOUNCEMENT_APPROVE,
    Capability.WORDING_MANAGE,
    Capability.CHANNEL_TEST,
    Capability.SIGNIN_UNLOCK,
    Capability.SESSION_MANAGE,
    Capability.STATEMENT_RUN,
    Capability.CHEQUE_DEPOSIT,
    Capability.CHEQUE_READ,
    Capability.CHEQUE_RULES,
    Capability.CHEQUE_RULES_APPROVE,
    Capability.ENTRY_ASK,
    Capability.LOAN_APPLY,
    Capability.LOAN_DECIDE,
    Capability.LOAN_ACCEPT,
    Capability.LOAN_GUARANTEE,
    Capability.LOAN_REVIEW,
    Capability.PERIOD_CLOSE,
    Capability.PERIOD_REOPEN_APPROVE,
    Capability.TEMPLATE_MANAGE,
}
"""They change something and move no money."""
READS = ("_VIEW", "_SEARCH", "_DOWNLOAD", "_EXPORT", "_LISTEN")


def test_every_capability_has_a_scope_for_every_role_and_a_description() -> None:
    assert {capability: set(row) for capability, row in GRANTS.items()} == {key: set(Role) for key in Capability}
    assert set(DESCRIPTIONS) == set(Capability)


@pytest.mark.parametrize("pair", FORBIDDEN_TOGETHER, ids="+".join)
def test_nobody_holds_two_duties_that_must_be_apart(pair: tuple[Capability, Capability]) -> None:
    both = [role for role in Role if all(scope_for(role, capability) is not Scope.NONE for capability in pair)]
    assert both == []


def test_an_auditor_only_reads() -> None:
    held = {capability.name for capability in Capability if scope_for(Role.AUDITOR, capability) is not Scope.NONE}
    assert {name for name in held if not name.endswith(READS)} == set()


@pytest.mark.parametrize("capability", sorted(MOVES_MONEY))
def test_an_administrator_never_moves_money(capability: Capability) -> None:
    assert scope_for(Role.ADMINISTRATOR, capability) is Scope.NONE


@pytest.mark.parametrize(
    "capability",
    [Capability.CUSTOMER_VIEW, Capability.ACCOUNT_VIEW, Capability.STATEMENT_VIEW, Capability.RECEIPT_VIEW],
)
def test_an_administrator_sees_no_customer(capability: Capability) -> None:
    assert scope_for(Role.ADMINISTRATOR, capability) is Scope.NONE


def test_a_customer_reaches_nothing_but_the_own() -> None:
    assert {scope_for(Role.CUSTOMER, capability) for capability in Capability} == {Scope.NONE, Scope.OWN}


def test_whoever_may_move_money_is_named_here() -> None:
    holders = {
        capability: {role for role in Role if scope_for(role, capability) is not Scope.NONE}
        for capability in MOVES_MONEY
    }
    assert holders == {
        Capability.TRANSFER_MAKE: {Role.CUSTOMER},
        Capability.TRANSFER_APPROVE: {Role.MANAGER, Role.OPERATIONS_MANAGER},
        Capability.PLAN_MANAGE: {Role.CUSTOMER},
        Capability.STANDING_MANAGE: {Role.CUSTOMER},
        Capability.DIVIDEND_DECLARE: {Role.OPERATIONS_MANAGER},
        Capability.DIVIDEND_APPROVE: {Role.OPERATIONS_MANAGER},
        Capability.CASH_RECEIVE: {Role.CASHIER},
        Capability.CASH_PAY: {Role.CASHIER},
        Capability.DRAWER_OPERATE: {Role.CASHIER},
        Capability.VAULT_OPERATE: {Role.MANAGER},
        Capability.VARIANCE_DECIDE: {Role.MANAGER, Role.OPERATIONS_MANAGER},
        Capability.INTEREST_POST: {Role.OPERATIONS_MANAGER},
        Capability.INTEREST_APPLY: {Role.MANAGER, Role.OPERATIONS_MANAGER},
        Capability.CHARGE_WAIVE: {Role.MANAGER, Role.OPERATIONS_MANAGER},
        Capability.ACCOUNT_CLOSE: {Role.MANAGER, Role.OPERATIONS_MANAGER},
        Capability.COMPLAINT_SETTLE: {Role.MANAGER, Role.OPERATIONS_MANAGER},
        Capability.FRAUD_DECIDE: {Role.MANAGER, Role.OPERATIONS_MANAGER},
        Capability.REDRESS_APPROVE: {Role.MANAGER, Role.OPERATIONS_MANAGER},
        Capability.CASH_APPROVE: {Role.MANAGER, Role.OPERATIONS_MANAGER},
        Capability.CASH_REVERSE: {Role.CASHIER},
        Capability.CASH_REVERSE_LATE: {Role.OPERATIONS_MANAGER},
        Capability.CHEQUE_DECIDE: {Role.MANAGER, Role.OPERATIONS_MANAGER},
        Capability.CHEQUE_TAKE: {Role.CASHIER},
        Capability.COUNTER_TRANSFER: {Role.CASHIER},
        Capability.DRAWER_OVERSEE: {Role.MANAGER},
        Capability.ENTRY_APPROVE: {Role.OPERATIONS_MANAGER},
        Capability.LOAN_CORRECT: {Role.MANAGER, Role.OPERATIONS_MANAGER},
        Capability.LOAN_DISBURSE: {Role.MANAGER, Role.OPERATIONS_MANAGER},
        Capability.LOAN_REPAY: {Role.CUSTOMER},
        Capability.LOAN_CHANGE: {Role.MANAGER, Role.OPERATIONS_MANAGER},
    }


def test_every_capability_that_changes_something_is_accounted_for() -> None:
    """A new capability that is no reading one must be put among those that move money, or be named here."""
    changing = {capability for capability in Capability if not capability.name.endswith(READS)}
    assert changing == MOVES_MONEY | HARMLESS


def test_a_role_nobody_knows_may_do_nothing() -> None:
    assert {scope_for("superuser", capability) for capability in Capability} == {Scope.NONE}
