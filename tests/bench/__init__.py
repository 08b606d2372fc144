"""The benches run and print; what they measure is for a quiet machine, not for tests."""
