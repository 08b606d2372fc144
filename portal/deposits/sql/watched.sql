-- What members moved in some accounts: of each entry the line of the account that pays, of the one that cash or another
-- bank pays into, and, marked at the end, of the one that a member here pays into. What the
-- institution books by itself (fees, interest, openings, reversals) is no habit of anybody's.
SELECT e.id, p.account_id, own.customer_id, own.opened_on, a.currency, p.side = 'C',
       e.kind || ':' || e.channel, p.amount_minor,
       p.balance_after_minor + CASE p.side WHEN 'D' THEN p.amount_minor ELSE -p.amount_minor END,
       e.occurred_at, other.ledger_account_id, coalesce(other.customer_id = own.customer_id, false),
       p.side = 'C' AND other.ledger_account_id IS NOT NULL
  FROM ledger_posting AS p
  JOIN ledger_entry AS e ON e.id = p.entry_id
  JOIN ledger_account AS a ON a.id = p.account_id
  JOIN deposits_depositaccount AS own ON own.ledger_account_id = p.account_id
  LEFT JOIN LATERAL (
       SELECT d.ledger_account_id, d.customer_id
         FROM ledger_posting AS q
         JOIN deposits_depositaccount AS d ON d.ledger_account_id = q.account_id
        WHERE q.entry_id = p.entry_id AND q.side <> p.side AND q.account_id <> p.account_id
        LIMIT 1
  ) AS other ON true
 WHERE p.account_id = ANY (%(accounts)s) AND e.kind IN ('deposit', 'withdrawal', 'transfer', 'payment', 'settlement', 'cheque')
   AND p.line <= 2
 ORDER BY p.account_id, e.occurred_at, p.seq
