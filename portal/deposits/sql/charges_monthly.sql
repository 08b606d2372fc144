-- Writes down what a month costs each account: its monthly fee, and the fee for having been below the minimum balance. Each
-- once an account, kind and month, however often it is run. A balance is what an account had when a day of the month ended.
-- Kinds whose money moves by their own rules (BY_OWN_RULES) cost what their terms say.
INSERT INTO deposits_takencharge (account_id, kind, charge_id, period, used_on, amount_minor, memo, state, made_at)
SELECT account.id, kind.kind, charge.id, %(start)s, %(end)s::date + 1, charge.amount_minor, kind.label || ' ' || %(month)s, 'due', %(at)s
  FROM deposits_depositaccount AS account
  JOIN deposits_product AS product ON product.id = account.product_id AND product.kind NOT IN ('susu', 'shares', 'fixed')
  JOIN ledger_account AS book ON book.id = account.ledger_account_id AND book.is_active
  JOIN institution_branch AS branch ON branch.id = account.branch_id AND branch.business_date > %(end)s
 CROSS JOIN (VALUES ('monthly', 'Monthly fee'), ('minimum_balance', 'Below the minimum balance')) AS kind(kind, label)
 CROSS JOIN LATERAL (
    SELECT id, amount_minor, threshold_minor FROM deposits_servicecharge
     WHERE deposits_servicecharge.kind = kind.kind AND currency = book.currency AND effective_from <= %(end)s
       AND (product_id = account.product_id OR product_id IS NULL)
     ORDER BY product_id IS NULL, effective_from DESC
     LIMIT 1
   ) AS charge
 WHERE account.opened_on < %(start)s AND charge.amount_minor > 0
   AND (kind.kind <> 'minimum_balance' OR charge.threshold_minor > least(
       coalesce((SELECT balance_after_minor FROM ledger_posting
                  WHERE account_id = book.id AND business_date < %(start)s ORDER BY business_date DESC, seq DESC LIMIT 1), 0),
       (SELECT min(day.balance) FROM (
            SELECT DISTINCT ON (business_date) balance_after_minor AS balance FROM ledger_posting
             WHERE account_id = book.id AND business_date BETWEEN %(start)s AND %(end)s
             ORDER BY business_date, seq DESC
        ) AS day)
   ))
ON CONFLICT (account_id, kind, period) DO NOTHING
