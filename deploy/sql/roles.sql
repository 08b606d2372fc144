-- The four roles of a Quayside database server. Safe to run again. Passwords are set apart.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['quayside_owner', 'quayside_app', 'quayside_auditor', 'quayside_checker'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I', wanted);
        END IF;
        EXECUTE format(
            'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', wanted);
    END LOOP;
END
$$;

-- A web process that hangs inside a transaction must not hold its row locks for ever.
ALTER ROLE quayside_app SET idle_in_transaction_session_timeout = '5min';
-- Readers cannot write even where a grant slipped.
ALTER ROLE quayside_auditor SET default_transaction_read_only = on;
ALTER ROLE quayside_checker SET default_transaction_read_only = on;
