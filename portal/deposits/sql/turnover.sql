-- An account's balance now, and what came in and went out from one day to another, by business day and value date.
SELECT b.balance_minor, p.business_date, p.value_date,
       coalesce(sum(p.amount_minor) FILTER (WHERE p.side = 'C'), 0)::bigint,
       coalesce(sum(p.amount_minor) FILTER (WHERE p.side = 'D'), 0)::bigint
  FROM ledger_balance AS b
  LEFT JOIN ledger_posting AS p ON p.account_id = b.account_id AND p.business_date >= %(since)s::date
   AND (%(until)s::date IS NULL OR p.business_date <= %(until)s::date)
 WHERE b.account_id = %(account)s::bigint
 GROUP BY b.account_id, p.business_date, p.value_date
