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

-- The net under the posting function: each entry touched balances per currency and per branch and has two lines.
CREATE FUNCTION ledger.prove_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
DECLARE
    broken uuid;
BEGIN
    SELECT p.entry_id INTO broken
      FROM ledger_posting AS p
      JOIN ledger_account AS a ON a.id = p.account_id
     WHERE p.entry_id IN (SELECT entry_id FROM added)
     GROUP BY p.entry_id, a.currency, a.branch_id
    HAVING sum(CASE p.side WHEN 'D' THEN p.amount_minor ELSE -p.amount_minor END) <> 0 OR count(*) < 2
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not balance', broken USING ERRCODE = 'LG005';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER ledger_posting_balances AFTER INSERT ON ledger_posting
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger.prove_entries();

REVOKE ALL ON FUNCTION ledger.give_balances(), ledger.prove_entries() FROM PUBLIC, quayside_app;
