-- An entry's actor and the entry it reverses have no foreign keys, as its branch has none (guards.sql): PostgreSQL checked
-- both for each entry at the commit, and locked the actor's row each time, which is written for it. Instead
-- ledger.prove_entries looks up the actor, ledger.post_entries what is reversed, and nobody can take away what they found.
CREATE TRIGGER people_user_stays BEFORE DELETE OR TRUNCATE ON people_user
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

-- Nearly no entry reverses another: an index of those that do is all that proves "once at most".
ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_reverses_id_key;
CREATE UNIQUE INDEX ledger_entry_reversed_once ON ledger_entry (reverses_id) WHERE reverses_id IS NOT NULL;
