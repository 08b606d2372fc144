-- What only loading old books needs is for the owner's role, as which the loading commands run: forgetting snapshots, letting
-- old days take entries, and floors that rest. The web's role can do none of it.
REVOKE EXECUTE ON FUNCTION ledger.forget_snapshots(bigint, date), ledger.set_floor(bigint, bigint) FROM quayside_app;

-- A column right would have to name every other column of the branch, and each new one again.
CREATE FUNCTION ledger.guard_history() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF NEW.history_from IS DISTINCT FROM (CASE TG_OP WHEN 'UPDATE' THEN OLD.history_from END)
        AND NOT pg_has_role(current_user, 'quayside_owner', 'USAGE')
    THEN
        RAISE EXCEPTION 'old days take entries only while the owner loads old books' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER institution_branch_history BEFORE INSERT OR UPDATE ON institution_branch
    FOR EACH ROW EXECUTE FUNCTION ledger.guard_history();
REVOKE ALL ON FUNCTION ledger.guard_history() FROM PUBLIC, quayside_app;

-- How low a member's account may go, by somebody and for a reason, both kept. Cash and the institution's own accounts keep
-- the floor they were made with. Raising a floor above the present balance is allowed: nothing leaves until it is met.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON ledger_floorchange FROM quayside_app;
SELECT audit.append_only('ledger_floorchange');

CREATE FUNCTION ledger.change_floor(target bigint, floor bigint, why text, actor bigint, moment timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    before bigint;
BEGIN
    PERFORM FROM ledger_balance WHERE account_id = target FOR UPDATE;
    SELECT a.floor_minor INTO before
      FROM ledger_account AS a WHERE a.id = target AND a.tracked AND a.is_active AND a.kind = 'liability';
    IF NOT FOUND OR floor IS NULL THEN
        RAISE EXCEPTION 'the floor of account % does not change', target
            USING ERRCODE = 'LG004', DETAIL = json_build_object('account', target);
    END IF;
    INSERT INTO ledger_floorchange (account_id, before_minor, after_minor, why, by_id, at)
    VALUES (target, before, floor, why, actor, moment);
    UPDATE ledger_account SET floor_minor = floor WHERE id = target;
END
$$;
REVOKE ALL ON FUNCTION ledger.change_floor(bigint, bigint, text, bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.change_floor(bigint, bigint, text, bigint, timestamptz) TO quayside_app;
