-- Second locks of the journal: what the application may not do, and what may not be true whoever does it.

CREATE SCHEMA IF NOT EXISTS ledger;
GRANT USAGE ON SCHEMA ledger TO quayside_app, quayside_auditor, quayside_checker;

CREATE SEQUENCE ledger_reference_seq AS bigint START 1000000001;
REVOKE ALL ON SEQUENCE ledger_reference_seq FROM quayside_app;

-- The application reads the journal. It writes it through the functions alone.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON
    ledger_balance, ledger_entry, ledger_posting, ledger_idempotencykey, ledger_hold, ledger_holdchange,
    ledger_snapshot, ledger_unsealed, ledger_seal
FROM quayside_app;
-- Of an account it may change the name, the place in the tree, and whether it moves; never what it is.
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_account FROM quayside_app;
GRANT UPDATE (name, parent_id, allows_manual, is_active) ON ledger_account TO quayside_app;
REVOKE DELETE, TRUNCATE ON ledger_period FROM quayside_app;

SELECT audit.append_only('ledger_entry');
SELECT audit.append_only('ledger_posting');
SELECT audit.append_only('ledger_idempotencykey');
SELECT audit.append_only('ledger_holdchange');
SELECT audit.append_only('ledger_seal');

ALTER TABLE ledger_balance SET (fillfactor = 80);

-- What the journal points to stays for ever. A line has no foreign keys to its entry and its account, nor an entry one to
-- its branch: PostgreSQL checks those row by row at the commit, which took as long as all the rest of posting ten thousand
-- entries. Instead ledger.prove_entries looks up every line's entry and account, ledger.post_entries every entry's branch,
-- and nobody can take away what they found.
CREATE TRIGGER ledger_account_stays BEFORE DELETE OR TRUNCATE ON ledger_account
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER institution_branch_stays BEFORE DELETE OR TRUNCATE ON institution_branch
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

-- A tracked account has its balance row from the first moment.
CREATE FUNCTION ledger.give_balances() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
BEGIN
    INSERT INTO ledger_balance (account_id, balance_minor, held_minor, last_seq)
    SELECT id, 0, 0, 0 FROM added WHERE tracked;
    RETURN NULL;
END
$$;
CREATE TRIGGER ledger_account_balance AFTER INSERT ON ledger_account
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger.give_balances();

-- The net under the posting function: what one statement adds to an entry balances per currency and per branch, in two
-- lines at least, and entry and accounts exist. Lines never change, so an entry to which only balanced lines were ever
-- added balances.
-- Each line's account and entry is looked up by its id, whatever the planner believed when it first saw a small journal:
-- hence OFFSET 0, the subquery in place of NOT EXISTS, and no sequential scans.
CREATE FUNCTION ledger.prove_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
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
CREATE TRIGGER ledger_posting_balances AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger.prove_entries();

REVOKE ALL ON FUNCTION ledger.give_balances(), ledger.prove_entries() FROM PUBLIC, quayside_app;
