"""What every room stands on: money, errors, the clock, rendering, charts and tables."""
