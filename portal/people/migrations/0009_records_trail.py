"""Who decided what about a customer is never edited; a customer is verified only by a decision that says so."""

from django.db import migrations

from portal.audit.operations import append_only, watch

GUARDS = """
ALTER TABLE people_kycdecision ADD CONSTRAINT people_kycdecision_of_its_submission
    FOREIGN KEY (submission_id, submitted_by_id) REFERENCES people_kycsubmission (id, submitted_by_id);

CREATE FUNCTION people_customer_verified() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM people_kycdecision d JOIN people_kycsubmission s ON s.id = d.submission_id
         WHERE s.customer_id = NEW.id AND d.outcome = 'verified'
           AND s.id = (SELECT max(id) FROM people_kycsubmission WHERE customer_id = NEW.id)
    ) THEN
        RAISE EXCEPTION 'nobody is verified without a decision' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER people_customer_verified BEFORE UPDATE OF state ON people_customer
    FOR EACH ROW WHEN (NEW.state = 'verified' AND OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION people_customer_verified();

CREATE FUNCTION people_detailschange_keep() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a change of details is never deleted' USING ERRCODE = '42501';
    END IF;
    IF (to_jsonb(NEW) - 'changes') IS DISTINCT FROM (to_jsonb(OLD) - 'changes') OR NEW.changes <> '{}'::jsonb THEN
        RAISE EXCEPTION 'a change of details is never edited, only emptied' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER people_detailschange_keep BEFORE UPDATE OR DELETE ON people_detailschange
    FOR EACH ROW EXECUTE FUNCTION people_detailschange_keep();
"""

NO_GUARDS = """
DROP TRIGGER people_detailschange_keep ON people_detailschange;
DROP FUNCTION people_detailschange_keep();
DROP TRIGGER people_customer_verified ON people_customer;
DROP FUNCTION people_customer_verified();
ALTER TABLE people_kycdecision DROP CONSTRAINT people_kycdecision_of_its_submission;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0008_identity_kinds"), ("audit", "0002_trail")]
    operations = [
        migrations.RunSQL(GUARDS, NO_GUARDS),
        watch("people_address"),
        watch("people_nextofkin"),
        watch("people_identitykind"),
        watch("people_identitydocument", redact=("number_encrypted", "number_hash")),
        watch("people_detailschange", redact=("changes",)),
        watch("people_mandate"),
        watch("people_retentionrule"),
        append_only("people_kycsubmission"),
        append_only("people_kycdecision"),
        append_only("people_riskprofile"),
        append_only("people_branchtransfer"),
        append_only("people_customerclosure"),
        append_only("people_anonymisation"),
    ]
