"""Years of movements in seconds: written as the owner with the triggers asleep, yet as the door would have written them."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import ClientCursor

from deploy.bench.ground import Ground

DAYS = 730
# Every third entry takes a little from each account, the others add more: no balance falls below zero.
_BUILD = """
SET session_replication_role = replica;
CREATE TEMP TABLE target AS
SELECT row_number() OVER (ORDER BY a.id) - 1 AS i, a.id AS account_id, a.branch_id, b.balance_minor, b.last_seq
  FROM ledger_account AS a JOIN ledger_balance AS b ON b.account_id = a.id WHERE a.id = ANY(%(accounts)s);
CREATE TEMP TABLE run AS
SELECT n, part, uuidv7() AS id, branch.id AS branch_id, nextval('ledger_reference_seq') AS number,
       branch.business_date - 1 - %(days)s + (n * %(days)s / %(each)s)::integer AS day
  FROM generate_series(1, %(each)s) AS n,
       generate_series(0, (SELECT max(i) FROM target) / %(together)s) AS part, institution_branch AS branch;
CREATE TEMP TABLE moved AS
SELECT target.account_id, target.i, run.n, run.id, run.day, CASE WHEN run.n %% 3 = 0 THEN 'D' ELSE 'C' END AS side,
       CASE WHEN run.n %% 3 = 0 THEN 500 ELSE 1000 + (target.i * 7919 + run.n::bigint * 104729) %% 9000 END AS amount
  FROM run JOIN target ON target.i / %(together)s = run.part;
INSERT INTO ledger_entry (id, branch_id, kind, business_date, value_date, occurred_at, posted_at, reference, channel,
                          memo, actor_id, key_scope, key, reverses_id)
SELECT id, branch_id, 'transfer', day, day, day + time '12:00', now(),
       ledger.reference(number), 'bank', 'Movement ' || n, NULL, 'system', 'bench:' || id, NULL
  FROM run ORDER BY n, part;
INSERT INTO ledger_idempotencykey (scope, key, entry_id, content_hash) SELECT 'system', 'bench:' || id, id, '' FROM run;
INSERT INTO ledger_posting (entry_id, line, account_id, side, amount_minor, seq, balance_after_minor, business_date, value_date)
SELECT moved.id, 2 + moved.i %% %(together)s, moved.account_id, moved.side, moved.amount, target.last_seq + moved.n,
       target.balance_minor + sum(CASE moved.side WHEN 'C' THEN moved.amount ELSE -moved.amount END)
                              OVER (PARTITION BY moved.account_id ORDER BY moved.n),
       moved.day, moved.day
  FROM moved JOIN target ON target.account_id = moved.account_id;
INSERT INTO ledger_posting (entry_id, line, account_id, side, amount_minor, business_date, value_date)
SELECT moved.id, 1, against.id, CASE min(moved.side) WHEN 'C' THEN 'D' ELSE 'C' END, sum(moved.amount), moved.day, moved.day
  FROM moved JOIN run ON run.id = moved.id
  JOIN ledger_account AS against ON against.branch_id = run.branch_id AND against.code = '3900'
 GROUP BY moved.id, moved.day, against.id;
UPDATE ledger_balance AS balance
   SET balance_minor = balance.balance_minor + sums.net, last_seq = balance.last_seq + sums.number
  FROM (SELECT account_id, sum(CASE side WHEN 'C' THEN amount ELSE -amount END) AS net, count(*) AS number
          FROM moved GROUP BY account_id) AS sums
 WHERE balance.account_id = sums.account_id;
DROP TABLE moved, run, target;
"""


def build(ground: Ground, database: str, accounts: Sequence[int], *, each: int, together: int = 1) -> None:
    """Give each of these ledger accounts so many movements over two years up to yesterday; then ANALYZE.

    `together` accounts share an entry, as in a run of salaries; at most 30,000.
    """
    values = {"accounts": list(accounts), "each": each, "together": together, "days": DAYS}
    with ground.cluster.connect(database) as connection:
        ClientCursor(connection).execute(_BUILD, values)
        connection.execute("VACUUM ANALYZE")
