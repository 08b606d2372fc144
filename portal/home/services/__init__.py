"""What concerns a customer over all rooms: leaving, being forgotten, taking one's data home."""

from portal.home.services.leaving import close_customer, refuse_with_open_accounts

__all__ = ["close_customer", "refuse_with_open_accounts"]
