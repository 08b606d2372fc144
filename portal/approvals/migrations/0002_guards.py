"""What was asked for never changes; a decision is about exactly that; neither is ever deleted."""

from django.db import migrations

from portal.audit.operations import append_only, watch

AS_ASKED = """
ALTER TABLE approvals_decision ADD CONSTRAINT approvals_decision_of_what_was_asked
    FOREIGN KEY (request_id, asked_by_id, payload_hash)
    REFERENCES approvals_request (id, asked_by_id, payload_hash);

CREATE FUNCTION approvals_request_keep() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a request for approval is never deleted' USING ERRCODE = '42501';
    END IF;
    IF (to_jsonb(NEW) - 'state' - 'result') IS DISTINCT FROM (to_jsonb(OLD) - 'state' - 'result') THEN
        RAISE EXCEPTION 'what was asked for does not change' USING ERRCODE = '42501';
    END IF;
    IF OLD.state <> 'waiting' THEN
        RAISE EXCEPTION 'a request that is over does not change' USING ERRCODE = '42501';
    END IF;
    IF NEW.state = 'carried_out' AND NOT EXISTS (
        SELECT FROM approvals_decision
         WHERE request_id = NEW.id AND is_final AND outcome = 'approved'
    ) THEN
        RAISE EXCEPTION 'nothing is carried out without a decision' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER approvals_request_keep BEFORE UPDATE OR DELETE ON approvals_request
    FOR EACH ROW EXECUTE FUNCTION approvals_request_keep();
"""

NOT_AS_ASKED = """
DROP TRIGGER approvals_request_keep ON approvals_request;
DROP FUNCTION approvals_request_keep();
ALTER TABLE approvals_decision DROP CONSTRAINT approvals_decision_of_what_was_asked;
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial"), ("audit", "0002_trail")]
    operations = [
        migrations.RunSQL(AS_ASKED, NOT_AS_ASKED),
        watch("approvals_request"),
        append_only("approvals_decision"),
    ]
