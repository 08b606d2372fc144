-- What a batch of accounts has earned and was not posted, in minor units with nine decimals, and the last account looked at.
SELECT (SELECT max(id) FROM candidate), coalesce(sum(exact), 0) FROM due
