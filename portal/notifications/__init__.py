"""What people are told, and by which channel: in the portal, by e-mail, by text message."""
