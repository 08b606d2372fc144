"""What Quayside promises, tried on a real PostgreSQL."""
