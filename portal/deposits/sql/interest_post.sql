-- Posts what is due through the one door and keeps a row for each account, paid or not. Nothing passes through the program.
, numbered AS MATERIALIZED (
    SELECT due.id, due.number, due.since, due.last_seq, due.exact, due.amount_minor, due.tax_minor, due.branch_id,
           due.ledger_account_id, expense.id AS expense_id, tax.id AS tax_id,
           least(%(end)s::date + 1, coalesce(%(business_date)s::date, branch.business_date)) AS value_date,
           (count(*) FILTER (WHERE due.amount_minor > 0) OVER (ORDER BY due.id))::integer AS n
      FROM due
      JOIN institution_branch AS branch ON branch.id = due.branch_id
      JOIN ledger_account AS expense ON expense.branch_id = due.branch_id AND expense.code = %(expense)s
      JOIN ledger_account AS tax ON tax.branch_id = due.branch_id AND tax.code = %(tax)s
),
entries AS (
    SELECT array_agg('interest:' || number || ':' || %(end)s ORDER BY n) AS keys,
           ARRAY['system'::text] AS scopes,
           ARRAY['interest_credit'::text] AS kinds,
           array_agg(branch_id ORDER BY n) AS branches,
           ARRAY[%(business_date)s::date] AS business_dates,
           array_agg(value_date ORDER BY n) AS value_dates,
           ARRAY[%(at)s::timestamptz] AS occurred,
           ARRAY['system'::text] AS channels,
           ARRAY[%(memo)s::text] AS memos,
           ARRAY[%(actor)s::bigint] AS actors,
           ARRAY[NULL::uuid] AS nothing
      FROM numbered WHERE amount_minor > 0
),
lines AS (
    SELECT array_agg(n ORDER BY n, line) AS entries,
           array_agg(account_id ORDER BY n, line) AS accounts,
           array_agg(side ORDER BY n, line) AS sides,
           array_agg(minor ORDER BY n, line) AS amounts
      FROM numbered
     CROSS JOIN LATERAL (VALUES (1, 'D'::text, expense_id, amount_minor),
                                (2, 'C', ledger_account_id, amount_minor - tax_minor),
                                (3, 'C', tax_id, tax_minor)) AS each(line, side, account_id, minor)
     WHERE minor > 0
),
posted AS MATERIALIZED (
    SELECT array_agg(answer.entry_id ORDER BY answer.ord) AS ids
      FROM entries, lines, ledger.post_entries(
               entries.keys, entries.scopes, entries.kinds, entries.branches, entries.business_dates, entries.value_dates,
               entries.occurred, entries.channels, entries.memos, entries.actors, entries.nothing, entries.nothing,
               lines.entries, lines.accounts, lines.sides, lines.amounts
           ) AS answer
),
kept AS (
    INSERT INTO deposits_interestposting
           (account_id, period_start, period_end, exact, amount_minor, tax_minor, read_to_seq, entry_id, posted_at)
    SELECT id, since, %(end)s, exact, amount_minor, tax_minor, last_seq, CASE WHEN amount_minor > 0 THEN posted.ids[n] END, %(at)s
      FROM numbered CROSS JOIN posted
    RETURNING amount_minor
)
SELECT (SELECT max(id) FROM candidate), count(*), count(*) FILTER (WHERE amount_minor > 0) FROM kept
