"""What people write into the books by hand: entries and their templates, and how far the books are closed."""
