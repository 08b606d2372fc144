"""Who may do what: one literal table. Rows are capabilities, columns the seven roles, cells a scope.

A scope says how far a capability reaches: `own` things, things of one's own `round` (a mobile banker's customers), of
one's `branch`, or `all`. Loaders (`queries.*_visible_to`) turn the scope into rows; out of scope is 404.
"""

from __future__ import annotations

from enum import IntEnum

from portal.access.capabilities import Capability
from portal.access.roles import Role


class Scope(IntEnum):
    """How far a capability reaches; a larger one contains the smaller."""

    NONE = 0
    OWN = 1
    ROUND = 2
    BRANCH = 3
    ALL = 4


_COLUMNS = (
    Role.CUSTOMER,
    Role.CASHIER,
    Role.MOBILE_BANKER,
    Role.MANAGER,
    Role.OPERATIONS_MANAGER,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
)
_LETTERS = {"-": Scope.NONE, "own": Scope.OWN, "round": Scope.ROUND, "branch": Scope.BRANCH, "all": Scope.ALL}

# fmt: off
_TABLE = {
    #                                  customer cashier  banker   manager  operations admin    auditor
    Capability.HOME_VIEW:             ("own",   "own",   "own",   "own",   "own",     "own",   "own"),
    Capability.PROFILE_VIEW:          ("own",   "own",   "own",   "own",   "own",     "own",   "own"),
    Capability.CUSTOMER_VIEW:         ("own",   "all",   "round", "branch", "all",    "-",     "all"),
    Capability.CUSTOMER_SEARCH:       ("-",     "all",   "-",     "branch", "all",    "-",     "all"),
    Capability.CUSTOMER_REGISTER:     ("-",    "branch","branch","branch","-",       "-",    "-"),
    Capability.CUSTOMER_EDIT:         ("own",  "branch","round", "branch","all",     "-",    "-"),
    Capability.CUSTOMER_VERIFY:       ("-",    "-",     "-",     "branch","all",     "-",    "-"),
    Capability.CUSTOMER_RISK:         ("-",    "-",     "-",     "branch","all",     "-",    "-"),
    Capability.CUSTOMER_MANDATE:      ("-",    "branch","-",     "branch","all",     "-",    "-"),
    Capability.CUSTOMER_MOVE:         ("-",    "-",     "-",     "branch","all",     "-",    "-"),
    Capability.CUSTOMER_LOOKS_VIEW:   ("-",    "-",     "-",     "branch","all",     "-",    "all"),
    Capability.PERSONAL_DATA_EXPORT:  ("own",  "-",     "-",     "-",     "-",       "-",    "-"),
    Capability.RETENTION_MANAGE:      ("-",    "-",     "-",     "-",     "all",     "-",    "-"),
    Capability.RETENTION_APPROVE:     ("-",    "-",     "-",     "-",     "all",     "all",  "-"),
    Capability.ACCOUNT_VIEW:          ("own",   "all",   "round", "branch", "all",    "-",     "all"),
    Capability.ACCOUNT_NICKNAME:      ("own",   "-",     "-",     "-",     "-",       "-",     "-"),
    Capability.TRANSFER_MAKE:         ("own",   "-",     "-",     "-",     "-",       "-",     "-"),
    Capability.PIN_SET:               ("own",   "own",   "-",     "-",     "-",       "-",     "-"),
    Capability.PLAN_MANAGE:           ("own",   "-",     "-",     "-",     "-",     "-",     "-"),
    Capability.PAYEE_MANAGE:          ("own",   "-",     "-",     "-",     "-",     "-",     "-"),
    Capability.STANDING_VIEW:         ("own",   "all",   "-",     "branch","all",   "-",     "all"),
    Capability.STANDING_MANAGE:       ("own",   "-",     "-",     "-",     "-",     "-",     "-"),
    Capability.LIMIT_VIEW:            ("-",     "-",     "-",     "branch","all",   "-",     "all"),
    Capability.TRANSFER_APPROVE:      ("-",     "-",     "-",     "branch","all",   "-",     "-"),
    Capability.SHARE_REGISTER_VIEW:   ("-",     "-",     "-",     "branch","all",   "-",     "all"),
    Capability.DORMANT_VIEW:          ("-",     "-",     "-",     "branch","all",   "-",     "all"),
    Capability.DIVIDEND_DECLARE:      ("-",     "-",     "-",     "-",     "all",   "-",     "-"),
    Capability.DIVIDEND_APPROVE:      ("-",     "-",     "-",     "-",     "all",   "-",     "-"),
    Capability.STATEMENT_VIEW:        ("own",   "all",   "-",     "branch", "all",    "-",     "all"),
    Capability.STATEMENT_DOWNLOAD:    ("own",   "all",   "-",     "branch", "all",    "-",     "all"),
    Capability.STATEMENT_RUN:         ("-",     "-",     "-",     "-",     "all",     "-",     "-"),
    Capability.STATEMENT_EXPORT:      ("-",     "-",     "-",     "-",     "all",     "-",     "all"),
    Capability.DRAWER_OPERATE:        ("-",     "own",   "-",     "-",     "-",       "-",     "-"),
    Capability.DRAWER_VIEW:           ("-",     "own",   "-",     "branch", "all",    "-",     "all"),
    Capability.VAULT_OPERATE:         ("-",     "-",     "-",     "branch", "-",      "-",     "-"),
    Capability.VAULT_VIEW:            ("-",     "-",     "-",     "branch", "all",    "-",     "all"),
    Capability.VARIANCE_DECIDE:       ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.CASH_RECEIVE:          ("-",     "all",   "-",     "-",     "-",       "-",     "-"),
    Capability.CASH_PAY:              ("-",     "all",   "-",     "-",     "-",       "-",     "-"),
    Capability.COUNTER_TRANSFER:      ("-",     "all",   "-",     "-",     "-",       "-",     "-"),
    Capability.CASH_APPROVE:          ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.CASH_REVERSE:          ("-",     "own",   "-",     "-",     "-",       "-",     "-"),
    Capability.CASH_REVERSE_LATE:     ("-",     "-",     "-",     "-",     "all",     "-",     "-"),
    Capability.DRAWER_OVERSEE:        ("-",     "-",     "-",     "branch", "-",      "-",     "-"),
    Capability.RECEIPT_VIEW:          ("own",   "branch", "-",    "branch", "all",    "-",     "all"),
    Capability.CHEQUE_VIEW:           ("own",   "branch","-",     "branch","all",     "-",     "all"),
    Capability.CHEQUE_DEPOSIT:        ("own",   "-",     "-",     "-",     "-",       "-",     "-"),
    Capability.CHEQUE_TAKE:           ("-",     "branch","-",     "-",     "-",       "-",     "-"),
    Capability.CHEQUE_READ:           ("-",     "branch","-",     "branch","all",     "-",     "-"),
    Capability.CHEQUE_DECIDE:         ("-",     "-",     "-",     "branch","all",     "-",     "-"),
    Capability.CHEQUE_RULES:          ("-",     "-",     "-",     "-",     "all",     "-",     "-"),
    Capability.CHEQUE_RULES_APPROVE:  ("-",     "-",     "-",     "-",     "all",     "all",   "-"),
    Capability.INTEREST_POST:         ("-",     "-",     "-",     "-",     "all",     "-",     "-"),
    Capability.INTEREST_APPLY:        ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.PRODUCT_VIEW:          ("-",     "all",   "-",     "all",    "all",    "-",     "all"),
    Capability.PRODUCT_EDIT:          ("-",     "-",     "-",     "-",      "all",    "-",     "-"),
    Capability.PRODUCT_APPROVE:       ("-",     "-",     "-",     "-",      "all",    "all",   "-"),
    Capability.CHARGE_WAIVE:          ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.ACCOUNT_APPLY:         ("own",   "-",     "-",     "-",      "-",      "-",     "-"),
    Capability.ACCOUNT_OPEN:          ("-",     "all",   "-",     "branch", "all",    "-",     "-"),
    Capability.ACCOUNT_APPROVE:       ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.ACCOUNT_STATE:         ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.ACCOUNT_EDIT:          ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.ACCOUNT_CLOSE_ASK:     ("own",   "-",     "-",     "-",      "-",      "-",     "-"),
    Capability.ACCOUNT_CLOSE:         ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.TRIAL_BALANCE_VIEW:    ("-",     "-",     "-",     "branch", "all",    "-",     "all"),
    Capability.LEDGER_VIEW:           ("-",     "-",     "-",     "branch", "all",    "-",     "all"),
    Capability.JOURNAL_EXPORT:        ("-",     "-",     "-",     "-",     "all",     "-",     "all"),
    Capability.CHART_VIEW:            ("-",     "-",     "-",     "branch", "all",    "-",     "all"),
    Capability.CHART_EDIT:            ("-",     "-",     "-",     "-",     "all",     "-",     "-"),
    Capability.PERMISSIONS_VIEW:      ("-",     "-",     "-",     "-",     "-",       "all",   "all"),
    Capability.AUDIT_VIEW:            ("-",     "-",     "-",     "-",     "-",       "all",   "all"),
    Capability.JOB_VIEW:              ("own",   "own",   "own",   "own",   "all",     "all",   "own"),
    Capability.DOCUMENT_VIEW:         ("own",   "own",   "own",   "own",   "own",     "own",   "own"),
    Capability.LIVE_LISTEN:           ("own",   "own",   "own",   "own",   "own",     "own",   "own"),
    Capability.TICKET_RAISE:          ("own",  "branch","-",      "branch", "all",    "-",     "-"),
    Capability.TICKET_VIEW:           ("-",    "branch","-",      "branch", "all",    "-",     "all"),
    Capability.TICKET_WORK:           ("-",    "branch","-",      "branch", "all",    "-",     "-"),
    Capability.COMPLAINT_SETTLE:      ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.COMPLAINT_EXPORT:      ("-",     "-",     "-",     "-",      "all",    "-",     "all"),
    Capability.REDRESS_APPROVE:       ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.DESK_MANAGE:           ("-",     "-",     "-",     "-",      "all",    "-",     "-"),
    Capability.CHAT_OPEN:             ("own",   "-",     "-",     "-",      "-",      "-",     "-"),
    Capability.CHAT_ANSWER:           ("-",    "branch","-",      "branch", "all",    "-",     "-"),
    Capability.ANNOUNCEMENT_VIEW:     ("own",   "own",   "own",   "own",    "own",    "own",   "own"),
    Capability.ANNOUNCEMENT_WRITE:    ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.ANNOUNCEMENT_APPROVE:  ("-",     "-",     "-",     "-",      "all",    "all",   "-"),
    Capability.NOTICE_VIEW:           ("own",   "own",   "own",   "own",   "own",     "own",   "own"),
    Capability.WORDING_MANAGE:        ("-",     "-",     "-",     "-",     "all",     "-",     "-"),
    Capability.DELIVERY_VIEW:         ("-",     "-",     "-",     "-",     "all",     "all",   "all"),
    Capability.CHANNEL_TEST:          ("-",     "-",     "-",     "-",     "-",       "all",   "-"),
    Capability.APPROVAL_VIEW:         ("-",     "own",   "own",   "own",   "own",     "own",   "all"),
    Capability.APPROVAL_DECIDE:       ("-",     "-",     "-",     "branch", "all",    "all",   "-"),
    Capability.USER_VIEW:             ("-",     "-",     "-",     "branch", "all",    "all",   "all"),
    Capability.USER_MANAGE:           ("-",     "-",     "-",     "-",     "-",       "all",   "-"),
    Capability.USER_APPROVE:          ("-",     "-",     "-",     "-",     "all",     "all",   "-"),
    Capability.ENTRY_ASK:             ("-",     "-",     "-",     "branch","all",     "-",     "-"),
    Capability.ENTRY_APPROVE:         ("-",     "-",     "-",     "-",     "all",     "-",     "-"),
    Capability.TEMPLATE_MANAGE:       ("-",     "-",     "-",     "-",     "all",     "-",     "-"),
    Capability.PERIOD_VIEW:           ("-",     "-",     "-",     "branch","all",     "-",     "all"),
    Capability.PERIOD_CLOSE:          ("-",     "-",     "-",     "-",     "all",     "-",     "-"),
    Capability.PERIOD_REOPEN_APPROVE: ("-",     "-",     "-",     "-",     "all",     "-",     "-"),
    Capability.LIMIT_MANAGE:          ("-",     "-",     "-",     "-",     "all",     "-",     "-"),
    Capability.LIMIT_APPROVE:         ("-",     "-",     "-",     "-",     "all",     "all",   "-"),
    Capability.USER_VIEW_AS:          ("-",     "-",     "-",     "-",     "-",       "all",   "-"),
    Capability.BRANCH_VIEW:           ("-",     "-",     "-",     "branch", "all",    "all",   "all"),
    Capability.BRANCH_MANAGE:         ("-",     "-",     "-",     "-",     "all",     "all",   "-"),
    Capability.BRANCH_APPROVE:        ("-",     "-",     "-",     "-",     "all",     "all",   "-"),
    Capability.HOLIDAY_VIEW:          ("-",     "branch","branch","branch", "all",    "all",   "all"),
    Capability.HOLIDAY_KEEP:          ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.DRAWER_MANAGE:         ("-",     "-",     "-",     "-",     "all",     "-",     "-"),
    Capability.POLICY_VIEW:           ("-",     "-",     "-",     "-",     "all",     "all",   "all"),
    Capability.POLICY_MANAGE:         ("-",     "-",     "-",     "-",     "-",       "all",   "-"),
    Capability.POLICY_APPROVE:        ("-",     "-",     "-",     "-",     "all",     "all",   "-"),
    Capability.SIGNIN_VIEW:           ("-",     "-",     "-",     "branch", "-",      "all",   "all"),
    Capability.SIGNIN_UNLOCK:         ("-",     "-",     "-",     "branch", "-",      "all",   "-"),
    Capability.SESSION_MANAGE:        ("-",     "-",     "-",     "-",     "-",       "all",   "-"),
    Capability.FRAUD_VIEW:            ("-",     "-",     "-",     "branch", "all",    "-",     "all"),
    Capability.FRAUD_DECIDE:          ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.FRAUD_RULE_EDIT:       ("-",     "-",     "-",     "-",      "all",    "-",     "-"),
    Capability.FRAUD_RULE_APPROVE:    ("-",     "-",     "-",     "-",      "all",    "all",   "-"),
    Capability.FRAUD_MODEL_VIEW:      ("-",     "-",     "-",     "-",      "all",    "all",   "all"),
    Capability.FRAUD_MODEL_MANAGE:    ("-",     "-",     "-",     "-",      "-",      "all",   "-"),
    Capability.LOAN_VIEW:             ("own",   "all",   "-",     "branch", "all",    "-",     "all"),
    Capability.LOAN_APPLY:            ("own",   "branch","-",     "branch", "-",      "-",     "-"),
    Capability.LOAN_ACCEPT:           ("own",   "-",     "-",     "-",      "-",      "-",     "-"),
    Capability.LOAN_GUARANTEE:        ("own",   "-",     "-",     "-",      "-",      "-",     "-"),
    Capability.LOAN_REVIEW:           ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.LOAN_DECIDE:           ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.LOAN_DISBURSE:         ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.LOAN_REPAY:            ("own",   "-",     "-",     "-",      "-",      "-",     "-"),
    Capability.LOAN_CORRECT:          ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.LOAN_CHANGE:           ("-",     "-",     "-",     "branch", "all",    "-",     "-"),
    Capability.LOAN_PORTFOLIO_VIEW:   ("-",     "-",     "-",     "branch", "all",    "-",     "all"),
}
# fmt: on

