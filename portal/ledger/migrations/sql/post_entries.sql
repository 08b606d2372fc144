-- The one door. Posts one entry or ten thousand in one call, or nothing.
--
-- Entries are parallel arrays, one element an entry, or one element alone where all entries are alike in it (keys never are);
-- lines are parallel arrays, `line_entries` naming the entry (from 1); an entry's lines stand together.
-- A NULL business date means the branch's open day, a NULL value date the business date. Amounts are positive minor units.
-- Errors carry SQLSTATE LG0xx and, as DETAIL, a JSON object for the program:
--   LG001 below the floor or into a hold    LG002 key used before with other contents   LG003 day not open
--   LG004 account closed, header or absent  LG005 entry does not balance                LG006 hold does not cover
--   LG007 entry cannot be reversed, or not again
-- Locks: keys in their order, the branch day shared, then balances by account id. A repeated key answers with the first
-- result. READ COMMITTED is assumed: each statement sees what the lock it waited for has committed.

-- What a column says of an entry: the one element that was given for all, or the entry's own.
CREATE OR REPLACE FUNCTION ledger.of_entry(given anyarray, own anyelement) RETURNS anyelement
LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE cardinality(given) WHEN 1 THEN given[1] ELSE own END
$$;

-- A column with an element for each entry.
CREATE OR REPLACE FUNCTION ledger.of_each(given anyarray, entries integer) RETURNS anyarray
LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE cardinality(given) WHEN 1 THEN array_fill(given[1], ARRAY[entries]) ELSE given END
$$;

-- A sum of whole minor units that stays one; PostgreSQL's own makes a numeric of it at every row of a window.
CREATE OR REPLACE AGGREGATE ledger.total(bigint) (SFUNC = int8pl, STYPE = bigint, INITCOND = '0');

