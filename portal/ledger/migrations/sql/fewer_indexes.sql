-- Django keeps a second index of a unique text for searches by its beginning. Nobody searches a reference so, and every
-- entry had to be written into it.
DROP INDEX IF EXISTS ledger_entry_reference_c09d11b2_like;
