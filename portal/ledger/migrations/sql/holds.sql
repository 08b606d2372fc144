-- Holds: amounts promised but not yet moved. They are changed here alone, under the account's balance lock.

CREATE FUNCTION ledger.place_hold(target bigint, amount bigint, why text, until timestamptz, actor bigint, moment timestamptz)
RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
DECLARE
    available bigint;
    placed uuid := uuidv7();
BEGIN
    SELECT balance.balance_minor - balance.held_minor - coalesce(account.floor_minor, 0) INTO available
      FROM ledger_balance AS balance JOIN ledger_account AS account ON account.id = balance.account_id
     WHERE balance.account_id = target AND account.is_active
       FOR UPDATE OF balance;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'account % takes no holds', target
            USING ERRCODE = 'LG004', DETAIL = json_build_object('account', target);
    END IF;
    IF amount > available THEN
        RAISE EXCEPTION 'account % does not cover the hold', target
            USING ERRCODE = 'LG001', DETAIL = json_build_object('account', target, 'available', greatest(available, 0));
    END IF;
    INSERT INTO ledger_hold (id, account_id, amount_minor, remaining_minor, reason, placed_at, placed_by_id, expires_at)
    VALUES (placed, target, amount, amount, why, moment, actor, until);
    UPDATE ledger_balance SET held_minor = held_minor + amount WHERE account_id = target;
    RETURN placed;
END
$$;

-- Gives back what is left of a hold; returns that amount, 0 when nothing was left.
CREATE FUNCTION ledger.release_hold(target uuid, how text, actor bigint, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
DECLARE
    held record;
BEGIN
    IF how NOT IN ('released', 'expired') THEN RAISE EXCEPTION 'unknown outcome %', how; END IF;
    PERFORM FROM ledger_balance WHERE account_id = (SELECT account_id FROM ledger_hold WHERE id = target) FOR UPDATE;
    SELECT account_id, remaining_minor INTO held FROM ledger_hold WHERE id = target FOR UPDATE;
    IF NOT FOUND OR held.remaining_minor = 0 THEN RETURN 0; END IF;
    UPDATE ledger_hold SET remaining_minor = 0 WHERE id = target;
    UPDATE ledger_balance SET held_minor = held_minor - held.remaining_minor WHERE account_id = held.account_id;
    INSERT INTO ledger_holdchange (hold_id, outcome, amount_minor, at, by_id)
    VALUES (target, how, held.remaining_minor, moment, actor);
    RETURN held.remaining_minor;
END
$$;

-- Releases what has expired, a bounded number at a time; returns how many.
CREATE FUNCTION ledger.expire_holds(moment timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
DECLARE
    expired uuid;
    number integer := 0;
BEGIN
    FOR expired IN
        SELECT id FROM ledger_hold WHERE remaining_minor > 0 AND expires_at <= moment ORDER BY account_id, id LIMIT most
    LOOP
        PERFORM ledger.release_hold(expired, 'expired', NULL, moment);
        number := number + 1;
    END LOOP;
    RETURN number;
END
$$;

-- Called by post_entries only, after it has locked the balances: an entry uses up its hold by what it takes from the account.
CREATE FUNCTION ledger.capture_holds(
    is_fresh boolean[], ids uuid[], captured uuid[], actors bigint[], occurred timestamptz[],
    line_entries integer[], line_accounts bigint[], line_sides text[], line_amounts bigint[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
DECLARE
    item record;
BEGIN
    FOR item IN
        SELECT f.n, hold.id, hold.account_id, hold.remaining_minor,
               (SELECT sum(l.m) FROM unnest(line_entries, line_accounts, line_sides, line_amounts) AS l(e, a, s, m)
                 WHERE l.e = f.n AND l.a = hold.account_id AND l.s <> account.normal_side) AS taken
          FROM unnest(captured, is_fresh) WITH ORDINALITY AS f(hold_id, fresh, n)
          JOIN ledger_hold AS hold ON hold.id = f.hold_id AND f.fresh
          JOIN ledger_account AS account ON account.id = hold.account_id
         ORDER BY hold.id
           FOR UPDATE OF hold
    LOOP
        IF item.taken IS NULL OR item.taken > item.remaining_minor THEN
            RAISE EXCEPTION 'hold % does not cover entry %', item.id, item.n
                USING ERRCODE = 'LG006', DETAIL = json_build_object('entry', item.n, 'remaining', item.remaining_minor);
        END IF;
        UPDATE ledger_hold SET remaining_minor = remaining_minor - item.taken WHERE id = item.id;
        UPDATE ledger_balance SET held_minor = held_minor - item.taken WHERE account_id = item.account_id;
        INSERT INTO ledger_holdchange (hold_id, outcome, amount_minor, entry_id, at, by_id)
        VALUES (item.id, 'captured', item.taken, ids[item.n], occurred[item.n], actors[item.n]);
    END LOOP;
    IF EXISTS (SELECT FROM unnest(captured, is_fresh) AS f(hold_id, fresh)
                WHERE f.fresh AND f.hold_id IS NOT NULL AND NOT EXISTS (SELECT FROM ledger_hold WHERE id = f.hold_id)) THEN
        RAISE EXCEPTION 'no such hold' USING ERRCODE = 'LG006', DETAIL = '{}';
    END IF;
END
$$;

-- Sets how low an account may go. Raising a floor above the present balance is allowed: nothing leaves until it is met.
CREATE FUNCTION ledger.set_floor(target bigint, floor bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $$
BEGIN
    PERFORM FROM ledger_balance WHERE account_id = target FOR UPDATE;
    UPDATE ledger_account SET floor_minor = floor WHERE id = target AND tracked;
END
$$;

REVOKE ALL ON FUNCTION ledger.capture_holds(boolean[], uuid[], uuid[], bigint[], timestamptz[], integer[], bigint[], text[], bigint[])
    FROM PUBLIC, quayside_app;
REVOKE ALL ON FUNCTION ledger.place_hold(bigint, bigint, text, timestamptz, bigint, timestamptz),
    ledger.release_hold(uuid, text, bigint, timestamptz), ledger.expire_holds(timestamptz, integer),
    ledger.set_floor(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.place_hold(bigint, bigint, text, timestamptz, bigint, timestamptz),
    ledger.release_hold(uuid, text, bigint, timestamptz), ledger.expire_holds(timestamptz, integer),
    ledger.set_floor(bigint, bigint) TO quayside_app;
