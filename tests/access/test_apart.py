"""Duties that must be apart, walked over every address that takes something: not over the table alone."""

from __future__ import annotations

from portal.access.capabilities import Capability
from portal.access.grants import FORBIDDEN_TOGETHER, Scope, scope_for
from portal.access.roles import Role
from tests.access.reviewed import LINES
from tests.access.test_grants import MOVES_MONEY, READS
from tests.access.test_matrix import ADDRESSES

OWN_PROFILE = {Capability.PROFILE_VIEW, Capability.NOTICE_VIEW, Capability.HOME_VIEW}
"""Everybody changes what is their own: theme, factors, sessions, notices."""
CARRIED = {"200", "303", "422", "409"}
ASKS_ONLY = {"balance_certificate", "statement_pdf", "statement_packs", "journal_export", "customer_list"} | {
    "customer_detail",
    "receipt_pdf",
    "receipt_print",
    "plan_pdf",
    "loan_pdf",
    "rate_sheet_pdf",
    "cheque_slip_pdf",
    "fraud_case_paper",
    "fraud_rule_paper",
    "counter_journal_paper",
    "approval_passkey",
    "chain_state",
    "announcement_duties",
}
"""An auditor may have papers, exports and proofs made, be asked what a passkey is asked, say why a record is looked at and that
an announcement was read; nothing about business changes."""


def capability_of(name: str) -> Capability | None:
    return getattr(ADDRESSES[name].view, "capability", None)


def reached(role: Role) -> dict[str, Capability]:
    """The addresses that take something from this role, as they were reviewed."""
    found = {}
    for line in LINES:
        capability = capability_of(line.name)
        if line.method == "post" and capability is not None and line.answers[role.value] in CARRIED:
            found[line.name] = capability
    return found


def test_an_administrator_sends_nothing_that_moves_money() -> None:
    names = {name for name, capability in reached(Role.ADMINISTRATOR).items() if capability in MOVES_MONEY}
    assert names == set()


def test_an_auditor_sends_nothing_but_the_own() -> None:
    sent = {name: capability for name, capability in reached(Role.AUDITOR).items() if capability not in OWN_PROFILE}
    assert {name for name in sent if name not in ASKS_ONLY} == set()
    assert all(capability.name.endswith(READS) for capability in sent.values())


def test_no_role_sends_to_both_of_two_addresses_that_must_be_apart() -> None:
    wrong = []
    for role in Role:
        held = set(reached(role).values())
        wrong += [(role, pair) for pair in FORBIDDEN_TOGETHER if set(pair) <= held]
    assert wrong == []


def test_every_posting_address_that_is_refused_by_the_table_is_refused_by_the_page() -> None:
    """The reviewed answer of a role without the capability is 403, at every address and method."""
    wrong = []
    for line in LINES:
        capability = capability_of(line.name)
        if capability is not None:
            without = [role for role in Role if scope_for(role, capability) is Scope.NONE]
            wrong += [f"{line.name} {line.method}: {role}" for role in without if line.answers[role.value] != "403"]
    assert wrong == []
