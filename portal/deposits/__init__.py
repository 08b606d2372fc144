"""Deposit products and accounts: movements, fees and interest."""
