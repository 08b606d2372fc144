-- Closed books open again only as two people said in a row of the same moment.
CREATE OR REPLACE FUNCTION ledger.refuse_reopening() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF NEW.branch_id <> OLD.branch_id OR NEW.closed_through < OLD.closed_through AND NOT EXISTS (
        SELECT FROM ledger_periodreopening AS reopening
         WHERE reopening.branch_id = OLD.branch_id AND reopening.was_closed_through = OLD.closed_through
           AND reopening.through = NEW.closed_through AND reopening.at = NEW.closed_at
           -- Later than the closing it undoes: an old row opens nothing twice.
           AND reopening.at > OLD.closed_at
    ) THEN
        RAISE EXCEPTION 'the books stay closed through %', OLD.closed_through USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
