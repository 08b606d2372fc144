-- Whom most was moved with: the members on the other side of transfers.
SELECT c.full_name,
       count(*),
       coalesce(sum(p.amount_minor) FILTER (WHERE p.side = 'C'), 0),
       coalesce(sum(p.amount_minor) FILTER (WHERE p.side = 'D'), 0)
  FROM ledger_posting AS p
  JOIN ledger_entry AS e ON e.id = p.entry_id AND e.kind = 'transfer'
  JOIN ledger_posting AS q ON q.entry_id = p.entry_id AND q.line <> p.line AND q.side <> p.side
  JOIN deposits_depositaccount AS other ON other.ledger_account_id = q.account_id
  JOIN people_customer AS c ON c.id = other.customer_id
 WHERE p.account_id = %(account)s AND p.business_date >= %(since)s AND p.business_date <= %(until)s
   AND other.customer_id <> %(customer)s
 GROUP BY c.id, c.full_name
 ORDER BY sum(p.amount_minor) DESC, c.full_name
 LIMIT %(most)s
