-- Proof: the hash chain, the snapshots, and the views an outside checker reads.

-- An entry as one line of JSON, the same in any language: see docs/money.md.
CREATE FUNCTION ledger.canonical(target uuid) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT jsonb_build_array(
               e.id, e.branch_id, e.kind, e.business_date, e.value_date,
               to_char(e.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
               e.reference, e.channel, e.memo, e.actor_id, e.key_scope, e.key, e.reverses_id,
               (SELECT jsonb_agg(jsonb_build_array(p.line, p.account_id, p.side, p.amount_minor, p.seq, p.balance_after_minor)
                                 ORDER BY p.line)
                  FROM ledger_posting AS p WHERE p.entry_id = e.id)
           )::text
      FROM ledger_entry AS e WHERE e.id = target
$$;

-- Takes what is unsealed into each branch's chain, in the order it was posted; one sealer a branch. Returns how many.
CREATE FUNCTION ledger.seal_entries(moment timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
DECLARE
    chain record;
    link record;
    head bytea;
    number bigint;
    sealed integer := 0;
BEGIN
    FOR chain IN SELECT DISTINCT branch_id FROM ledger_unsealed ORDER BY branch_id LOOP
        CONTINUE WHEN NOT pg_try_advisory_xact_lock(7012, chain.branch_id::integer);
        SELECT s.hash, s.chain_seq INTO head, number
          FROM ledger_seal AS s WHERE s.branch_id = chain.branch_id ORDER BY s.chain_seq DESC LIMIT 1;
        head := coalesce(head, '\x'::bytea);
        number := coalesce(number, 0);
        FOR link IN
            SELECT e.id FROM ledger_unsealed AS u JOIN ledger_entry AS e ON e.id = u.entry_id
             WHERE u.branch_id = chain.branch_id ORDER BY e.posted_at, e.id LIMIT most
        LOOP
            head := sha256(head || convert_to(ledger.canonical(link.id), 'UTF8'));
            number := number + 1;
            sealed := sealed + 1;
            INSERT INTO ledger_seal (branch_id, chain_seq, entry_id, hash, sealed_at)
            VALUES (chain.branch_id, number, link.id, head, moment);
            DELETE FROM ledger_unsealed WHERE entry_id = link.id;
        END LOOP;
    END LOOP;
    RETURN sealed;
END
$$;

-- Writes every account's balance at the end of a day that can take no more entries. Returns how many accounts.
CREATE FUNCTION ledger.take_snapshots(target bigint, day date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
SET enable_seqscan = off
-- A plan made while the journal was empty reads any index as gladly as the right one: each call plans for what there is.
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
    number bigint;
    last date;
BEGIN
    PERFORM pg_advisory_xact_lock(7011, target::integer);
    IF EXISTS (SELECT FROM institution_branch WHERE id = target AND (day >= business_date OR day >= history_from)) THEN
        RAISE EXCEPTION 'the day % still takes entries', day USING ERRCODE = 'LG003', DETAIL = json_build_object('day', day);
    END IF;
    SELECT max(s.business_date) INTO last
      FROM ledger_snapshot AS s JOIN ledger_account AS a ON a.id = s.account_id
     WHERE a.branch_id = target AND s.business_date < day;
    -- Account by account over the index of its days: within a load no statistics tell the planner how much there is.
    INSERT INTO ledger_snapshot (account_id, business_date, balance_minor)
    SELECT a.id, day, coalesce(before.balance_minor, 0) + moved.net
      FROM ledger_account AS a
      LEFT JOIN LATERAL (
            SELECT s.balance_minor FROM ledger_snapshot AS s WHERE s.account_id = a.id AND s.business_date = last OFFSET 0
           ) AS before ON true
     CROSS JOIN LATERAL (
            SELECT coalesce(sum(CASE WHEN p.side = a.normal_side THEN p.amount_minor ELSE -p.amount_minor END), 0) AS net
              FROM ledger_posting AS p
             WHERE p.account_id = a.id AND p.business_date <= day AND p.business_date > coalesce(last, '-infinity')
           ) AS moved
     WHERE a.branch_id = target AND NOT a.is_header
        ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS number = ROW_COUNT;
    RETURN number;
END
$$;

-- Before old days take entries again, what was summed up after them is forgotten.
CREATE FUNCTION ledger.forget_snapshots(target bigint, since date) RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
    DELETE FROM ledger_snapshot AS s USING ledger_account AS a
     WHERE a.id = s.account_id AND a.branch_id = target AND s.business_date >= since
$$;

-- For a checker with its own program: amounts are signed, debit positive.
CREATE VIEW chk_posting AS
    SELECT p.entry_id, p.line, p.account_id, a.currency, p.seq, p.business_date,
           CASE p.side WHEN 'D' THEN p.amount_minor ELSE -p.amount_minor END AS amount,
           CASE a.normal_side WHEN 'D' THEN p.balance_after_minor ELSE -p.balance_after_minor END AS balance_after
      FROM ledger_posting AS p JOIN ledger_account AS a ON a.id = p.account_id;
CREATE VIEW chk_account AS
    SELECT a.id, a.code, a.branch_id, a.currency, a.tracked, a.floor_minor,
           CASE WHEN a.tracked THEN CASE a.normal_side WHEN 'D' THEN b.balance_minor ELSE -b.balance_minor END
                ELSE coalesce((SELECT sum(CASE p.side WHEN 'D' THEN p.amount_minor ELSE -p.amount_minor END)
                                 FROM ledger_posting AS p WHERE p.account_id = a.id), 0) END AS balance
      FROM ledger_account AS a LEFT JOIN ledger_balance AS b ON b.account_id = a.id
     WHERE NOT a.is_header;
REVOKE INSERT, UPDATE, DELETE ON chk_posting, chk_account FROM quayside_app;

REVOKE ALL ON FUNCTION ledger.canonical(uuid), ledger.seal_entries(timestamptz, integer), ledger.take_snapshots(bigint, date),
    ledger.forget_snapshots(bigint, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.canonical(uuid), ledger.seal_entries(timestamptz, integer),
    ledger.take_snapshots(bigint, date), ledger.forget_snapshots(bigint, date) TO quayside_app;
GRANT EXECUTE ON FUNCTION ledger.canonical(uuid) TO quayside_auditor, quayside_checker;
