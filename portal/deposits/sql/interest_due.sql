-- What each account has earned since its interest was last posted, up to `end`: the same figures as portal/deposits/interest.py,
-- for all accounts at once. Comes before the statement that uses `due`. With `early` also for periods that are not over.
-- Of each account it reads the postings since then alone: what it had before is what it has now less what came since. A
-- posting's business date is never before its value date, so the index on it serves.
--
-- All denominators (10,000 basis points; 360, 365 or 366 days) divide 10,000 x 1,603,080: the sum is one whole number over
-- one whole number, divided once, to nine decimals, half to even.
WITH
-- Each product's rates: a row for each step of each terms, by years where the year's length matters.
terms AS MATERIALIZED (
    SELECT t.product_id, t.day_count, t.compounding, t.interest_floor_minor AS floor_minor, t.tier_method = 'whole' AS is_whole,
           step.low, step.high, step.rate_bps,
           greatest(t.effective_from, span.since) AS since, least(t.until, span.until, %(end)s::date + 1) AS until,
           CASE t.day_count WHEN 'actual/365' THEN 365 WHEN 'actual/actual' THEN span.until - span.since ELSE 360 END AS basis
      FROM (SELECT *, coalesce(lead(effective_from) OVER (PARTITION BY product_id ORDER BY effective_from), 'infinity') AS until
              FROM deposits_terms) AS t
     CROSS JOIN LATERAL (
        SELECT low, coalesce(lead(low) OVER (ORDER BY low), 9223372036854775807) AS high, each.rate_bps
          FROM (SELECT 0::bigint AS low, t.rate_bps
                 UNION ALL
                SELECT from_minor, rate_bps FROM deposits_ratetier WHERE terms_id = t.id) AS each
       ) AS step
     CROSS JOIN LATERAL (
        SELECT '0001-01-01'::date AS since, 'infinity'::date AS until WHERE t.day_count <> 'actual/actual'
         UNION ALL
        SELECT first::date, (first + interval '1 year')::date
          FROM generate_series(date_trunc('year', t.effective_from), %(end)s::date, '1 year') AS first
         WHERE t.day_count = 'actual/actual'
       ) AS span
     WHERE greatest(t.effective_from, span.since) < least(t.until, span.until, %(end)s::date + 1)
),
-- Each product that ever paid interest: the first day of the calendar's period, and whether that period ends with `end`.
period AS MATERIALIZED (
    SELECT held.product_id, held.withholding_tax_bps AS tax_bps,
           (date_trunc('month', %(end)s::date) - make_interval(months => (this.month - 1) %% held.months))::date AS first,
           this.month %% held.months = 0 AS is_over,
           (SELECT bool_or(compounding <> 'none') FROM terms WHERE terms.product_id = held.product_id) AS is_compounding
      FROM (SELECT DISTINCT ON (product_id) product_id, withholding_tax_bps,
                   CASE posting_frequency WHEN 'monthly' THEN 1 WHEN 'quarterly' THEN 3 WHEN 'half_yearly' THEN 6 ELSE 12 END AS months
              FROM deposits_terms WHERE effective_from <= %(end)s ORDER BY product_id, effective_from DESC) AS held
     CROSS JOIN (SELECT extract(month FROM %(end)s::date)::integer AS month) AS this
     WHERE held.product_id IN (SELECT product_id FROM terms WHERE rate_bps > 0)
),
candidate AS MATERIALIZED (
    SELECT id, number, product_id, branch_id, ledger_account_id, opened_on, state
      FROM deposits_depositaccount
     WHERE id > %(after)s AND (%(branch)s::bigint IS NULL OR branch_id = %(branch)s) ORDER BY id LIMIT %(most)s
),
account AS MATERIALIZED (
    SELECT a.id, a.number, a.product_id, a.branch_id, a.ledger_account_id, balance.balance_minor, balance.last_seq,
           period.tax_bps, period.is_compounding, coalesce(done.period_end + 1, CASE WHEN %(early)s THEN a.opened_on ELSE period.first END) AS since
      FROM candidate AS a
      JOIN period ON period.product_id = a.product_id
      JOIN institution_branch AS branch ON branch.id = a.branch_id
      JOIN ledger_account AS book ON book.id = a.ledger_account_id
      JOIN ledger_balance AS balance ON balance.account_id = a.ledger_account_id
       -- Looked up one by one: statistics know nothing of what this run has posted a moment ago.
      LEFT JOIN LATERAL (
        SELECT period_end FROM deposits_interestposting WHERE account_id = a.id ORDER BY period_end DESC LIMIT 1
      ) AS done ON true
     WHERE a.opened_on <= %(end)s
       AND (book.is_active OR (%(early)s AND a.state = 'frozen'))
       AND (%(early)s OR (period.is_over AND branch.business_date > %(end)s))
       AND (done.period_end IS NULL OR done.period_end < %(end)s)
),
-- Account by account, so that the plan does not depend on what the planner guesses of the steps before.
plain AS (
    SELECT account.*, div(2000000000 * earned.parts + 16030800000, 32061600000) AS billionths
      FROM account
     CROSS JOIN LATERAL (
        SELECT coalesce(sum(
                   CASE
                       WHEN NOT terms.is_whole THEN least(stretch.balance, terms.high) - terms.low
                       WHEN stretch.balance < terms.high THEN stretch.balance
                       ELSE 0
                   END * terms.rate_bps * (1603080 / terms.basis) * CASE terms.day_count
                   WHEN '30/360' THEN
                       360 * (extract(year FROM upto.day) - extract(year FROM origin.day))
                       + 30 * (extract(month FROM upto.day) - extract(month FROM origin.day))
                       + least(extract(day FROM upto.day), 30) - least(extract(day FROM origin.day), 30)
                   ELSE upto.day - origin.day
               END), 0) AS parts
          FROM (
                SELECT day AS since, lead(day, 1, %(end)s::date + 1) OVER later AS until, sum(sum(net)) OVER later AS balance
                  FROM (
                        SELECT account.since AS day, account.balance_minor::numeric AS net
                         UNION ALL
                        SELECT step.day, step.net
                          FROM ledger_posting AS p
                         CROSS JOIN LATERAL (SELECT CASE p.side WHEN 'C' THEN p.amount_minor ELSE -p.amount_minor END AS signed) AS s
                         CROSS JOIN LATERAL (VALUES (account.since, -s.signed), (p.value_date, s.signed)) AS step(day, net)
                         WHERE p.account_id = account.ledger_account_id
                           AND p.business_date >= account.since AND p.value_date >= account.since
                           AND step.day <= %(end)s
                       ) AS change
                 GROUP BY day
                WINDOW later AS (ORDER BY day)
               ) AS stretch
          JOIN terms ON terms.product_id = account.product_id AND terms.since < stretch.until AND terms.until > stretch.since
         CROSS JOIN LATERAL (SELECT greatest(terms.since, stretch.since) AS day) AS origin
         CROSS JOIN LATERAL (SELECT least(terms.until, stretch.until) AS day) AS upto
         WHERE stretch.balance > 0 AND stretch.balance >= terms.floor_minor AND stretch.balance >= terms.low
       ) AS earned
     WHERE NOT account.is_compounding
),
-- What is earned earns too: day by day, in billionths of a minor unit.
compounded AS (
    SELECT account.*, grown.billionths
      FROM account
     CROSS JOIN LATERAL (
        WITH RECURSIVE stretch AS MATERIALIZED (
            SELECT day AS since, lead(day, 1, %(end)s::date + 1) OVER later AS until, sum(sum(net)) OVER later AS balance
              FROM (
                    SELECT account.since AS day, account.balance_minor::numeric AS net
                     UNION ALL
                    SELECT step.day, step.net
                      FROM ledger_posting AS p
                     CROSS JOIN LATERAL (SELECT CASE p.side WHEN 'C' THEN p.amount_minor ELSE -p.amount_minor END AS signed) AS s
                     CROSS JOIN LATERAL (VALUES (account.since, -s.signed), (p.value_date, s.signed)) AS step(day, net)
                     WHERE p.account_id = account.ledger_account_id
                       AND p.business_date >= account.since AND p.value_date >= account.since
                       AND step.day <= %(end)s
                   ) AS change
             GROUP BY day
            WINDOW later AS (ORDER BY day)
        ),
        walk AS (
            SELECT account.since AS day, 0::numeric AS kept, 0::numeric AS waiting
             UNION ALL
            SELECT walk.day + 1,
                   walk.kept + CASE WHEN today.compounds THEN today.whole ELSE 0 END,
                   CASE WHEN today.compounds THEN 0 ELSE today.waiting END
              FROM walk
             CROSS JOIN LATERAL (
                SELECT sums.waiting, sums.compounds, div(sums.waiting, 16030800000) + CASE
                           WHEN 2 * mod(sums.waiting, 16030800000) > 16030800000 THEN 1
                           WHEN 2 * mod(sums.waiting, 16030800000) = 16030800000 THEN mod(div(sums.waiting, 16030800000), 2)
                           ELSE 0
                       END AS whole
                  FROM (
                        SELECT walk.waiting + coalesce(sum(CASE
                                   WHEN base.billionths <= 0 OR base.billionths < 1000000000.0 * terms.floor_minor
                                     OR base.billionths < 1000000000.0 * terms.low THEN 0
                                   WHEN NOT terms.is_whole THEN
                                       least(base.billionths, 1000000000.0 * terms.high) - 1000000000.0 * terms.low
                                   WHEN base.billionths < 1000000000.0 * terms.high THEN base.billionths
                                   ELSE 0
                               END * terms.rate_bps * (1603080 / terms.basis) * CASE terms.day_count
                                   WHEN '30/360' THEN
                                       30 * (extract(month FROM walk.day + 1) - extract(month FROM walk.day))
                                       + 360 * (extract(year FROM walk.day + 1) - extract(year FROM walk.day))
                                       + least(extract(day FROM walk.day + 1), 30) - least(extract(day FROM walk.day), 30)
                                   ELSE 1
                               END), 0) AS waiting,
                               coalesce(bool_or(CASE terms.compounding
                                   WHEN 'daily' THEN true
                                   WHEN 'monthly' THEN extract(day FROM walk.day + 1) = 1
                                   WHEN 'quarterly' THEN extract(day FROM walk.day + 1) = 1 AND extract(month FROM walk.day)::integer %% 3 = 0
                                   ELSE false
                               END), false) AS compounds
                          FROM stretch
                          JOIN terms ON terms.product_id = account.product_id
                           AND terms.since <= walk.day AND terms.until > walk.day
                         CROSS JOIN LATERAL (SELECT 1000000000.0 * stretch.balance + walk.kept AS billionths) AS base
                         WHERE stretch.since <= walk.day AND stretch.until > walk.day
                       ) AS sums
             ) AS today
             WHERE walk.day <= %(end)s
        )
        SELECT walk.kept + div(walk.waiting, 16030800000) + CASE
                   WHEN 2 * mod(walk.waiting, 16030800000) > 16030800000 THEN 1
                   WHEN 2 * mod(walk.waiting, 16030800000) = 16030800000 THEN mod(div(walk.waiting, 16030800000), 2)
                   ELSE 0
               END AS billionths
          FROM walk WHERE walk.day > %(end)s
       ) AS grown
     WHERE account.is_compounding
),
due AS MATERIALIZED (
    SELECT id, number, product_id, branch_id, ledger_account_id, since, last_seq, billionths * 0.000000001 AS exact,
           whole.amount_minor,
           div(taxed.parts, 10000)::bigint + CASE
               WHEN mod(taxed.parts, 10000) > 5000 THEN 1
               WHEN mod(taxed.parts, 10000) = 5000 THEN mod(div(taxed.parts, 10000), 2)::bigint
               ELSE 0
           END AS tax_minor
      FROM (SELECT * FROM plain UNION ALL SELECT * FROM compounded) AS exact
     CROSS JOIN LATERAL (SELECT (div(billionths, 1000000000) + CASE
               WHEN mod(billionths, 1000000000) > 500000000 THEN 1
               WHEN mod(billionths, 1000000000) = 500000000 THEN mod(div(billionths, 1000000000), 2)
               ELSE 0
           END)::bigint AS amount_minor) AS whole
     CROSS JOIN LATERAL (SELECT whole.amount_minor::numeric * exact.tax_bps AS parts) AS taxed
)
