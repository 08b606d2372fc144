-- Lines of one account, newest first, each with its entry, what reverses it or is reversed by it, and whose account stands
-- on the other side. First the page of lines, down the account's own index; then what belongs to these few.
SELECT line.entry_id, line.line, line.side, line.amount_minor, line.seq, line.balance_after_minor, line.business_date,
       line.value_date, line.kind, line.reference, line.occurred_at, line.channel, line.memo,
       coalesce(origin.reference, '') AS reverses, coalesce(later.reference, '') AS reversed_by,
       other.number AS other_number, other.full_name AS other_name
  FROM (
        SELECT p.entry_id, p.line, p.side, p.amount_minor, p.seq, p.balance_after_minor, p.business_date, p.value_date,
               e.kind, e.reference, e.occurred_at, e.channel, e.memo, e.reverses_id, p.account_id
          FROM ledger_posting AS p JOIN ledger_entry AS e ON e.id = p.entry_id
         WHERE p.account_id = %(account)s::bigint
           -- and what is sought
         ORDER BY p.seq DESC
         LIMIT %(limit)s::bigint
       ) AS line
  LEFT JOIN ledger_entry AS origin ON origin.id = line.reverses_id
  LEFT JOIN ledger_entry AS later ON later.reverses_id = line.entry_id
  LEFT JOIN LATERAL (
        SELECT account.number, customer.full_name
          FROM ledger_posting AS p
          JOIN deposits_depositaccount AS account ON account.ledger_account_id = p.account_id
          JOIN people_customer AS customer ON customer.id = account.customer_id
         WHERE p.entry_id = line.entry_id AND p.account_id <> line.account_id
         ORDER BY p.line
         LIMIT 1
       ) AS other ON line.kind IN ('transfer', 'reversal')
 ORDER BY line.seq DESC
