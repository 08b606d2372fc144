"""Quayside: a branch and customer portal on one ledger."""
