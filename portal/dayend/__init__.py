"""From one business day to the next."""
