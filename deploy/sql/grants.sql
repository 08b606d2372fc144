-- Who may do what in one Quayside database. Run inside it by a superuser, before the first migration. Safe to run again.
-- The journal's and the audit trail's own migrations take back what the application may not do there.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO quayside_app, quayside_auditor, quayside_checker', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO quayside_app', current_database());
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;

ALTER DEFAULT PRIVILEGES FOR ROLE quayside_owner
    GRANT USAGE ON SCHEMAS TO quayside_app, quayside_auditor, quayside_checker;
ALTER DEFAULT PRIVILEGES FOR ROLE quayside_owner
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO quayside_app;
ALTER DEFAULT PRIVILEGES FOR ROLE quayside_owner
    GRANT USAGE, SELECT ON SEQUENCES TO quayside_app;
ALTER DEFAULT PRIVILEGES FOR ROLE quayside_owner
    GRANT SELECT ON TABLES TO quayside_auditor, quayside_checker;
-- PostgreSQL lets everyone execute a new function; a SECURITY DEFINER function would then be open to the readers too.
ALTER DEFAULT PRIVILEGES FOR ROLE quayside_owner
    REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE quayside_owner
    GRANT EXECUTE ON FUNCTIONS TO quayside_app;
