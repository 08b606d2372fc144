-- Posts what is due through the one door and keeps a row for each account, paid or not. Nothing passes through the program.
, paid AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY due.ledger_account_id)::integer AS n, due.id, due.number, due.branch_id, due.ledger_account_id,
           due.amount_minor, expense.id AS expense_id, least(%(end)s::date + 1, coalesce(%(business_date)s::date, branch.business_date)) AS value_date
      FROM due
      JOIN institution_branch AS branch ON branch.id = due.branch_id
      JOIN ledger_account AS expense ON expense.branch_id = due.branch_id AND expense.code = %(expense)s
     WHERE due.amount_minor > 0
),
entries AS (
    SELECT array_agg('interest:' || number || ':' || %(end)s ORDER BY n) AS keys,
           array_agg('system'::text) AS scopes,
           array_agg('interest_credit'::text) AS kinds,
           array_agg(branch_id ORDER BY n) AS branches,
           array_agg(%(business_date)s::date) AS business_dates,
           array_agg(value_date ORDER BY n) AS value_dates,
           array_agg(%(at)s::timestamptz) AS occurred,
           array_agg('system'::text) AS channels,
           array_agg(%(memo)s::text) AS memos,
           array_agg(%(actor)s::bigint) AS actors,
           array_agg(NULL::uuid) AS nothing
      FROM paid
),
lines AS (
    SELECT array_agg(n ORDER BY n, side DESC) AS entries,
           array_agg(CASE side WHEN 'D' THEN expense_id ELSE ledger_account_id END ORDER BY n, side DESC) AS accounts,
           array_agg(side ORDER BY n, side DESC) AS sides,
           array_agg(amount_minor ORDER BY n, side DESC) AS amounts
      FROM paid CROSS JOIN (VALUES ('D'::text), ('C')) AS both_sides(side)
),
posted AS MATERIALIZED (
    SELECT answer.ord, answer.entry_id
      FROM entries, lines, ledger.post_entries(
               entries.keys, entries.scopes, entries.kinds, entries.branches, entries.business_dates, entries.value_dates,
               entries.occurred, entries.channels, entries.memos, entries.actors, entries.nothing, entries.nothing,
               lines.entries, lines.accounts, lines.sides, lines.amounts
           ) AS answer
),
kept AS (
    INSERT INTO deposits_interestposting (account_id, period_start, period_end, exact, amount_minor, entry_id, posted_at)
    SELECT due.id, %(start)s, %(end)s, due.exact, due.amount_minor, posted.entry_id, %(at)s
      FROM due
      LEFT JOIN paid ON paid.id = due.id
      LEFT JOIN posted ON posted.ord = paid.n
    RETURNING account_id, amount_minor
)
SELECT coalesce(max(account_id), 0), count(*), count(*) FILTER (WHERE amount_minor > 0) FROM kept
