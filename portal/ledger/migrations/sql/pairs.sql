-- The door for one entry again. Nearly every entry debits one account and credits another: such a pair balances by its
-- shape, so that both accounts, the branch and its day are looked at in one statement, and no array is walked through.
-- The same checks, locks and rows as ever. Whatever is not such a pair, or is wrong, goes on to post_plain and
-- post_entries as before: they do what there is to do, or say what is wrong. Only too low a balance is found out here.
CREATE OR REPLACE FUNCTION ledger.post_one(
    key text, scope text, kind text, branch bigint, occurred timestamptz, channel text, memo text, actor bigint,
    accounts bigint[], sides text[], amounts bigint[],
    OUT entry_id uuid, OUT reference text, OUT business_date date, OUT replayed boolean
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_variable
DECLARE
    debited CONSTANT bigint := accounts[1];
    credited CONSTANT bigint := accounts[2];
    amount CONSTANT bigint := amounts[1];
    is_pair CONSTANT boolean := cardinality(accounts) = 2 AND sides = '{D,C}' AND amount = amounts[2] AND amount > 0
        AND debited <> credited;
    locked text;
    plain record;
    -- Of the account debited and the one credited: what the entry does to it in its normal side, NULL where no balance is
    -- kept; how low it may go; and its balance, what is held of it and its last line afterwards.
    d_change bigint;
    d_floor bigint;
    d_after bigint;
    d_held bigint;
    d_seq bigint;
    c_change bigint;
    c_floor bigint;
    c_after bigint;
    c_held bigint;
    c_seq bigint;
BEGIN
    IF is_pair THEN
        -- Assigned, not performed: then it takes no statement of its own.
        locked := pg_advisory_xact_lock_shared(7011, branch::integer);
        SELECT b.business_date,
               CASE WHEN d.tracked THEN CASE d.normal_side WHEN 'D' THEN amount ELSE -amount END END, d.floor_minor,
               CASE WHEN c.tracked THEN CASE c.normal_side WHEN 'C' THEN amount ELSE -amount END END, c.floor_minor
          INTO business_date, d_change, d_floor, c_change, c_floor
          FROM institution_branch AS b, ledger_account AS d, ledger_account AS c
         WHERE b.id = branch AND d.id = debited AND c.id = credited
           AND d.is_active AND c.is_active AND NOT d.is_header AND NOT c.is_header
           -- A difference, not an equation: of a young journal PostgreSQL believes that a branch has few accounts, and
           -- would look through all of them for the one credited, for as long as the connection lives.
           AND d.branch_id - c.branch_id = 0 AND d.currency = c.currency
           AND NOT EXISTS (SELECT FROM ledger_period AS p WHERE p.branch_id = b.id AND p.closed_through >= b.business_date);
        IF FOUND THEN
            entry_id := uuidv7();
            INSERT INTO ledger_idempotencykey (scope, key, entry_id, content_hash)
            VALUES (scope, key, entry_id, ledger.contents_hash(kind, branch, NULL, NULL,
                        concat(debited, 'D', amount, ' ', credited, 'C', amount), memo))
                ON CONFLICT DO NOTHING;
            IF NOT FOUND THEN
                entry_id := NULL;
            END IF;
        END IF;
    ELSIF cardinality(accounts) <= 8 THEN
        plain := ledger.post_plain(key, scope, kind, branch, occurred, channel, memo, actor, accounts, sides, amounts);
        IF plain.id IS NOT NULL THEN
            entry_id := plain.id;
            reference := plain.reference;
            business_date := plain.day;
            replayed := false;
            RETURN;
        END IF;
    END IF;
    IF entry_id IS NULL THEN
        SELECT p.entry_id, p.reference, p.business_date, p.replayed INTO entry_id, reference, business_date, replayed
          FROM ledger.post_entries(
                   ARRAY[key], ARRAY[scope], ARRAY[kind], ARRAY[branch], ARRAY[NULL::date], ARRAY[NULL::date], ARRAY[occurred],
                   ARRAY[channel], ARRAY[memo], ARRAY[actor], ARRAY[NULL::uuid], ARRAY[NULL::uuid],
                   array_fill(1, ARRAY[cardinality(accounts)]), accounts, sides, amounts) AS p;
        RETURN;
    END IF;

    -- The lower account first: each update locks its row for the rest of the transaction.
    FOR turn IN 1..2 LOOP
        IF (turn = 1) = (debited < credited) THEN
            CONTINUE WHEN d_change IS NULL;
            UPDATE ledger_balance AS b SET balance_minor = b.balance_minor + d_change, last_seq = b.last_seq + 1
             WHERE b.account_id = debited
            RETURNING b.balance_minor, b.held_minor, b.last_seq INTO STRICT d_after, d_held, d_seq;
            IF d_change < 0 AND d_after - d_held < d_floor THEN
                CALL ledger.refuse_short(debited, d_after - d_held - d_floor - d_change);
            END IF;
        ELSE
            CONTINUE WHEN c_change IS NULL;
            UPDATE ledger_balance AS b SET balance_minor = b.balance_minor + c_change, last_seq = b.last_seq + 1
             WHERE b.account_id = credited
            RETURNING b.balance_minor, b.held_minor, b.last_seq INTO STRICT c_after, c_held, c_seq;
            IF c_change < 0 AND c_after - c_held < c_floor THEN
                CALL ledger.refuse_short(credited, c_after - c_held - c_floor - c_change);
            END IF;
        END IF;
    END LOOP;

    replayed := false;
    reference := ledger.reference(nextval('ledger_reference_seq'));
    INSERT INTO ledger_entry (id, branch_id, kind, business_date, value_date, occurred_at, posted_at, reference, channel,
                              memo, actor_id, key_scope, key, reverses_id)
    VALUES (entry_id, branch, kind, business_date, business_date, occurred, clock_timestamp(), reference, channel,
            memo, actor, scope, key, NULL);
    INSERT INTO ledger_unsealed (entry_id, branch_id) VALUES (entry_id, branch);
    INSERT INTO ledger_posting (entry_id, line, account_id, side, amount_minor, seq, balance_after_minor,
                                business_date, value_date)
    VALUES (entry_id, 1, debited, 'D', amount, d_seq, d_after, business_date, business_date),
           (entry_id, 2, credited, 'C', amount, c_seq, c_after, business_date, business_date);
END
$$;

