-- Writes down what a month overdrawn costs: for each day that ended below zero, by value date, the balance at the overdraft's
-- rate of that day; the same figures as portal/deposits/interest.py. Each once an account and month. Denominators as in
-- interest_due.sql.
WITH
terms AS MATERIALIZED (
    SELECT t.product_id, t.day_count, t.overdraft_rate_bps AS rate_bps,
           greatest(t.effective_from, year.first, %(start)s::date) AS since,
           least(t.until, (year.first + interval '1 year')::date, %(end)s::date + 1) AS until,
           CASE t.day_count
               WHEN 'actual/365' THEN 365
               WHEN 'actual/actual' THEN (year.first + interval '1 year')::date - year.first
               ELSE 360
           END AS basis
      FROM (SELECT *, coalesce(lead(effective_from) OVER (PARTITION BY product_id ORDER BY effective_from), 'infinity') AS until
              FROM deposits_terms) AS t
     CROSS JOIN (SELECT generate_series(date_trunc('year', %(start)s::date), %(end)s::date, '1 year')::date AS first) AS year
     WHERE t.overdraft_rate_bps > 0
       AND greatest(t.effective_from, year.first, %(start)s::date)
         < least(t.until, (year.first + interval '1 year')::date, %(end)s::date + 1)
),
account AS MATERIALIZED (
    SELECT a.id, a.product_id, a.ledger_account_id, balance.balance_minor
      FROM deposits_depositaccount AS a
      JOIN institution_branch AS branch ON branch.id = a.branch_id AND branch.business_date > %(end)s
      JOIN ledger_account AS book ON book.id = a.ledger_account_id AND book.is_active
      JOIN ledger_balance AS balance ON balance.account_id = a.ledger_account_id
     WHERE a.opened_on <= %(end)s AND a.product_id IN (SELECT product_id FROM terms)
),
exact AS (
    SELECT account.id, div(2000000000 * cost.parts + 16030800000, 32061600000) AS billionths
      FROM account
     CROSS JOIN LATERAL (
        SELECT coalesce(sum(-stretch.balance * terms.rate_bps * (1603080 / terms.basis) * CASE terms.day_count
                   WHEN '30/360' THEN
                       360 * (extract(year FROM upto.day) - extract(year FROM origin.day))
                       + 30 * (extract(month FROM upto.day) - extract(month FROM origin.day))
                       + least(extract(day FROM upto.day), 30) - least(extract(day FROM origin.day), 30)
                   ELSE upto.day - origin.day
               END), 0) AS parts
          FROM (
                SELECT day AS since, lead(day, 1, %(end)s::date + 1) OVER later AS until, sum(sum(net)) OVER later AS balance
                  FROM (
                        SELECT %(start)s::date AS day, account.balance_minor::numeric AS net
                         UNION ALL
                        SELECT step.day, step.net
                          FROM ledger_posting AS p
                         CROSS JOIN LATERAL (SELECT CASE p.side WHEN 'C' THEN p.amount_minor ELSE -p.amount_minor END AS signed) AS s
                         CROSS JOIN LATERAL (VALUES (%(start)s::date, -s.signed), (p.value_date, s.signed)) AS step(day, net)
                         WHERE p.account_id = account.ledger_account_id
                           AND p.business_date >= %(start)s AND p.value_date >= %(start)s AND step.day <= %(end)s
                       ) AS change
                 GROUP BY day
                WINDOW later AS (ORDER BY day)
               ) AS stretch
          JOIN terms ON terms.product_id = account.product_id AND terms.since < stretch.until AND terms.until > stretch.since
         CROSS JOIN LATERAL (SELECT greatest(terms.since, stretch.since) AS day) AS origin
         CROSS JOIN LATERAL (SELECT least(terms.until, stretch.until) AS day) AS upto
         WHERE stretch.balance < 0
       ) AS cost
)
INSERT INTO deposits_takencharge (account_id, kind, period, used_on, exact, amount_minor, memo, state, made_at)
SELECT id, 'overdraft', %(start)s, %(end)s::date + 1, billionths * 0.000000001, whole.minor, 'Overdraft interest ' || %(month)s, 'due', %(at)s
  FROM exact
 CROSS JOIN LATERAL (SELECT (div(billionths, 1000000000) + CASE
           WHEN mod(billionths, 1000000000) > 500000000 THEN 1
           WHEN mod(billionths, 1000000000) = 500000000 THEN mod(div(billionths, 1000000000), 2)
           ELSE 0
       END)::bigint AS minor) AS whole
 WHERE whole.minor > 0
ON CONFLICT (account_id, kind, period) DO NOTHING
