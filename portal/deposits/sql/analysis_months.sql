-- Month by month: what came in, what went out, the balance at the end, the lowest and the highest on the way.
SELECT date_trunc('month', business_date)::date AS month,
       coalesce(sum(amount_minor) FILTER (WHERE side = 'C'), 0),
       coalesce(sum(amount_minor) FILTER (WHERE side = 'D'), 0),
       (array_agg(balance_after_minor ORDER BY seq DESC))[1],
       min(balance_after_minor),
       max(balance_after_minor)
  FROM ledger_posting
 WHERE account_id = %(account)s AND business_date >= %(since)s AND business_date <= %(until)s
 GROUP BY month
 ORDER BY month
