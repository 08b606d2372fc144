-- A branch's loans by product and bucket of arrears, as they stand now, under one day. Kept once. A loan in probation
-- counts as late as one in default.
INSERT INTO loans_portfolioday (branch_id, product_id, "on", bucket_from, loans, outstanding_minor, late_minor, provision_minor)
SELECT s.branch_id, l.product_id, %(day)s, b.bucket_from, count(*), sum(m.balance_minor), sum(s.late_minor), sum(s.provision_minor)
  FROM loans_standing AS s
  JOIN loans_loan AS l ON l.id = s.loan_id
  JOIN loans_loanterms AS t ON t.id = l.terms_id
  JOIN ledger_balance AS m ON m.account_id = l.ledger_account_id
 CROSS JOIN LATERAL (SELECT CASE WHEN s.probation_to IS NULL THEN s.days_late
                                 ELSE greatest(s.days_late, t.non_performing_days) END AS days) AS c
 CROSS JOIN LATERAL (SELECT CASE WHEN c.days = 0 THEN 0 WHEN c.days <= 30 THEN 1 WHEN c.days <= 60 THEN 31
                                 WHEN c.days <= 90 THEN 61 WHEN c.days <= 180 THEN 91 ELSE 181 END AS bucket_from) AS b
 WHERE s.branch_id = %(branch)s AND s.is_live
 GROUP BY 1, 2, 4
    ON CONFLICT (branch_id, product_id, "on", bucket_from) DO NOTHING
