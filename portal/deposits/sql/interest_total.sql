-- What is due in all, by currency.
SELECT product.currency, count(*) FILTER (WHERE due.amount_minor > 0), coalesce(sum(due.amount_minor), 0)::bigint
  FROM due JOIN deposits_product AS product ON product.id = due.product_id
 GROUP BY product.currency
 ORDER BY product.currency
