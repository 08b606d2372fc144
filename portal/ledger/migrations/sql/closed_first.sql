-- The net under the posting function again: an entry on an account closed meanwhile is refused as just that.
CREATE OR REPLACE FUNCTION ledger.prove_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
    broken uuid;
    closed bigint;
BEGIN
    -- Asked again now that the day is locked: whoever closes an account waits for that lock.
    SELECT line.entry_id, min(line.account_id) FILTER (WHERE account.branch_id IS NULL) INTO broken, closed
      FROM added AS line
      LEFT JOIN LATERAL (
            SELECT currency, branch_id FROM ledger_account WHERE id = line.account_id AND is_active AND NOT is_header OFFSET 0
           ) AS account ON true
     GROUP BY line.entry_id, account.currency, account.branch_id
    HAVING sum(CASE line.side WHEN 'D' THEN line.amount_minor ELSE -line.amount_minor END) <> 0 OR count(*) < 2
        OR account.branch_id IS NULL OR (SELECT true FROM ledger_entry WHERE id = line.entry_id) IS NULL
     -- Without the closed account's line its entry does not balance either: the reason first.
     ORDER BY account.branch_id IS NULL DESC
     LIMIT 1;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'account % takes no postings', closed
            USING ERRCODE = 'LG004', DETAIL = json_build_object('account', closed);
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not balance', broken USING ERRCODE = 'LG005';
    END IF;
    RETURN NULL;
END
$$;
