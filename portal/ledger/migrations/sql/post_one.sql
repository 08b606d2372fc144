-- The door for one entry, which nearly every request posts: its values as they are instead of arrays of one. It tries the
-- plain way and leaves everything else, and everything that is wrong, to post_entries: one rule, said once.

-- The plain way again, quicker: two lines need no sorting and no set, and both balances are written before anything else.
CREATE OR REPLACE FUNCTION ledger.post_plain(
    key text, scope text, kind text, branch bigint, occurred timestamptz, channel text, memo text, actor bigint,
    accounts bigint[], sides text[], amounts bigint[], OUT id uuid, OUT reference text, OUT day date
)
LANGUAGE plpgsql
AS $$
DECLARE
    total CONSTANT integer := cardinality(accounts);
    in_order integer[];
    known record;
    own_branch bigint;
    own_currency text;
    told text;
    net bigint := 0;
    changes bigint[];  -- what each line does to its account, in the account's normal side
    floors bigint[];
    seqs bigint[] := array_fill(NULL::bigint, ARRAY[total]);
    afters bigint[] := seqs;
    i integer;
BEGIN
    FOR i IN 1..total LOOP
        SELECT a.currency, a.branch_id, a.normal_side, a.tracked, a.floor_minor INTO known
          FROM ledger_account AS a WHERE a.id = accounts[i] AND a.is_active AND NOT a.is_header;
        own_branch := coalesce(own_branch, known.branch_id);
        own_currency := coalesce(own_currency, known.currency);
        IF (known.branch_id = own_branch AND known.currency = own_currency AND amounts[i] > 0 AND sides[i] IN ('D', 'C')) IS NOT true
        THEN RETURN; END IF;
        net := net + CASE sides[i] WHEN 'D' THEN amounts[i] ELSE -amounts[i] END;
        changes[i] := CASE WHEN NOT known.tracked THEN NULL WHEN sides[i] = known.normal_side THEN amounts[i] ELSE -amounts[i] END;
        floors[i] := known.floor_minor;
        told := concat_ws(' ', told, accounts[i] || sides[i] || amounts[i]);
    END LOOP;
    IF net <> 0 OR total < 2 THEN RETURN; END IF;

    PERFORM pg_advisory_xact_lock_shared(7011, branch::integer);
    SELECT b.business_date, p.closed_through INTO known
      FROM institution_branch AS b LEFT JOIN ledger_period AS p ON p.branch_id = b.id WHERE b.id = branch;
    IF NOT FOUND OR known.business_date <= known.closed_through THEN RETURN; END IF;
    day := known.business_date;

    id := uuidv7();
    INSERT INTO ledger_idempotencykey (scope, key, entry_id, content_hash)
    VALUES (scope, key, id, ledger.contents_hash(kind, branch, NULL, NULL, told, memo)) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        id := NULL;
        RETURN;
    END IF;

    -- Balances by account, then by line: each update locks its row for the rest of the transaction.
    IF total = 2 THEN
        in_order := CASE WHEN accounts[2] < accounts[1] THEN ARRAY[2, 1] ELSE ARRAY[1, 2] END;
    ELSE
        SELECT array_agg(n ORDER BY accounts[n], n) INTO in_order FROM generate_series(1, total) AS n;
    END IF;
    FOREACH i IN ARRAY in_order LOOP
        CONTINUE WHEN changes[i] IS NULL;
        UPDATE ledger_balance AS b SET balance_minor = b.balance_minor + changes[i], last_seq = b.last_seq + 1
         WHERE b.account_id = accounts[i]
        RETURNING b.balance_minor, b.held_minor, b.last_seq INTO STRICT known;
        seqs[i] := known.last_seq;
        afters[i] := known.balance_minor;
        IF changes[i] < 0 AND known.balance_minor - known.held_minor < floors[i] THEN
            CALL ledger.refuse_short(accounts[i], known.balance_minor - known.held_minor - floors[i] - changes[i]);
        END IF;
    END LOOP;

    reference := ledger.reference(nextval('ledger_reference_seq'));
    INSERT INTO ledger_entry (id, branch_id, kind, business_date, value_date, occurred_at, posted_at, reference, channel,
                              memo, actor_id, key_scope, key, reverses_id)
    VALUES (id, branch, kind, day, day, occurred, clock_timestamp(), reference, channel, memo, actor, scope, key, NULL);
    INSERT INTO ledger_unsealed (entry_id, branch_id) VALUES (id, branch);
    IF total = 2 THEN
        INSERT INTO ledger_posting (entry_id, line, account_id, side, amount_minor, seq, balance_after_minor,
                                    business_date, value_date)
        VALUES (id, 1, accounts[1], sides[1], amounts[1], seqs[1], afters[1], day, day),
               (id, 2, accounts[2], sides[2], amounts[2], seqs[2], afters[2], day, day);
    ELSE
        INSERT INTO ledger_posting (entry_id, line, account_id, side, amount_minor, seq, balance_after_minor,
                                    business_date, value_date)
        SELECT id, l.n, l.a, l.s, l.m, l.seq, l.after, day, day
          FROM unnest(accounts, sides, amounts, seqs, afters) WITH ORDINALITY AS l(a, s, m, seq, after, n);
    END IF;
END
$$;

CREATE FUNCTION ledger.post_one(
    key text, scope text, kind text, branch bigint, occurred timestamptz, channel text, memo text, actor bigint,
    accounts bigint[], sides text[], amounts bigint[],
    OUT entry_id uuid, OUT reference text, OUT business_date date, OUT replayed boolean
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    plain record;
BEGIN
    IF cardinality(accounts) <= 8 THEN
        plain := ledger.post_plain(key, scope, kind, branch, occurred, channel, memo, actor, accounts, sides, amounts);
        entry_id := plain.id;
        reference := plain.reference;
        business_date := plain.day;
        replayed := false;
    END IF;
    IF entry_id IS NULL THEN
        SELECT p.entry_id, p.reference, p.business_date, p.replayed INTO entry_id, reference, business_date, replayed
          FROM ledger.post_entries(
                   ARRAY[key], ARRAY[scope], ARRAY[kind], ARRAY[branch], ARRAY[NULL::date], ARRAY[NULL::date], ARRAY[occurred],
                   ARRAY[channel], ARRAY[memo], ARRAY[actor], ARRAY[NULL::uuid], ARRAY[NULL::uuid],
                   array_fill(1, ARRAY[cardinality(accounts)]), accounts, sides, amounts) AS p;
    END IF;
END
$$;

REVOKE ALL ON FUNCTION ledger.post_one(text, text, text, bigint, timestamptz, text, text, bigint, bigint[], text[], bigint[])
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.post_one(text, text, text, bigint, timestamptz, text, text, bigint, bigint[], text[], bigint[])
    TO quayside_app;
