-- The plain case of ledger.post_entries, which nearly every request is: one entry of a few lines in one branch and one
-- currency, on the open day, under a new key, that neither reverses nor uses up a hold. The same checks, locks and rows,
-- line by line instead of set by set: for two lines that takes half the time.
--
-- Answers NULL, with nothing written, where the entry is not plain, its key is known or something is wrong with it:
-- post_entries then does what there is to do, or says what is wrong. Only too low a balance is found out here.

-- What a key stands for: the same key with another hash is another entry.
CREATE FUNCTION ledger.contents_hash(kind text, branch bigint, origin uuid, hold uuid, lines text, memo text) RETURNS bytea
LANGUAGE sql STABLE
AS $$
    SELECT sha256(convert_to(concat(kind, '|', branch, '|', origin, '|', hold, '|', lines, '|', memo), 'UTF8'))
$$;

-- Twelve digits: ten that count up and two that check them (ISO 7064, mod 97-10).
CREATE FUNCTION ledger.reference(number bigint) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
    SELECT number::text || lpad((98 - (number * 100) % 97)::text, 2, '0')
$$;

CREATE PROCEDURE ledger.refuse_short(account bigint, available bigint)
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'account % does not cover it', account
        USING ERRCODE = 'LG001', DETAIL = json_build_object('account', account, 'available', greatest(available, 0));
END
$$;

CREATE FUNCTION ledger.post_plain(
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
    IF total = 2 AND accounts[1] < accounts[2] THEN
        in_order := ARRAY[1, 2];
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
    INSERT INTO ledger_posting (entry_id, line, account_id, side, amount_minor, seq, balance_after_minor,
                                business_date, value_date)
    SELECT id, l.n, l.a, l.s, l.m, l.seq, l.after, day, day
      FROM unnest(accounts, sides, amounts, seqs, afters) WITH ORDINALITY AS l(a, s, m, seq, after, n);
END
$$;

REVOKE ALL ON FUNCTION ledger.contents_hash(text, bigint, uuid, uuid, text, text), ledger.reference(bigint),
    ledger.post_plain(text, text, text, bigint, timestamptz, text, text, bigint, bigint[], text[], bigint[])
    FROM PUBLIC, quayside_app;
REVOKE ALL ON PROCEDURE ledger.refuse_short(bigint, bigint) FROM PUBLIC, quayside_app;
