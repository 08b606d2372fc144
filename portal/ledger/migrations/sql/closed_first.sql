-- The net under the posting function: what one statement adds to an entry balances per currency and per branch, in two
-- lines at least, and entry, accounts and actor exist. An entry on an account closed meanwhile is refused as just that.
CREATE OR REPLACE FUNCTION ledger.prove_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
    broken uuid;
    closed bigint;
BEGIN
    -- Accounts are asked for again now that the day is locked: whoever closes one waits for that lock.
    -- The same proof twice, for a plan is made once and kept: lines by the thousand (post_entries says so by this setting)
    -- are matched with their accounts and entries at once, the few lines of one entry look up each by its id.
    IF current_setting('plan_cache_mode') = 'force_custom_plan' THEN
        WITH account AS MATERIALIZED (
            SELECT id, currency, branch_id FROM ledger_account
             WHERE id IN (SELECT account_id FROM added) AND is_active AND NOT is_header
        ), entry AS MATERIALIZED (
            SELECT e.id FROM ledger_entry AS e
             WHERE e.id BETWEEN (SELECT entry_id FROM added ORDER BY entry_id LIMIT 1)
                            AND (SELECT entry_id FROM added ORDER BY entry_id DESC LIMIT 1)
               AND (e.actor_id IS NULL OR e.actor_id IN (SELECT id FROM people_user))
        ), part AS (
            SELECT line.entry_id, account.branch_id, min(line.account_id) FILTER (WHERE account.branch_id IS NULL) AS closed,
                   sum(CASE line.side WHEN 'D' THEN line.amount_minor ELSE -line.amount_minor END) AS net, count(*) AS lines
              FROM added AS line
              LEFT JOIN account ON account.id = line.account_id
             GROUP BY line.entry_id, account.currency, account.branch_id
        )
        SELECT part.entry_id, part.closed INTO broken, closed
          FROM part
          LEFT JOIN entry ON entry.id = part.entry_id
         WHERE part.net <> 0 OR part.lines < 2 OR part.branch_id IS NULL OR entry.id IS NULL
         -- Without the closed account's line its entry does not balance either: the reason first.
         ORDER BY part.branch_id IS NULL DESC
         LIMIT 1;
    ELSE
        SELECT line.entry_id, min(line.account_id) FILTER (WHERE account.branch_id IS NULL) INTO broken, closed
          FROM added AS line
          LEFT JOIN LATERAL (
                SELECT currency, branch_id FROM ledger_account WHERE id = line.account_id AND is_active AND NOT is_header OFFSET 0
               ) AS account ON true
         GROUP BY line.entry_id, account.currency, account.branch_id
        HAVING sum(CASE line.side WHEN 'D' THEN line.amount_minor ELSE -line.amount_minor END) <> 0 OR count(*) < 2
            OR account.branch_id IS NULL
            OR (SELECT e.actor_id IS NULL OR (SELECT true FROM people_user AS u WHERE u.id = e.actor_id)
                  FROM ledger_entry AS e WHERE e.id = line.entry_id) IS NOT true
         ORDER BY account.branch_id IS NULL DESC
         LIMIT 1;
    END IF;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'account % takes no postings', closed
            USING ERRCODE = 'LG004', DETAIL = json_build_object('account', closed);
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not balance, is not there, or names nobody', broken USING ERRCODE = 'LG005';
    END IF;
    RETURN NULL;
END
$$;
