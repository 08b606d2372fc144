"""Filters of long lists that somebody keeps under a name, to have them again with one click."""
