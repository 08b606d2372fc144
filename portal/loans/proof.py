"""Proving loans against the books: outstanding principal, schedules, and every line that stands for all loans of a branch."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from portal.ledger import chart
from portal.ledger.proof import Proof

_OUTSTANDING = """
SELECT 'loan ' || l.number || ' shows ' || m.balance_minor || ', its payments say '
       || d.amount_minor - coalesce(p.principal, 0) - coalesce(w.principal_minor, 0)
  FROM loans_loan AS l
  JOIN loans_disbursement AS d ON d.loan_id = l.id
  JOIN ledger_balance AS m ON m.account_id = l.ledger_account_id
  LEFT JOIN loans_writeoff AS w ON w.loan_id = l.id
  LEFT JOIN LATERAL (
       SELECT sum(coalesce(a.principal_minor, y.principal_minor)) AS principal
         FROM loans_payment AS y
         LEFT JOIN LATERAL (SELECT r.principal_minor FROM loans_reallocation AS r WHERE r.payment_id = y.id
                             ORDER BY r.id DESC LIMIT 1) AS a ON true
        WHERE y.loan_id = l.id AND NOT EXISTS (SELECT FROM loans_paymentreversal AS v WHERE v.payment_id = y.id)
  ) AS p ON true
 WHERE m.balance_minor <> d.amount_minor - coalesce(p.principal, 0) - coalesce(w.principal_minor, 0)
"""
_CHECKS = (
    ("Every loan's account holds what was paid out less what was paid back", _OUTSTANDING),
    (
        "Every schedule's principal adds up, row by row",
        (
            "SELECT 'schedule ' || s.id FROM loans_schedule AS s LEFT JOIN loans_schedulerow AS r ON r.schedule_id = s.id "
            "GROUP BY s.id HAVING s.principal_minor <> coalesce(sum(r.principal_minor), 0) OR min(r.principal_minor) < 0 "
            "OR sum(r.earned_minor) + s.carried_minor <> sum(r.interest_minor)"
        ),
    ),
    (
        "No running loan's schedule covers less than what is outstanding",
        (
            "SELECT 'loan ' || l.number FROM loans_standing AS s JOIN loans_loan AS l ON l.id = s.loan_id "
            "JOIN loans_schedule AS h ON h.id = s.schedule_id JOIN ledger_balance AS m ON m.account_id = l.ledger_account_id "
            "WHERE s.is_live AND m.balance_minor > h.principal_minor"
        ),
    ),
    (
        "A loan is paid off with nothing outstanding, and with nothing outstanding it no longer runs",
        (
            "SELECT 'loan ' || l.number FROM loans_loan AS l JOIN ledger_balance AS m ON m.account_id = l.ledger_account_id "
            "JOIN loans_standing AS s ON s.loan_id = l.id "
            "WHERE l.state IN ('paid_off', 'written_off') AND (m.balance_minor <> 0 OR s.is_live)"
        ),
    ),
    (
        "A loan in probation is in default, up to the day that was written down last",
        (
            "SELECT 'loan ' || l.number FROM loans_standing AS s JOIN loans_loan AS l ON l.id = s.loan_id "
            "WHERE s.is_live AND s.probation_to IS NOT NULL AND (l.state <> 'defaulted' OR s.probation_to IS DISTINCT FROM "
            "(SELECT p.until FROM loans_probation AS p WHERE p.loan_id = l.id ORDER BY p.id DESC LIMIT 1))"
        ),
    ),
)
_LINE = """
SELECT 'branch ' || coalesce(b.branch_id, s.branch_id) || ' shows ' || coalesce(b.net, 0) || ', its loans say '
       || coalesce(s.total, 0)
  FROM (SELECT a.branch_id, sum(CASE WHEN p.side = 'D' THEN p.amount_minor ELSE -p.amount_minor END) AS net
          FROM ledger_account AS a JOIN ledger_posting AS p ON p.account_id = a.id WHERE a.code = %(code)s GROUP BY 1) AS b
  FULL JOIN (SELECT s.branch_id, sum({sum}) AS total FROM loans_standing AS s
               JOIN loans_schedule AS h ON h.id = s.schedule_id GROUP BY 1) AS s USING (branch_id)
 WHERE coalesce(b.net, 0) <> coalesce(s.total, 0)
"""
_LINES = (
    ("Interest due", chart.LOAN_INTEREST_DUE, "h.carried_minor + s.accrued_minor - s.interest_paid_minor"),
    ("Penalties due", chart.LOAN_PENALTIES_DUE, "s.penalty_minor"),
    ("Fees due", chart.LOAN_FEES_DUE, "s.fee_minor"),
    ("Interest in suspense", chart.SUSPENDED_INTEREST, "-s.suspended_minor"),
    ("What was overpaid", chart.LOAN_OVERPAID, "-s.over_minor"),
    ("What is set aside for losses", chart.LOAN_PROVISION, "-s.provision_minor"),
)


def prove_loans() -> Iterator[Proof]:
    """Each statement about loans with the first row that contradicts it, as it is found. Writes nothing."""
    for statement, text in _CHECKS:
        yield Proof(statement, _first(text))
    for name, code, total in _LINES:
        yield Proof(f"{name} in the books is the sum over loans", _first(_LINE.format(sum=total), code=code))


def _first(text: str, **values: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(f"{text} LIMIT 1", values or None)
        row = cursor.fetchone()
    return str(row[0]) if row else None
