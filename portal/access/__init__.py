"""Who may do what: roles, capabilities, grants and the gate that asks them."""
