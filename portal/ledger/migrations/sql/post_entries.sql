-- The one door. Posts one entry or ten thousand in one call, or nothing.
--
-- Entries are parallel arrays, one element an entry; lines are parallel arrays, `line_entries` naming the entry (from 1).
-- A NULL business date means the branch's open day, a NULL value date the business date. Amounts are positive minor units.
-- Errors carry SQLSTATE LG0xx and, as DETAIL, a JSON object for the program:
--   LG001 below the floor or into a hold    LG002 key used before with other contents   LG003 day not open
--   LG004 account closed, header or absent  LG005 entry does not balance                LG006 hold does not cover
--   LG007 entry cannot be reversed, or not again
-- Locks: keys in their order, the branch day shared, then balances by account id. A repeated key answers with the first
-- result. READ COMMITTED is assumed: each statement sees what the lock it waited for has committed.

CREATE FUNCTION ledger.post_entries(
    keys text[], scopes text[], kinds text[], branches bigint[], business_dates date[], value_dates date[],
    occurred timestamptz[], channels text[], memos text[], actors bigint[], reversed uuid[], captured uuid[],
    line_entries integer[], line_accounts bigint[], line_sides text[], line_amounts bigint[]
) RETURNS TABLE (ord bigint, entry_id uuid, reference text, business_date date, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
#variable_conflict use_column
DECLARE
    total CONSTANT integer := coalesce(array_length(keys, 1), 0);
    ids uuid[];
    hashes bytea[];
    stored uuid[];
    fresh bigint[];
    days date[];
    valued date[];
    wrong bigint;
    problem record;
BEGIN
    IF total = 0 THEN RETURN; END IF;
    -- A plan that was made for one entry would compare each of ten thousand with each: a batch is planned for what it holds.
    IF total > 20 THEN PERFORM set_config('plan_cache_mode', 'force_custom_plan', true); END IF;

    -- 1. Every line names a detail account that moves; every entry balances per currency and per branch.
    SELECT l.e, l.a INTO problem
      FROM unnest(line_entries, line_accounts) AS l(e, a)
      LEFT JOIN ledger_account AS account ON account.id = l.a AND account.is_active AND NOT account.is_header
     WHERE account.id IS NULL
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'account % takes no postings', problem.a
            USING ERRCODE = 'LG004', DETAIL = json_build_object('entry', problem.e, 'account', problem.a);
    END IF;
    SELECT o.n INTO wrong
      FROM generate_series(1, total) AS o(n)
      LEFT JOIN (
            SELECT l.e, sum(CASE l.s WHEN 'D' THEN l.m WHEN 'C' THEN -l.m END) AS net, count(*) AS lines, min(l.m) AS least
              FROM unnest(line_entries, line_accounts, line_sides, line_amounts) AS l(e, a, s, m)
              JOIN ledger_account AS account ON account.id = l.a
             GROUP BY l.e, account.currency, account.branch_id
           ) AS part ON part.e = o.n
     WHERE part.net IS DISTINCT FROM 0 OR part.lines < 2 OR part.least <= 0
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not balance', wrong USING ERRCODE = 'LG005', DETAIL = json_build_object('entry', wrong);
    END IF;

    -- 2. A key stands for one entry for ever. The insert waits for a twin that is still under way.
    SELECT array_agg(uuidv7() ORDER BY content.e), array_agg(content.hash ORDER BY content.e) INTO ids, hashes
      FROM (
            SELECT head.n AS e, sha256(convert_to(jsonb_build_array(
                       head.kind, head.branch, head.memo, head.origin, head.hold, body.lines)::text, 'UTF8')) AS hash
              FROM unnest(kinds, branches, memos, reversed, captured) WITH ORDINALITY AS head(kind, branch, memo, origin, hold, n)
              JOIN (
                    SELECT l.e, jsonb_agg(jsonb_build_array(l.a, l.s, l.m) ORDER BY l.line) AS lines
                      FROM unnest(line_entries, line_accounts, line_sides, line_amounts) WITH ORDINALITY AS l(e, a, s, m, line)
                     GROUP BY l.e
                   ) AS body ON body.e = head.n
           ) AS content;
    INSERT INTO ledger_idempotencykey (scope, key, entry_id, content_hash)
    SELECT k.scope, k.key, k.id, k.hash
      FROM unnest(scopes, keys, ids, hashes) AS k(scope, key, id, hash)
     ORDER BY k.scope, k.key
        ON CONFLICT DO NOTHING;
    SELECT array_agg(known.entry_id ORDER BY k.n),
           array_agg(k.n ORDER BY k.n) FILTER (WHERE known.entry_id = k.id),
           min(k.n) FILTER (WHERE known.content_hash <> k.hash)
      INTO stored, fresh, wrong
      FROM unnest(scopes, keys, ids, hashes) WITH ORDINALITY AS k(scope, key, id, hash, n)
      JOIN ledger_idempotencykey AS known ON known.scope = k.scope AND known.key = k.key;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'key % was used for another entry', keys[wrong]
            USING ERRCODE = 'LG002', DETAIL = json_build_object('entry', wrong, 'key', keys[wrong]);
    END IF;

    IF fresh IS NOT NULL THEN
        -- 3. The day is open, and stays so until this transaction ends.
        PERFORM pg_advisory_xact_lock_shared(7011, b::integer)
           FROM (SELECT DISTINCT b FROM unnest(branches) AS t(b) ORDER BY b) AS d(b);
        SELECT array_agg(coalesce(t.d, branch.business_date) ORDER BY t.n),
               array_agg(coalesce(t.v, t.d, branch.business_date) ORDER BY t.n),
               min(t.n) FILTER (WHERE branch.id IS NULL
                   OR coalesce(t.d, branch.business_date) <= coalesce(period.closed_through, '-infinity')
                   OR (t.d <> branch.business_date
                       AND NOT coalesce(t.d BETWEEN branch.history_from AND branch.business_date, false)))
          INTO days, valued, wrong
          FROM unnest(branches, business_dates, value_dates) WITH ORDINALITY AS t(b, d, v, n)
          LEFT JOIN institution_branch AS branch ON branch.id = t.b
          LEFT JOIN ledger_period AS period ON period.branch_id = t.b;
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'the day % is not open', coalesce(days[wrong]::text, '?')
                USING ERRCODE = 'LG003', DETAIL = json_build_object('entry', wrong, 'day', days[wrong]);
        END IF;

        -- 4. What is reversed exists, is no reversal itself, and is reversed for the first time.
        IF EXISTS (SELECT FROM unnest(reversed) AS r(id) WHERE r.id IS NOT NULL) THEN
            SELECT t.n INTO wrong
              FROM unnest(reversed) WITH ORDINALITY AS t(id, n)
              LEFT JOIN ledger_entry AS origin ON origin.id = t.id AND origin.reverses_id IS NULL
             WHERE t.id IS NOT NULL AND t.n = ANY (fresh)
               AND (origin.id IS NULL OR EXISTS (SELECT FROM ledger_entry AS r WHERE r.reverses_id = t.id)
                    OR NOT ledger.mirrors(t.id, t.n, line_entries, line_accounts, line_sides, line_amounts))
             LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'entry % cannot be reversed', reversed[wrong]
                    USING ERRCODE = 'LG007', DETAIL = json_build_object('entry', wrong);
            END IF;
        END IF;

        -- 5. Balances, always in account order: no two callers wait for each other in a ring.
        PERFORM FROM ledger_balance AS balance
          WHERE balance.account_id IN (SELECT l.a FROM unnest(line_accounts, line_entries) AS l(a, e) WHERE l.e = ANY (fresh))
          ORDER BY balance.account_id
            FOR UPDATE;

        -- 6. The journal, and with it each account's gapless seq and running balance.
        INSERT INTO ledger_entry (id, branch_id, kind, business_date, value_date, occurred_at, posted_at, reference, channel,
                                  memo, actor_id, key_scope, key, reverses_id)
        SELECT head.id, head.branch, head.kind, head.day, head.value_date, head.occurred,
               clock_timestamp(), ledger.next_reference(), head.channel, head.memo, head.actor, head.scope, head.key, head.origin
          FROM unnest(ids, branches, kinds, days, valued, occurred, channels, memos, actors, scopes, keys, reversed)
               WITH ORDINALITY AS head(id, branch, kind, day, value_date, occurred, channel, memo, actor, scope, key, origin, n)
         WHERE head.n = ANY (fresh)
         ORDER BY head.n;
        INSERT INTO ledger_unsealed (entry_id, branch_id) SELECT ids[n], branches[n] FROM unnest(fresh) AS f(n);
        IF EXISTS (SELECT FROM unnest(captured) AS c(id) WHERE c.id IS NOT NULL) THEN
            PERFORM ledger.capture_holds(fresh, ids, captured, actors, occurred, line_entries, line_accounts, line_sides, line_amounts);
        END IF;
        WITH line AS (
            SELECT l.e, l.a, l.s, l.m, account.tracked,
                   row_number() OVER (PARTITION BY l.e ORDER BY l.line) AS number,
                   row_number() OVER (PARTITION BY l.a ORDER BY l.line) AS step,
                   sum(CASE WHEN l.s = account.normal_side THEN l.m ELSE -l.m END) OVER (PARTITION BY l.a ORDER BY l.line) AS moved
              FROM unnest(line_entries, line_accounts, line_sides, line_amounts) WITH ORDINALITY AS l(e, a, s, m, line)
              JOIN ledger_account AS account ON account.id = l.a
             WHERE l.e = ANY (fresh)
        ), written AS (
            INSERT INTO ledger_posting (entry_id, line, account_id, side, amount_minor, seq, balance_after_minor,
                                        business_date, value_date)
            SELECT ids[line.e], line.number, line.a, line.s, line.m, balance.last_seq + line.step,
                   balance.balance_minor + line.moved, days[line.e], valued[line.e]
              FROM line
              LEFT JOIN ledger_balance AS balance ON balance.account_id = line.a AND line.tracked
             ORDER BY line.e, line.number
        )
        UPDATE ledger_balance AS balance
           SET balance_minor = balance.balance_minor + change.moved, last_seq = balance.last_seq + change.steps
          FROM (SELECT DISTINCT ON (line.a) line.a, line.moved, line.step AS steps
                  FROM line WHERE line.tracked ORDER BY line.a, line.step DESC) AS change
         WHERE balance.account_id = change.a;

        -- 7. No line took an account below its floor or into what is held; lines that add are always welcome.
        SELECT p.account_id, p.balance_after_minor - balance.held_minor - account.floor_minor + p.amount_minor AS available
          INTO problem
          FROM ledger_posting AS p
          JOIN ledger_account AS account ON account.id = p.account_id AND account.floor_minor IS NOT NULL
          JOIN ledger_balance AS balance ON balance.account_id = p.account_id
         WHERE p.entry_id IN (SELECT ids[n] FROM unnest(fresh) AS f(n))
           AND p.side <> account.normal_side
           AND p.balance_after_minor - balance.held_minor < account.floor_minor
         LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'account % does not cover it', problem.account_id
                USING ERRCODE = 'LG001',
                      DETAIL = json_build_object('account', problem.account_id, 'available', greatest(problem.available, 0));
        END IF;
    END IF;

    RETURN QUERY
    SELECT t.n, entry.id, entry.reference::text, entry.business_date, entry.id <> t.mine
      FROM unnest(stored, ids) WITH ORDINALITY AS t(id, mine, n)
      JOIN ledger_entry AS entry ON entry.id = t.id
     ORDER BY t.n;
END
$$;

-- Twelve digits: ten that count up and two that check them (ISO 7064, mod 97-10).
CREATE FUNCTION ledger.next_reference() RETURNS text
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
    SELECT n::text || lpad((98 - (n * 100) % 97)::text, 2, '0') FROM (SELECT nextval('ledger_reference_seq') AS n) AS next
$$;

-- Whether the lines given for entry `n` are the origin's with the sides turned.
CREATE FUNCTION ledger.mirrors(origin uuid, n bigint, line_entries integer[], line_accounts bigint[], line_sides text[], line_amounts bigint[])
RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, public
AS $$
    SELECT (SELECT jsonb_agg(jsonb_build_array(p.account_id, CASE p.side WHEN 'D' THEN 'C' ELSE 'D' END, p.amount_minor)
                             ORDER BY p.account_id, p.side DESC, p.amount_minor)
              FROM ledger_posting AS p WHERE p.entry_id = origin)
         = (SELECT jsonb_agg(jsonb_build_array(l.a, l.s, l.m) ORDER BY l.a, l.s, l.m)
              FROM unnest(line_entries, line_accounts, line_sides, line_amounts) AS l(e, a, s, m) WHERE l.e = n)
$$;

REVOKE ALL ON FUNCTION ledger.post_entries(text[], text[], text[], bigint[], date[], date[], timestamptz[], text[], text[],
    bigint[], uuid[], uuid[], integer[], bigint[], text[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.post_entries(text[], text[], text[], bigint[], date[], date[], timestamptz[], text[], text[],
    bigint[], uuid[], uuid[], integer[], bigint[], text[], bigint[]) TO quayside_app;
REVOKE ALL ON FUNCTION ledger.next_reference() FROM PUBLIC;
