-- An account's balance now, and by value date what has moved since a day: one reading, so that both are of one moment.
SELECT b.balance_minor, p.value_date, sum(CASE p.side WHEN 'C' THEN p.amount_minor ELSE -p.amount_minor END)::bigint
  FROM ledger_balance AS b
  LEFT JOIN ledger_posting AS p
    ON p.account_id = b.account_id AND p.business_date >= %(since)s AND p.value_date >= %(since)s
 WHERE b.account_id = %(account)s
 GROUP BY b.account_id, p.value_date
