"""Keeping a filter, and forgetting it."""
