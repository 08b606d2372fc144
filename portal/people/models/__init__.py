"""Who is known here: users who sign in, customers who are served, and what is known of them."""

from __future__ import annotations

from portal.people.models.members import Customer, CustomerView, User, UserManager

__all__ = ["Customer", "CustomerView", "User", "UserManager"]
