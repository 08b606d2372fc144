"""What open pages are told the moment it changes."""
