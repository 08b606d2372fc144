"""What may be done with people: taking them up, checking who they are, changing what is known of them."""

from portal.people.services.registering import NewCustomer, note_view, register_customer, register_customers

__all__ = ["NewCustomer", "note_view", "register_customer", "register_customers"]
