-- What each account has earned from `start` to `end`: the same figures as portal/deposits/interest.py, for all accounts at once.
-- Comes before the statement that uses `due`. Of each account it reads the postings since `start` alone: what it had before is
-- what it has now less what came since. A posting's business date is never before its value date, so the index on it serves.
--
-- All denominators (10,000 basis points; 360, 365 or 366 days) divide 10,000 x 1,603,080: the sum is one whole number over
-- one whole number, divided once, to nine decimals, half to even.
WITH
terms AS MATERIALIZED (
    SELECT t.product_id, t.rate_bps, t.day_count, t.interest_floor_minor AS floor_minor,
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
     WHERE t.rate_bps > 0
       AND greatest(t.effective_from, year.first, %(start)s::date)
         < least(t.until, (year.first + interval '1 year')::date, %(end)s::date + 1)
),
account AS MATERIALIZED (
    SELECT a.id, a.number, a.product_id, a.branch_id, a.ledger_account_id, balance.balance_minor
      FROM deposits_depositaccount AS a
      JOIN institution_branch AS branch ON branch.id = a.branch_id
      JOIN ledger_account AS book ON book.id = a.ledger_account_id
      JOIN ledger_balance AS balance ON balance.account_id = a.ledger_account_id
     WHERE a.id > %(after)s
       AND a.opened_on <= %(end)s
       AND book.is_active
       AND branch.business_date > %(end)s
       AND a.product_id IN (SELECT product_id FROM terms)
       AND NOT EXISTS (SELECT FROM deposits_interestposting AS done WHERE done.account_id = a.id AND done.period_start = %(start)s)
     ORDER BY a.id
     LIMIT %(most)s
),
moved AS MATERIALIZED (
    SELECT a.id, p.value_date AS day, sum(CASE p.side WHEN 'C' THEN p.amount_minor ELSE -p.amount_minor END) AS net
      FROM account AS a
      JOIN ledger_posting AS p
        ON p.account_id = a.ledger_account_id AND p.business_date >= %(start)s AND p.value_date >= %(start)s
     GROUP BY a.id, p.value_date
),
change AS (
    SELECT id, %(start)s::date AS day, balance_minor - coalesce((SELECT sum(net) FROM moved WHERE moved.id = account.id), 0) AS net
      FROM account
     UNION ALL
    SELECT id, day, net FROM moved WHERE day <= %(end)s
),
stretch AS (
    SELECT id, day AS since, lead(day, 1, %(end)s::date + 1) OVER later AS until, sum(net) OVER later AS balance
      FROM (SELECT id, day, sum(net) AS net FROM change GROUP BY id, day) AS daily
    WINDOW later AS (PARTITION BY id ORDER BY day)
),
earned AS (
    SELECT stretch.id,
           sum(stretch.balance * terms.rate_bps * (1603080 / terms.basis) * CASE terms.day_count
               WHEN '30/360' THEN
                   360 * (extract(year FROM upto.day) - extract(year FROM origin.day))
                   + 30 * (extract(month FROM upto.day) - extract(month FROM origin.day))
                   + least(extract(day FROM upto.day), 30) - least(extract(day FROM origin.day), 30)
               ELSE upto.day - origin.day
           END) AS parts
      FROM stretch
      JOIN account ON account.id = stretch.id
      JOIN terms ON terms.product_id = account.product_id AND terms.since < stretch.until AND terms.until > stretch.since
     CROSS JOIN LATERAL (SELECT greatest(terms.since, stretch.since) AS day) AS origin
     CROSS JOIN LATERAL (SELECT least(terms.until, stretch.until) AS day) AS upto
     WHERE stretch.balance > 0 AND stretch.balance >= terms.floor_minor
     GROUP BY stretch.id
),
exact AS (
    SELECT account.id, account.number, account.product_id, account.branch_id, account.ledger_account_id, coalesce(whole.n, 0) AS billionths
      FROM account
      LEFT JOIN (SELECT id, div(2000000000 * parts + 16030800000, 32061600000) AS n FROM earned) AS whole ON whole.id = account.id
),
due AS MATERIALIZED (
    SELECT id, number, product_id, branch_id, ledger_account_id, billionths * 0.000000001 AS exact,
           (div(billionths, 1000000000) + CASE
               WHEN mod(billionths, 1000000000) > 500000000 THEN 1
               WHEN mod(billionths, 1000000000) = 500000000 THEN mod(div(billionths, 1000000000), 2)
               ELSE 0
           END)::bigint AS amount_minor
      FROM exact
)
