"""Tests of the teller screen."""
