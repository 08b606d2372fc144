"""Tests of background work kept as rows."""