GRANTS: dict[Capability, dict[Role, Scope]] = {
    capability: {role: _LETTERS[word] for role, word in zip(_COLUMNS, words, strict=True)}
    for capability, words in _TABLE.items()
}

FORBIDDEN_TOGETHER: tuple[tuple[Capability, Capability], ...] = (
    (Capability.CASH_RECEIVE, Capability.INTEREST_POST),
    (Capability.CHEQUE_TAKE, Capability.CHEQUE_DECIDE),
    (Capability.CHEQUE_RULES, Capability.CHEQUE_TAKE),
    (Capability.CASH_PAY, Capability.JOURNAL_EXPORT),
    (Capability.CASH_PAY, Capability.PERMISSIONS_VIEW),
    (Capability.TRANSFER_MAKE, Capability.CASH_PAY),
    (Capability.CASH_APPROVE, Capability.CASH_PAY),
    (Capability.CASH_APPROVE, Capability.COUNTER_TRANSFER),
    (Capability.CASH_REVERSE_LATE, Capability.CASH_PAY),
    (Capability.DRAWER_OVERSEE, Capability.DRAWER_OPERATE),
    (Capability.DRAWER_MANAGE, Capability.DRAWER_OPERATE),
    (Capability.USER_VIEW_AS, Capability.CUSTOMER_VIEW),
    (Capability.USER_VIEW_AS, Capability.TRANSFER_MAKE),
    (Capability.BRANCH_MANAGE, Capability.CASH_PAY),
    (Capability.TRANSFER_MAKE, Capability.TRANSFER_APPROVE),
    (Capability.DIVIDEND_DECLARE, Capability.CASH_PAY),
    (Capability.DRAWER_OPERATE, Capability.AUDIT_VIEW),
    (Capability.DRAWER_OPERATE, Capability.VAULT_OPERATE),
    (Capability.DRAWER_OPERATE, Capability.VARIANCE_DECIDE),
    (Capability.CHART_EDIT, Capability.CASH_PAY),
    (Capability.USER_MANAGE, Capability.TRANSFER_MAKE),
    (Capability.USER_MANAGE, Capability.CASH_PAY),
    (Capability.USER_MANAGE, Capability.CASH_RECEIVE),
    (Capability.USER_MANAGE, Capability.INTEREST_POST),
    (Capability.USER_MANAGE, Capability.CUSTOMER_VIEW),
    (Capability.POLICY_MANAGE, Capability.CHART_EDIT),
    (Capability.LIMIT_MANAGE, Capability.CASH_PAY),
    (Capability.PRODUCT_EDIT, Capability.CASH_PAY),
    (Capability.ACCOUNT_CLOSE, Capability.CASH_PAY),
    (Capability.ACCOUNT_CLOSE, Capability.ACCOUNT_CLOSE_ASK),
    (Capability.CHARGE_WAIVE, Capability.CASH_PAY),
    (Capability.REDRESS_APPROVE, Capability.CASH_PAY),
    (Capability.FRAUD_DECIDE, Capability.CASH_PAY),
    (Capability.FRAUD_MODEL_MANAGE, Capability.FRAUD_DECIDE),
)
"""Duties that one role may never hold both of; a test walks the table."""


def scope_for(role: str, capability: Capability) -> Scope:
    """How far a role's capability reaches; `Scope.NONE` for a role the table does not know."""
    known = _ROLES.get(role)
    return GRANTS[capability].get(known, Scope.NONE) if known is not None else Scope.NONE


_ROLES = {role.value: role for role in Role}
