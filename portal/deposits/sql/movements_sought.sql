-- What narrows `movements.sql`; each value may be missing.
           AND (%(reference)s::text = '' OR e.reference = %(reference)s::text)
           AND (%(text)s::text = '' OR e.memo ILIKE %(pattern)s::text OR e.reference = %(text)s::text
                OR p.amount_minor = %(amount)s::bigint)
           AND (%(kind)s::text = '' OR e.kind = %(kind)s::text)
           AND (%(since)s::date IS NULL OR p.business_date >= %(since)s::date)
           AND (%(until)s::date IS NULL OR p.business_date <= %(until)s::date)
           AND (%(before_seq)s::bigint IS NULL OR p.seq < %(before_seq)s::bigint)
