-- What came into an account and what went out, by calendar month.
SELECT date_trunc('month', p.business_date)::date,
       coalesce(sum(p.amount_minor) FILTER (WHERE p.side = 'C'), 0)::bigint,
       coalesce(sum(p.amount_minor) FILTER (WHERE p.side = 'D'), 0)::bigint
  FROM ledger_posting AS p
 WHERE p.account_id = %(account)s AND p.business_date >= %(since)s AND p.business_date < %(before)s
 GROUP BY 1