CREATE OR REPLACE FUNCTION ledger.post_entries(
    keys text[], scopes text[], kinds text[], branches bigint[], business_dates date[], value_dates date[],
    occurred timestamptz[], channels text[], memos text[], actors bigint[], reversed uuid[], captured uuid[],
    line_entries integer[], line_accounts bigint[], line_sides text[], line_amounts bigint[]
) RETURNS TABLE (ord bigint, entry_id uuid, reference text, business_date date, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off
-- One entry: planning these statements would take longer than running them, and PostgreSQL left to itself plans them each
-- time, since it takes a short array for cheaper than one of unknown length.
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
    total CONSTANT integer := coalesce(array_length(keys, 1), 0);
    -- One element an entry.
    firsts bigint[];  -- the place of its first line
    bodies text[];  -- its lines as its hash reads them
    ids uuid[];
    hashes bytea[];
    told text[];  -- references
    stored uuid[];
    is_fresh boolean[];  -- false for a key that was used before
    days date[];
    valued date[];
    closed bigint;  -- the first line whose account takes none
    balancing bigint;
    spread boolean;  -- some entry is of several branches or currencies
    added bigint;
    batch CONSTANT text := uuidv7()::text;
    wrong bigint;
    problem record;
    plain record;
BEGIN
    IF total = 0 THEN RETURN; END IF;
    IF total = 1 AND line_entries = array_fill(1, ARRAY[cardinality(line_entries)]) AND business_dates[1] IS NULL
        AND value_dates[1] IS NULL AND reversed[1] IS NULL AND captured[1] IS NULL AND cardinality(line_entries) <= 8
    THEN
        plain := ledger.post_plain(keys[1], scopes[1], kinds[1], branches[1], occurred[1], channels[1], memos[1], actors[1],
                                   line_accounts, line_sides, line_amounts);
        IF plain.id IS NOT NULL THEN
            ord := 1;
            entry_id := plain.id;
            reference := plain.reference;
            business_date := plain.day;
            replayed := false;
            RETURN NEXT;
            RETURN;
        END IF;
    END IF;
    reversed := ledger.of_each(reversed, total);
    captured := ledger.of_each(captured, total);
    -- A plan that was made for one entry would compare each of ten thousand with each: a batch is planned for what it holds.
    IF total > 20 THEN PERFORM set_config('plan_cache_mode', 'force_custom_plan', true); END IF;

    -- 1. Every line names a detail account that moves; every entry balances per currency and per branch.
    SELECT array_agg(head.first ORDER BY head.e), array_agg(head.lines ORDER BY head.e), min(head.closed),
           min(head.e) FILTER (WHERE (head.balances AND head.e BETWEEN 1 AND total) IS NOT true), count(head.e), bool_or(head.spread)
      INTO firsts, bodies, closed, wrong, balancing, spread
      FROM (
            SELECT l.e, min(l.line) AS first, string_agg(l.a || l.s || l.m, ' ' ORDER BY l.line) AS lines,
                   min(l.line) FILTER (WHERE account.id IS NULL) AS closed,
                   sum(CASE l.s WHEN 'D' THEN l.m WHEN 'C' THEN -l.m END) = 0 AND count(*) > 1 AND min(l.m) > 0 AS balances,
                   min(account.branch_id) < max(account.branch_id) OR min(account.currency) < max(account.currency) AS spread
              FROM unnest(line_entries, line_accounts, line_sides, line_amounts) WITH ORDINALITY AS l(e, a, s, m, line)
              LEFT JOIN ledger_account AS account ON account.id = l.a AND account.is_active AND NOT account.is_header
             GROUP BY l.e
           ) AS head;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'account % takes no postings', line_accounts[closed]
            USING ERRCODE = 'LG004', DETAIL = json_build_object('entry', line_entries[closed], 'account', line_accounts[closed]);
    END IF;
    IF wrong IS NULL AND spread THEN
        SELECT min(part.e) FILTER (WHERE NOT part.balances) INTO wrong
          FROM (
                SELECT l.e, sum(CASE l.s WHEN 'D' THEN l.m ELSE -l.m END) = 0 AND count(*) > 1 AS balances
                  FROM unnest(line_entries, line_accounts, line_sides, line_amounts) AS l(e, a, s, m)
                  JOIN ledger_account AS account ON account.id = l.a
                 GROUP BY l.e, account.currency, account.branch_id
               ) AS part;
    END IF;
    IF wrong IS NOT NULL OR balancing <> total THEN
        RAISE EXCEPTION 'entry % does not balance', wrong USING ERRCODE = 'LG005', DETAIL = json_build_object('entry', wrong);
    END IF;

    -- 2. A key stands for one entry for ever. The insert waits for a twin that is still under way.
    -- One UUID of version 7 for all, its last 48 bits counted up (RFC 9562, 6.2, method 2): random bits for each entry would
    -- take longer than its hash.
    SELECT array_agg((left(batch, 24) || lpad(to_hex(('x0' || right(batch, 11))::bit(48)::bigint + head.n), 12, '0'))::uuid),
           array_agg(ledger.contents_hash(
               ledger.of_entry(kinds, head.kind), ledger.of_entry(branches, head.branch), head.origin, head.hold, head.lines,
               ledger.of_entry(memos, head.memo))),
           array_agg(ledger.reference(nextval('ledger_reference_seq')))
      INTO ids, hashes, told
      FROM unnest(kinds, branches, memos, reversed, captured, bodies)
           WITH ORDINALITY AS head(kind, branch, memo, origin, hold, lines, n);
    -- The keys of a batch are nearly always new: tried as if they were, which spares a look beforehand for each of them.
    IF total > 20 THEN
        BEGIN
            INSERT INTO ledger_idempotencykey (scope, key, entry_id, content_hash)
            SELECT ledger.of_entry(scopes, k.scope), k.key, k.id, k.hash
              FROM unnest(scopes, keys, ids, hashes) AS k(scope, key, id, hash)
             ORDER BY ledger.of_entry(scopes, k.scope) COLLATE "C", k.key COLLATE "C";
            added := total;
        EXCEPTION WHEN unique_violation THEN
            added := NULL;
        END;
    END IF;
    IF added IS NULL THEN
        INSERT INTO ledger_idempotencykey (scope, key, entry_id, content_hash)
        SELECT ledger.of_entry(scopes, k.scope), k.key, k.id, k.hash
          FROM unnest(scopes, keys, ids, hashes) AS k(scope, key, id, hash)
         ORDER BY ledger.of_entry(scopes, k.scope) COLLATE "C", k.key COLLATE "C"
            ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS added = ROW_COUNT;
    END IF;
    IF added = total THEN
        stored := ids;
        is_fresh := array_fill(true, ARRAY[total]);
    ELSE
        SELECT array_agg(known.entry_id ORDER BY k.n), array_agg(known.entry_id = k.id ORDER BY k.n),
               min(k.n) FILTER (WHERE known.content_hash <> k.hash)
          INTO stored, is_fresh, wrong
          FROM unnest(scopes, keys, ids, hashes) WITH ORDINALITY AS k(scope, key, id, hash, n)
          JOIN ledger_idempotencykey AS known ON known.scope = ledger.of_entry(scopes, k.scope) AND known.key = k.key;
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'key % was used for another entry', keys[wrong]
                USING ERRCODE = 'LG002', DETAIL = json_build_object('entry', wrong, 'key', keys[wrong]);
        END IF;
    END IF;

    IF added > 0 THEN
        -- 3. The day is open, and stays so until this transaction ends.
        PERFORM pg_advisory_xact_lock_shared(7011, d.b::integer)
           FROM (SELECT DISTINCT t.b FROM unnest(branches) AS t(b) ORDER BY t.b) AS d;
        SELECT array_agg(coalesce(t.d, branch.business_date) ORDER BY t.n),
               array_agg(coalesce(t.v, t.d, branch.business_date) ORDER BY t.n),
               min(t.n) FILTER (WHERE is_fresh[t.n] AND (branch.id IS NULL
                   OR coalesce(t.d, branch.business_date) <= coalesce(period.closed_through, '-infinity')
                   OR (t.d <> branch.business_date
                       AND NOT coalesce(t.d BETWEEN branch.history_from AND branch.business_date, false))))
          INTO days, valued, wrong
          FROM (
                SELECT ledger.of_entry(branches, given.b) AS b, ledger.of_entry(business_dates, given.d) AS d,
                       ledger.of_entry(value_dates, given.v) AS v, given.n
                  FROM unnest(keys, branches, business_dates, value_dates) WITH ORDINALITY AS given(key, b, d, v, n)
               ) AS t
          LEFT JOIN institution_branch AS branch ON branch.id = t.b
          LEFT JOIN ledger_period AS period ON period.branch_id = t.b;
        IF wrong IS NOT NULL THEN
            RAISE EXCEPTION 'the day % is not open', coalesce(days[wrong]::text, '?')
                USING ERRCODE = 'LG003', DETAIL = json_build_object('entry', wrong, 'day', days[wrong]);
        END IF;

        -- 4. What is reversed exists, is no reversal itself, is reversed for the first time, and line by line.
        IF EXISTS (SELECT FROM unnest(reversed) AS r(id) WHERE r.id IS NOT NULL) THEN
            SELECT min(t.n) INTO wrong
              FROM unnest(reversed) WITH ORDINALITY AS t(id, n)
              LEFT JOIN ledger_entry AS origin ON origin.id = t.id AND origin.reverses_id IS NULL
              LEFT JOIN ledger_period AS period ON period.branch_id = origin.branch_id
             WHERE t.id IS NOT NULL AND is_fresh[t.n]
               AND (origin.id IS NULL OR origin.business_date <= period.closed_through
                    OR EXISTS (SELECT FROM ledger_entry AS earlier WHERE earlier.reverses_id = t.id)
                    OR NOT ledger.mirrors(t.id, t.n, line_entries, line_accounts, line_sides, line_amounts));
            IF wrong IS NOT NULL THEN
                RAISE EXCEPTION 'entry % cannot be reversed', reversed[wrong]
                    USING ERRCODE = 'LG007', DETAIL = json_build_object('entry', wrong);
            END IF;
        END IF;

        -- 5. Balances, always in account order: no two callers wait for each other in a ring.
        PERFORM FROM ledger_balance AS balance
          WHERE balance.account_id IN (
                SELECT l.a FROM unnest(line_entries, line_accounts) AS l(e, a) WHERE is_fresh[l.e])
          ORDER BY balance.account_id
            FOR UPDATE;

        -- 6. Holds that the entries use up.
        IF EXISTS (SELECT FROM unnest(captured) AS c(id) WHERE c.id IS NOT NULL) THEN
            PERFORM ledger.capture_holds(is_fresh, ids, captured, ledger.of_each(actors, total), ledger.of_each(occurred, total),
                                         line_entries, line_accounts, line_sides, line_amounts);
        END IF;

        -- 7. The journal: the entries, their lines, and with them each account's gapless seq and running balance.
        -- No line may take an account below its floor or into what is held; lines that add are always welcome.
        WITH head AS (
            SELECT given.id, given.reference, ledger.of_entry(branches, given.branch) AS branch,
                   ledger.of_entry(kinds, given.kind) AS kind, given.day, given.value_date,
                   ledger.of_entry(occurred, given.moment) AS moment, ledger.of_entry(channels, given.channel) AS channel,
                   ledger.of_entry(memos, given.memo) AS memo, ledger.of_entry(actors, given.actor) AS actor,
                   ledger.of_entry(scopes, given.scope) AS scope, given.key, given.origin
              FROM unnest(ids, told, branches, kinds, days, valued, occurred, channels, memos, actors, scopes, keys, reversed, is_fresh)
                   AS given(id, reference, branch, kind, day, value_date, moment, channel, memo, actor, scope, key, origin, fresh)
             WHERE given.fresh
        ), entry AS (
            INSERT INTO ledger_entry (id, branch_id, kind, business_date, value_date, occurred_at, posted_at, reference, channel,
                                      memo, actor_id, key_scope, key, reverses_id)
            SELECT head.id, head.branch, head.kind, head.day, head.value_date, head.moment, clock_timestamp(),
                   head.reference, head.channel, head.memo, head.actor, head.scope, head.key, head.origin
              FROM head
        ), waiting AS (
            INSERT INTO ledger_unsealed (entry_id, branch_id)
            SELECT head.id, head.branch FROM head
        ), line AS (
            SELECT l.e, l.a, l.s, l.m, l.s <> account.normal_side AS takes, balance.held_minor, account.floor_minor,
                   l.line - firsts[l.e] + 1 AS number,
                   balance.last_seq + row_number() OVER history AS seq,
                   balance.balance_minor + ledger.total(CASE l.s WHEN account.normal_side THEN l.m ELSE -l.m END) OVER history
                       AS balance_after,
                   lead(l.line) OVER history IS NULL AS is_last
              FROM unnest(line_entries, line_accounts, line_sides, line_amounts) WITH ORDINALITY AS l(e, a, s, m, line)
              JOIN ledger_account AS account ON account.id = l.a
              LEFT JOIN ledger_balance AS balance ON balance.account_id = l.a AND account.tracked
             WHERE is_fresh[l.e]
            WINDOW history AS (PARTITION BY l.a ORDER BY l.line ROWS UNBOUNDED PRECEDING)
        ), written AS (
            INSERT INTO ledger_posting (entry_id, line, account_id, side, amount_minor, seq, balance_after_minor,
                                        business_date, value_date)
            SELECT ids[line.e], line.number, line.a, line.s, line.m, line.seq, line.balance_after, days[line.e], valued[line.e]
              FROM line
        ), changed AS (
            UPDATE ledger_balance AS balance
               SET balance_minor = line.balance_after, last_seq = line.seq
              FROM line
             WHERE balance.account_id = line.a AND line.is_last
        )
        SELECT line.a AS account_id, line.balance_after - line.held_minor - line.floor_minor + line.m AS available
          INTO problem
          FROM line
         WHERE line.takes AND line.balance_after - line.held_minor < line.floor_minor
         ORDER BY line.a, line.seq
         LIMIT 1;
        IF FOUND THEN
            CALL ledger.refuse_short(problem.account_id, problem.available);
        END IF;
    END IF;

    IF added = total THEN
        RETURN QUERY
        SELECT t.n, t.id, t.reference, t.day, false
          FROM unnest(ids, told, days) WITH ORDINALITY AS t(id, reference, day, n)
         ORDER BY t.n;
        RETURN;
    END IF;
    RETURN QUERY
    SELECT t.n, entry.id, entry.reference::text, entry.business_date, NOT t.fresh
      FROM unnest(stored, is_fresh) WITH ORDINALITY AS t(id, fresh, n)
      JOIN ledger_entry AS entry ON entry.id = t.id
     ORDER BY t.n;
END
$$;

-- Whether the lines given for entry `n` are the origin's with the sides turned.
CREATE OR REPLACE FUNCTION ledger.mirrors(origin uuid, n bigint, line_entries integer[], line_accounts bigint[], line_sides text[], line_amounts bigint[])
RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
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
REVOKE ALL ON FUNCTION ledger.of_entry(anyarray, anyelement), ledger.of_each(anyarray, integer), ledger.total(bigint),
    ledger.mirrors(uuid, bigint, integer[], bigint[], text[], bigint[]) FROM PUBLIC, quayside_app;
