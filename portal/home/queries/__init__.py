"""What each role's first page shows, and a customer's record over all rooms. Reads only."""
