"""Statements of an account for any period, in every format."""
