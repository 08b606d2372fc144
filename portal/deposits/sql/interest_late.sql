-- Of the accounts that a batch has just posted: those into whose earlier periods something was booked since they were posted.
SELECT new.id, min(late.value_date)
  FROM deposits_interestposting AS new
  JOIN deposits_depositaccount AS account ON account.id = new.account_id
 CROSS JOIN LATERAL (
    SELECT period_end, read_to_seq FROM deposits_interestposting
     WHERE account_id = new.account_id AND period_end < new.period_end ORDER BY period_end DESC LIMIT 1
   ) AS before
 CROSS JOIN LATERAL (
    SELECT p.value_date FROM ledger_posting AS p
     WHERE p.account_id = account.ledger_account_id AND p.business_date > before.period_end
       AND p.value_date <= before.period_end AND p.seq > before.read_to_seq
   ) AS late
 WHERE new.account_id > %(after)s AND new.account_id <= %(last)s AND new.period_end = %(end)s AND new.posted_at = %(at)s
 GROUP BY new.id
 ORDER BY new.id
