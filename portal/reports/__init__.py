"""The books read from above: trial balance, ledgers, the journal."""
