"""Tests of drawers: sessions, counts, reports."""
