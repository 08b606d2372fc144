-- Kind by kind: how often, what came in, what went out; the largest sums first.
SELECT e.kind,
       count(*),
       coalesce(sum(p.amount_minor) FILTER (WHERE p.side = 'C'), 0),
       coalesce(sum(p.amount_minor) FILTER (WHERE p.side = 'D'), 0)
  FROM ledger_posting AS p
  JOIN ledger_entry AS e ON e.id = p.entry_id
 WHERE p.account_id = %(account)s AND p.business_date >= %(since)s AND p.business_date <= %(until)s
 GROUP BY e.kind
 ORDER BY sum(p.amount_minor) DESC, e.kind
