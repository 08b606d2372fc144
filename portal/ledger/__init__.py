"""The books: accounts, entries, postings and holds behind one door."""
