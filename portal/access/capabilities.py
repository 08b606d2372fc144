"""Every act the portal knows, named NOUN_VERB. What a role may do with each stands in `grants.py`."""

from __future__ import annotations

from enum import StrEnum


class Capability(StrEnum):
    HOME_VIEW = "home_view"
    PROFILE_VIEW = "profile_view"
    CUSTOMER_VIEW = "customer_view"
    CUSTOMER_SEARCH = "customer_search"
    CUSTOMER_REGISTER = "customer_register"
    CUSTOMER_EDIT = "customer_edit"
    CUSTOMER_VERIFY = "customer_verify"
    CUSTOMER_RISK = "customer_risk"
    CUSTOMER_MANDATE = "customer_mandate"
    CUSTOMER_MOVE = "customer_move"
    CUSTOMER_LOOKS_VIEW = "customer_looks_view"
    PERSONAL_DATA_EXPORT = "personal_data_export"
    RETENTION_MANAGE = "retention_manage"
    RETENTION_APPROVE = "retention_approve"
    ACCOUNT_VIEW = "account_view"
    ACCOUNT_NICKNAME = "account_nickname"
    TRANSFER_MAKE = "transfer_make"
    PIN_SET = "pin_set"
    PLAN_MANAGE = "plan_manage"
    PAYEE_MANAGE = "payee_manage"
    STANDING_VIEW = "standing_view"
    STANDING_MANAGE = "standing_manage"
    LIMIT_VIEW = "limit_view"
    TRANSFER_APPROVE = "transfer_approve"
    SHARE_REGISTER_VIEW = "share_register_view"
    DORMANT_VIEW = "dormant_view"
    DIVIDEND_DECLARE = "dividend_declare"
    DIVIDEND_APPROVE = "dividend_approve"
    STATEMENT_VIEW = "statement_view"
    STATEMENT_DOWNLOAD = "statement_download"
    STATEMENT_RUN = "statement_run"
    STATEMENT_EXPORT = "statement_export"
    DRAWER_OPERATE = "drawer_operate"
    DRAWER_VIEW = "drawer_view"
    VAULT_OPERATE = "vault_operate"
    VAULT_VIEW = "vault_view"
    VARIANCE_DECIDE = "variance_decide"
    CASH_RECEIVE = "cash_receive"
    CASH_PAY = "cash_pay"
    COUNTER_TRANSFER = "counter_transfer"
    CASH_APPROVE = "cash_approve"
    CASH_REVERSE = "cash_reverse"
    CASH_REVERSE_LATE = "cash_reverse_late"
    DRAWER_OVERSEE = "drawer_oversee"
    RECEIPT_VIEW = "receipt_view"
    CHEQUE_VIEW = "cheque_view"
    CHEQUE_DEPOSIT = "cheque_deposit"
    CHEQUE_TAKE = "cheque_take"
    CHEQUE_READ = "cheque_read"
    CHEQUE_DECIDE = "cheque_decide"
    CHEQUE_RULES = "cheque_rules"
    CHEQUE_RULES_APPROVE = "cheque_rules_approve"
    INTEREST_POST = "interest_post"
    INTEREST_APPLY = "interest_apply"
    PRODUCT_VIEW = "product_view"
    PRODUCT_EDIT = "product_edit"
    PRODUCT_APPROVE = "product_approve"
    CHARGE_WAIVE = "charge_waive"
    ACCOUNT_APPLY = "account_apply"
    ACCOUNT_OPEN = "account_open"
    ACCOUNT_APPROVE = "account_approve"
    ACCOUNT_STATE = "account_state"
    ACCOUNT_EDIT = "account_edit"
    ACCOUNT_CLOSE = "account_close"
    ACCOUNT_CLOSE_ASK = "account_close_ask"
    TRIAL_BALANCE_VIEW = "trial_balance_view"
    LEDGER_VIEW = "ledger_view"
    JOURNAL_EXPORT = "journal_export"
    CHART_VIEW = "chart_view"
    CHART_EDIT = "chart_edit"
    PERMISSIONS_VIEW = "permissions_view"
    AUDIT_VIEW = "audit_view"
    JOB_VIEW = "job_view"
    DOCUMENT_VIEW = "document_view"
    LIVE_LISTEN = "live_listen"
    TICKET_RAISE = "ticket_raise"
    TICKET_VIEW = "ticket_view"
    TICKET_WORK = "ticket_work"
    COMPLAINT_SETTLE = "complaint_settle"
    COMPLAINT_EXPORT = "complaint_export"
    REDRESS_APPROVE = "redress_approve"
    DESK_MANAGE = "desk_manage"
    CHAT_OPEN = "chat_open"
    CHAT_ANSWER = "chat_answer"
    ANNOUNCEMENT_VIEW = "announcement_view"
    ANNOUNCEMENT_WRITE = "announcement_write"
    ANNOUNCEMENT_APPROVE = "announcement_approve"
    NOTICE_VIEW = "notice_view"
    WORDING_MANAGE = "wording_manage"
    DELIVERY_VIEW = "delivery_view"
    CHANNEL_TEST = "channel_test"
    APPROVAL_VIEW = "approval_view"
    APPROVAL_DECIDE = "approval_decide"
    USER_VIEW = "user_view"
    USER_MANAGE = "user_manage"
    USER_APPROVE = "user_approve"
    ENTRY_ASK = "entry_ask"
    ENTRY_APPROVE = "entry_approve"
    TEMPLATE_MANAGE = "template_manage"
    PERIOD_VIEW = "period_view"
    PERIOD_CLOSE = "period_close"
    PERIOD_REOPEN_APPROVE = "period_reopen_approve"
    LIMIT_MANAGE = "limit_manage"
    LIMIT_APPROVE = "limit_approve"
    USER_VIEW_AS = "user_view_as"
    BRANCH_VIEW = "branch_view"
    BRANCH_MANAGE = "branch_manage"
    BRANCH_APPROVE = "branch_approve"
    HOLIDAY_VIEW = "holiday_view"
    HOLIDAY_KEEP = "holiday_keep"
    DRAWER_MANAGE = "drawer_manage"
    POLICY_VIEW = "policy_view"
    POLICY_MANAGE = "policy_manage"
    POLICY_APPROVE = "policy_approve"
    SIGNIN_VIEW = "signin_view"
    SIGNIN_UNLOCK = "signin_unlock"
    SESSION_MANAGE = "session_manage"
    FRAUD_VIEW = "fraud_view"
    FRAUD_DECIDE = "fraud_decide"
    FRAUD_RULE_EDIT = "fraud_rule_edit"
    FRAUD_RULE_APPROVE = "fraud_rule_approve"
    FRAUD_MODEL_VIEW = "fraud_model_view"
    FRAUD_MODEL_MANAGE = "fraud_model_manage"
    LOAN_VIEW = "loan_view"
    LOAN_APPLY = "loan_apply"
    LOAN_ACCEPT = "loan_accept"
    LOAN_GUARANTEE = "loan_guarantee"
    LOAN_REVIEW = "loan_review"
    LOAN_DECIDE = "loan_decide"
    LOAN_DISBURSE = "loan_disburse"
    LOAN_REPAY = "loan_repay"
    LOAN_CORRECT = "loan_correct"
    LOAN_CHANGE = "loan_change"
    LOAN_PORTFOLIO_VIEW = "loan_portfolio_view"


