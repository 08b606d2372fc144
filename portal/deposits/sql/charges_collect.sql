-- Takes what is due from accounts that hold enough, the oldest charges first, through the one door, and writes down that it was
-- taken. An account's later charge is taken only while all before it fit.
WITH
waiting AS (
    SELECT taken.id, taken.kind, taken.memo, taken.amount_minor, account.branch_id, account.ledger_account_id
      FROM deposits_takencharge AS taken
      JOIN deposits_depositaccount AS account ON account.id = taken.account_id
     WHERE taken.state = 'due' AND taken.id > %(after)s
     ORDER BY taken.id
     LIMIT %(most)s
),
ready AS MATERIALIZED (
    SELECT fits.*, (row_number() OVER (ORDER BY fits.id))::integer AS n
      FROM (SELECT waiting.*, income.id AS income_id,
                   balance.balance_minor - balance.held_minor - book.floor_minor
                   - sum(waiting.amount_minor) OVER (PARTITION BY book.id ORDER BY waiting.id) AS rest
              FROM waiting
              JOIN ledger_account AS book ON book.id = waiting.ledger_account_id AND book.is_active
              JOIN ledger_balance AS balance ON balance.account_id = book.id
              JOIN ledger_account AS income ON income.branch_id = waiting.branch_id AND income.code =
                   CASE waiting.kind WHEN 'overdraft' THEN '4010' WHEN 'adjustment' THEN '5010' ELSE '4020' END) AS fits
     WHERE fits.rest >= 0
),
entries AS (
    SELECT array_agg('charge:' || id ORDER BY n) AS keys,
           ARRAY['system'::text] AS scopes,
           array_agg(CASE WHEN kind IN ('overdraft', 'adjustment') THEN 'charge' ELSE 'fee' END ORDER BY n) AS kinds,
           array_agg(branch_id ORDER BY n) AS branches,
           ARRAY[NULL::date] AS days,
           ARRAY[%(at)s::timestamptz] AS occurred,
           ARRAY['system'::text] AS channels,
           array_agg(memo::text ORDER BY n) AS memos,
           ARRAY[NULL::bigint] AS actors,
           ARRAY[NULL::uuid] AS nothing
      FROM ready
),
lines AS (
    SELECT array_agg(n ORDER BY n, side DESC) AS entries,
           array_agg(CASE side WHEN 'D' THEN ledger_account_id ELSE income_id END ORDER BY n, side DESC) AS accounts,
           array_agg(side ORDER BY n, side DESC) AS sides,
           array_agg(amount_minor ORDER BY n, side DESC) AS amounts
      FROM ready CROSS JOIN (VALUES ('D'::text), ('C')) AS both_sides(side)
),
posted AS MATERIALIZED (
    SELECT array_agg(answer.entry_id ORDER BY answer.ord) AS ids
      FROM entries, lines, ledger.post_entries(
               entries.keys, entries.scopes, entries.kinds, entries.branches, entries.days, entries.days,
               entries.occurred, entries.channels, entries.memos, entries.actors, entries.nothing, entries.nothing,
               lines.entries, lines.accounts, lines.sides, lines.amounts
           ) AS answer
),
done AS (
    UPDATE deposits_takencharge AS taken SET state = 'taken', entry_id = posted.ids[ready.n]
      FROM ready CROSS JOIN posted WHERE taken.id = ready.id
    RETURNING taken.id
)
SELECT (SELECT max(id) FROM waiting), (SELECT count(*) FROM done)
