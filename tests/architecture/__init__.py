"""Rules about the code itself that no linter sees."""
