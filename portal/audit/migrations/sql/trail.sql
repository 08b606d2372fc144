-- The trail: one generic trigger records what changed, one guard keeps tables append-only.

CREATE SCHEMA IF NOT EXISTS audit;
GRANT USAGE ON SCHEMA audit TO quayside_app, quayside_auditor, quayside_checker;

-- Who acts, as the application said in this transaction (portal/audit/context.py).
CREATE FUNCTION audit.acting(part text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog
AS $$
    SELECT nullif(current_setting('audit.context', true), '')::jsonb ->> part
$$;

CREATE FUNCTION audit.record_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
DECLARE
    old_row jsonb;
    new_row jsonb;
    whole jsonb;
    secret text;
BEGIN
    IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW); END IF;
    whole := coalesce(new_row, old_row);
    IF TG_OP = 'UPDATE' THEN
        SELECT jsonb_object_agg(o.key, o.value), jsonb_object_agg(o.key, new_row -> o.key)
          INTO old_row, new_row
          FROM jsonb_each(old_row) AS o
         WHERE new_row -> o.key IS DISTINCT FROM o.value;
        IF old_row IS NULL THEN RETURN NULL; END IF;
    END IF;
    FOREACH secret IN ARRAY coalesce(TG_ARGV, '{}') LOOP
        IF old_row ? secret THEN old_row := jsonb_set(old_row, ARRAY[secret], '"(hidden)"'); END IF;
        IF new_row ? secret THEN new_row := jsonb_set(new_row, ARRAY[secret], '"(hidden)"'); END IF;
    END LOOP;
    INSERT INTO audit_change (at, table_name, row_id, action, before, after, actor_id, request_id, address, database_role)
    VALUES (clock_timestamp(), TG_TABLE_NAME, coalesce(whole ->> 'id', whole ->> 'account_id', ''), TG_OP, old_row, new_row,
            audit.acting('actor')::bigint, coalesce(audit.acting('request'), ''), coalesce(audit.acting('address'), ''),
            session_user);
    RETURN NULL;
END
$$;

CREATE FUNCTION audit.watch(target regclass, redact text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER audit_watch AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION audit.record_change(%s)',
        target, (SELECT coalesce(string_agg(quote_literal(r), ', '), '') FROM unnest(redact) AS r));
END
$$;

CREATE FUNCTION audit.refuse_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE FUNCTION audit.append_only(target regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, public
AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()',
        target);
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM PUBLIC, quayside_app', target);
END
$$;

REVOKE ALL ON FUNCTION audit.watch(regclass, text[]), audit.append_only(regclass), audit.record_change(),
    audit.refuse_change() FROM PUBLIC, quayside_app;
GRANT EXECUTE ON FUNCTION audit.acting(text) TO PUBLIC;

SELECT audit.append_only('audit_change');
SELECT audit.append_only('audit_event');
-- Changes are written by the trigger's owner alone; an application that could add lines could add false ones.
REVOKE INSERT ON audit_change FROM quayside_app;