DESCRIPTIONS: dict[Capability, str] = {
    Capability.HOME_VIEW: "See one's own first page",
    Capability.PROFILE_VIEW: "See one's own profile and settings",
    Capability.CUSTOMER_VIEW: "See a customer's record",
    Capability.CUSTOMER_SEARCH: "Find customers by name, number or phone",
    Capability.CUSTOMER_REGISTER: "Take up a new customer",
    Capability.CUSTOMER_EDIT: "Fill in and correct what is known of a customer, with a reason once it was handed in",
    Capability.CUSTOMER_VERIFY: "Verify or give back registrations that somebody else took down",
    Capability.CUSTOMER_RISK: "Judge how risky a customer is",
    Capability.CUSTOMER_MANDATE: "Let somebody act for a customer, and end it",
    Capability.CUSTOMER_MOVE: "Make another branch a customer's home, or write down that a customer left",
    Capability.CUSTOMER_LOOKS_VIEW: "See who of the staff looked at whose record, and why",
    Capability.PERSONAL_DATA_EXPORT: "Take home everything that is kept about oneself",
    Capability.RETENTION_MANAGE: "See whose data may be forgotten, and ask for it",
    Capability.RETENTION_APPROVE: "Approve that a former customer is made anonymous",
    Capability.ACCOUNT_VIEW: "See a deposit account and its movements",
    Capability.ACCOUNT_NICKNAME: "Name an account for oneself, keep notes and photographs beside its movements",
    Capability.TRANSFER_MAKE: "Move money from an account to another",
    Capability.PIN_SET: "Choose a PIN of one's own, for transfers or for a locked counter",
    Capability.PLAN_MANAGE: "Start, pay, settle and end one's own susu cards, shares, contributions and fixed deposits",
    Capability.PAYEE_MANAGE: "Save and remove payees",
    Capability.STANDING_VIEW: "See standing orders",
    Capability.STANDING_MANAGE: "Give, pause and end one's own standing orders",
    Capability.LIMIT_VIEW: "See the limits on what customers send",
    Capability.TRANSFER_APPROVE: "Decide on a transfer beyond a limit",
    Capability.SHARE_REGISTER_VIEW: "See the register of shares and the dividends",
    Capability.DORMANT_VIEW: "See which accounts are dormant and what lies in them, and take the list home",
    Capability.DIVIDEND_DECLARE: "Ask for a dividend on shares",
    Capability.DIVIDEND_APPROVE: "Decide on a dividend",
    Capability.STATEMENT_VIEW: "Read a statement on screen",
    Capability.STATEMENT_DOWNLOAD: "Download a statement as a file",
    Capability.STATEMENT_RUN: "Have the monthly statements of all accounts issued",
    Capability.STATEMENT_EXPORT: "Pack the statements of many accounts",
    Capability.DRAWER_OPERATE: "Open, pause, count and close a drawer",
    Capability.DRAWER_VIEW: "See drawers, sessions and cash positions",
    Capability.VAULT_OPERATE: "Keep the vault: hand cash to drawers, take it back, count it",
    Capability.VAULT_VIEW: "See what lies in the vault and what passed through it",
    Capability.VARIANCE_DECIDE: "Accept a difference counted in a drawer or a vault",
    Capability.CASH_RECEIVE: "Take a deposit in cash into one's open drawer",
    Capability.CASH_PAY: "Pay a withdrawal in cash out of one's open drawer",
    Capability.COUNTER_TRANSFER: "Move money between accounts for a member who stands at the counter",
    Capability.CASH_APPROVE: "Decide on what the counter serves beyond a limit, and on reversals beyond one",
    Capability.CASH_REVERSE: "Take back a keying error of one's own open drawer session",
    Capability.CASH_REVERSE_LATE: "Take back a movement of a drawer session that has been closed",
    Capability.DRAWER_OVERSEE: "Order a drawer to be counted, and take over the drawer of somebody who is absent",
    Capability.RECEIPT_VIEW: "See and print the receipt of a movement",
    Capability.CHEQUE_VIEW: "See cheques that were paid in, and their pictures",
    Capability.CHEQUE_DEPOSIT: "Pay a cheque into one's own account by photograph",
    Capability.CHEQUE_TAKE: "Take a cheque over the counter",
    Capability.CHEQUE_READ: "Read a cheque that somebody else captured, and have it credited or not taken",
    Capability.CHEQUE_DECIDE: "Clear, return and take back cheques that somebody else took",
    Capability.CHEQUE_RULES: "Ask for other rules for cheques",
    Capability.CHEQUE_RULES_APPROVE: "Decide on rules for cheques",
    Capability.INTEREST_POST: "Ask the worker to post a month's interest",
    Capability.INTEREST_APPLY: "Post one account's interest up to a day",
    Capability.PRODUCT_VIEW: "See products, their terms and what services cost",
    Capability.PRODUCT_EDIT: "Propose products, new terms and charges",
    Capability.PRODUCT_APPROVE: "Approve what a colleague proposed for products and charges",
    Capability.CHARGE_WAIVE: "Let a charge go, or give one back",
    Capability.ACCOUNT_APPLY: "Ask for an account of one's own",
    Capability.ACCOUNT_OPEN: "Open an account for a customer",
    Capability.ACCOUNT_APPROVE: "Approve or decline an account that was asked for",
    Capability.ACCOUNT_STATE: "Freeze, block, release and wake an account",
    Capability.ACCOUNT_EDIT: "Change an account's holders, mandate and overdraft",
    Capability.ACCOUNT_CLOSE: "Close an account",
    Capability.ACCOUNT_CLOSE_ASK: "Ask for an account of one's own to be closed",
    Capability.TRIAL_BALANCE_VIEW: "See the trial balance, the balance sheet and the income statement",
    Capability.LEDGER_VIEW: "Read accounts, entries and postings of the ledger",
    Capability.JOURNAL_EXPORT: "Export the journal for another program",
    Capability.CHART_VIEW: "See the chart of accounts",
    Capability.CHART_EDIT: "Add, rename, move, close and reopen accounts of the chart",
    Capability.PERMISSIONS_VIEW: "See the table of capabilities",
    Capability.AUDIT_VIEW: "Search the trail of changes",
    Capability.JOB_VIEW: "Follow background work one asked for",
    Capability.DOCUMENT_VIEW: "Download a document made for oneself",
    Capability.LIVE_LISTEN: "Be told when an open page is out of date",
    Capability.TICKET_RAISE: "Ask, complain and order a service, for oneself or for a customer",
    Capability.TICKET_VIEW: "See customers' tickets, complaints and requests",
    Capability.TICKET_WORK: "Reply to tickets, note, assign, settle, merge and split them",
    Capability.COMPLAINT_SETTLE: "Give the final answer to a complaint, and ask for redress",
    Capability.COMPLAINT_EXPORT: "Take the register of complaints away as a file",
    Capability.REDRESS_APPROVE: "Approve money that makes good a complaint",
    Capability.DESK_MANAGE: "Set targets, deadlines, opening hours and canned replies",
    Capability.CHAT_OPEN: "Chat with the staff of one's branch",
    Capability.CHAT_ANSWER: "Answer customers who chat",
    Capability.ANNOUNCEMENT_VIEW: "Read announcements",
    Capability.ANNOUNCEMENT_WRITE: "Draft announcements, ask for their publication, see who read them",
    Capability.ANNOUNCEMENT_APPROVE: "Approve that an announcement is published",
    Capability.NOTICE_VIEW: "Read one's own notices and choose which to get",
    Capability.WORDING_MANAGE: "Write the words of notices, mails and text messages",
    Capability.DELIVERY_VIEW: "See what left by mail and text message, and what was answered",
    Capability.CHANNEL_TEST: "Send a test by mail or text message",
    Capability.APPROVAL_VIEW: "See what one asked a second person for, and what waits for oneself",
    Capability.APPROVAL_DECIDE: "Answer what waits for a second person; the act asked for names a capability of its own",
    Capability.USER_VIEW: "See who works here: role, branch, state, last sign-in",
    Capability.USER_MANAGE: "Invite, suspend and reinstate staff, ask for another role or branch",
    Capability.USER_APPROVE: "Decide on another role or branch of somebody",
    Capability.ENTRY_ASK: "Ask for an entry by hand",
    Capability.ENTRY_APPROVE: "Decide on entries by hand",
    Capability.TEMPLATE_MANAGE: "Make and retire templates of entries",
    Capability.PERIOD_VIEW: "See how far each branch's books are closed",
    Capability.PERIOD_CLOSE: "Close a branch's books, ask that they open again",
    Capability.PERIOD_REOPEN_APPROVE: "Decide on closed books that are to open again",
    Capability.LIMIT_MANAGE: "Ask for another ceiling of a role or daily limit of a person",
    Capability.LIMIT_APPROVE: "Decide on ceilings and daily limits",
    Capability.USER_VIEW_AS: "Look at the pages of a member of staff as they see them, without members' data",
    Capability.BRANCH_VIEW: "See branches: address, hours, open day",
    Capability.BRANCH_MANAGE: "Ask for a further branch, or another address or other hours of one",
    Capability.BRANCH_APPROVE: "Decide on branches",
    Capability.HOLIDAY_VIEW: "See the calendar of holidays",
    Capability.HOLIDAY_KEEP: "Add and withdraw holidays: of the own branch, or of all",
    Capability.DRAWER_MANAGE: "Add, name and retire the drawers of a branch, and ask for other limits of one",
    Capability.POLICY_VIEW: "See the rules of signing in, and those before",
    Capability.POLICY_MANAGE: "Ask for other rules of signing in",
    Capability.POLICY_APPROVE: "Decide on other rules of signing in",
    Capability.SIGNIN_VIEW: "See who tried to sign in, from where, and how it ended",
    Capability.SIGNIN_UNLOCK: "Let somebody in again before a lock opens by itself",
    Capability.SESSION_MANAGE: "See anybody's sessions and end them",
    Capability.FRAUD_VIEW: "See alerts, cases and the rules of the gate",
    Capability.FRAUD_DECIDE: "Work on cases: take, freeze, release or return what is held, decide",
    Capability.FRAUD_RULE_EDIT: "Try rules of the gate on the past and ask for other ones",
    Capability.FRAUD_RULE_APPROVE: "Approve rules of the gate that somebody else asked for",
    Capability.FRAUD_MODEL_VIEW: "See the model that scores movements, its drift and how often it was right",
    Capability.FRAUD_MODEL_MANAGE: "Train the model, roll it back, analyse a period",
    Capability.LOAN_VIEW: "See loans and applications, and work out what one would cost",
    Capability.LOAN_APPLY: "Apply for a loan, for oneself or for a member",
    Capability.LOAN_ACCEPT: "Accept what was granted on one's own application",
    Capability.LOAN_GUARANTEE: "Stand for another member's loan with one's savings, or decline",
    Capability.LOAN_REVIEW: "Look through applications, return or reject them, propose what is granted",
    Capability.LOAN_DECIDE: "Approve what a colleague proposed for a loan",
    Capability.LOAN_DISBURSE: "Pay out an approved loan",
    Capability.LOAN_REPAY: "Pay on one's own loan from one's own account",
    Capability.LOAN_CORRECT: "Charge a loan, let a charge go, reverse a payment, give back what was paid too much",
    Capability.LOAN_CHANGE: "Ask that a loan be rescheduled, written off, or recovered from savings",
    Capability.LOAN_PORTFOLIO_VIEW: "See arrears, provisions and the portfolio over time",
}
