-- PostgreSQL looks for a table among the caller's temporary ones first unless pg_temp is named last. A function that runs
-- with its owner's rights would believe a temporary ledger_account with floors of the caller's own making.
DO $$
DECLARE
    door regprocedure;
BEGIN
    FOR door IN
        SELECT p.oid FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
         WHERE n.nspname IN ('ledger', 'audit') AND p.prosecdef
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, public, pg_temp', door);
    END LOOP;
END
$$;

-- Closed books are not opened again, whoever asks.
CREATE FUNCTION ledger.refuse_reopening() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF NEW.branch_id <> OLD.branch_id OR NEW.closed_through < OLD.closed_through THEN
        RAISE EXCEPTION 'the books stay closed through %', OLD.closed_through USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ledger_period_stays_closed BEFORE UPDATE ON ledger_period
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_reopening();
REVOKE ALL ON FUNCTION ledger.refuse_reopening() FROM PUBLIC, quayside_app;
