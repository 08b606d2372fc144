-- One business day of a batch of loans: interest earned, what is late and since when, penalties, probation, provisions, default.
-- Loans are taken in the order of their ids after %(after)s; each was worked off up to the day before. One row comes back.
WITH batch AS MATERIALIZED (
    SELECT s.loan_id, s.schedule_id, s.accrued_minor, s.interest_paid_minor, s.suspended_minor, s.penalty_rest,
           s.provision_minor, s.probation_to
      FROM loans_standing AS s
     WHERE s.branch_id = %(branch)s AND s.is_live AND s.worked_to = %(day)s::date - 1 AND s.loan_id > %(after)s
     ORDER BY s.loan_id
     LIMIT %(most)s
       FOR UPDATE
), known AS MATERIALIZED (
    SELECT b.*, l.state, t.penalty_bps, t.penalty_grace_days, t.non_performing_days, t.probation_instalments,
           ARRAY[t.provision_current_bps, t.provision_30_bps, t.provision_60_bps, t.provision_90_bps,
                 t.provision_180_bps, t.provision_over_bps] AS provision_bps,
           h.carried_minor, m.balance_minor AS outstanding,
           coalesce(earning.so_far, (SELECT max(r.earned_so_far_minor) FROM loans_schedulerow AS r
                                      WHERE r.schedule_id = b.schedule_id)) AS accrued_now,
           greatest(m.balance_minor - coalesce(coming.balance_before, 0), 0) AS late_principal,
           greatest(coalesce(coming.interest_before, (SELECT max(r.interest_so_far_minor) FROM loans_schedulerow AS r
                                                       WHERE r.schedule_id = b.schedule_id))
                    - b.interest_paid_minor, 0) AS late_interest
      FROM batch AS b
      JOIN loans_loan AS l ON l.id = b.loan_id
      JOIN loans_loanterms AS t ON t.id = l.terms_id
      JOIN loans_schedule AS h ON h.id = b.schedule_id
      JOIN ledger_balance AS m ON m.account_id = l.ledger_account_id
      LEFT JOIN LATERAL (
           SELECT r.earned_so_far_minor - r.earned_minor
                  + round(r.earned_minor::numeric * greatest(%(day)s::date - r.earns_from, 0) / (r.due - r.earns_from))::bigint
                  AS so_far
             FROM loans_schedulerow AS r WHERE r.schedule_id = b.schedule_id AND r.due > %(day)s::date
            ORDER BY r.due, r.number LIMIT 1
      ) AS earning ON true
      LEFT JOIN LATERAL (
           SELECT r.balance_minor + r.principal_minor AS balance_before,
                  r.interest_so_far_minor - r.interest_minor AS interest_before
             FROM loans_schedulerow AS r WHERE r.schedule_id = b.schedule_id AND r.due >= %(day)s::date
            ORDER BY r.due, r.number LIMIT 1
      ) AS coming ON true
), aged AS MATERIALIZED (
    SELECT k.*, k.late_principal + k.late_interest AS late,
           coalesce(CASE WHEN k.late_principal + k.late_interest > 0 THEN %(day)s::date - (
               SELECT min(r.due) FROM loans_schedulerow AS r
                WHERE r.schedule_id = k.schedule_id AND r.due < %(day)s::date
                  AND (k.outstanding > r.balance_minor OR r.interest_so_far_minor > k.interest_paid_minor)
           ) END, 0) AS days_late
      FROM known AS k
), held AS MATERIALIZED (
    -- In probation, anything late puts its end off: so many instalments from this day on must be paid in time.
    SELECT a.*, CASE
               WHEN a.days_late = 0 AND a.probation_to < %(day)s::date THEN NULL
               WHEN a.days_late > 0 AND a.probation_to IS NOT NULL THEN coalesce((
                   SELECT max(n.due) FROM (
                       SELECT r.due FROM loans_schedulerow AS r
                        WHERE r.schedule_id = a.schedule_id AND r.due >= %(day)s::date AND r.principal_minor > 0
                        ORDER BY r.due, r.number LIMIT a.probation_instalments) AS n), a.probation_to)
               ELSE a.probation_to END AS probation_now
      FROM aged AS a
), costed AS MATERIALIZED (
    SELECT a.*,
           CASE WHEN a.days_late > a.penalty_grace_days
                THEN a.penalty_rest + a.late::numeric * a.penalty_bps / 3650000 ELSE a.penalty_rest END AS penalty_exact,
           round(a.outstanding::numeric
                 * a.provision_bps[CASE WHEN c.days = 0 THEN 1 WHEN c.days <= 30 THEN 2 WHEN c.days <= 60 THEN 3
                                        WHEN c.days <= 90 THEN 4 WHEN c.days <= 180 THEN 5 ELSE 6 END]
                 / 10000)::bigint AS provision_now,
           CASE WHEN a.days_late >= a.non_performing_days OR a.probation_now IS NOT NULL THEN 'defaulted'
                WHEN a.days_late = 0 THEN 'active' ELSE a.state END AS state_now
      FROM held AS a
     CROSS JOIN LATERAL (SELECT CASE WHEN a.probation_now IS NULL THEN a.days_late
                                     ELSE greatest(a.days_late, a.non_performing_days) END AS days) AS c
), done AS MATERIALIZED (
    SELECT c.*, floor(c.penalty_exact)::bigint AS penalty,
           CASE WHEN c.state_now = 'defaulted'
                THEN greatest(c.carried_minor + c.accrued_now - c.interest_paid_minor, 0) ELSE 0 END AS suspended_now
      FROM costed AS c
), standing AS (
    UPDATE loans_standing AS s
       SET worked_to = %(day)s, accrued_minor = d.accrued_now, suspended_minor = d.suspended_now,
           penalty_minor = s.penalty_minor + d.penalty, penalty_rest = d.penalty_exact - d.penalty,
           late_minor = d.late, days_late = d.days_late, provision_minor = d.provision_now, probation_to = d.probation_now
      FROM done AS d
     WHERE s.loan_id = d.loan_id
), penalties AS (
    INSERT INTO loans_penalty (loan_id, "on", amount_minor, late_minor, days_late)
    SELECT d.loan_id, %(day)s, d.penalty, d.late, d.days_late FROM done AS d WHERE d.penalty > 0
), put_off AS (
    INSERT INTO loans_probation (loan_id, cause, "on", until, at)
    SELECT d.loan_id, 'late', %(day)s, d.probation_now, %(at)s FROM done AS d WHERE d.probation_now <> d.probation_to
), states AS (
    UPDATE loans_loan AS l SET state = d.state_now FROM done AS d WHERE l.id = d.loan_id AND l.state <> d.state_now
), changes AS (
    INSERT INTO loans_statechange (loan_id, before, after, reason, "on", at)
    SELECT d.loan_id, d.state, d.state_now,
           CASE WHEN d.state_now = 'defaulted' THEN d.days_late || ' days past due'
                WHEN d.probation_to IS NOT NULL THEN 'Probation served: its instalments were paid in time'
                ELSE 'Nothing is late any more' END,
           %(day)s, %(at)s
      FROM done AS d WHERE d.state <> d.state_now
)
SELECT count(*), min(loan_id), max(loan_id), coalesce(sum(accrued_now - accrued_minor), 0)::bigint,
       coalesce(sum(suspended_now - suspended_minor), 0)::bigint, coalesce(sum(penalty), 0)::bigint,
       coalesce(sum(provision_now - provision_minor), 0)::bigint
  FROM done
