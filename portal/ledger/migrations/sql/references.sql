-- Twelve digits: ten that count up and two that check them (ISO 7064, mod 97-10): the multiple of 97 at or below the number
-- with two zeros behind it, and 98. The number stands here once, so that PostgreSQL writes this sum into its callers instead
-- of calling it.
CREATE OR REPLACE FUNCTION ledger.reference(number bigint) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
    SELECT (number * 100 / 97 * 97 + 98)::text
$$;
