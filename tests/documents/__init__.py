"""Tests of kept documents."""
