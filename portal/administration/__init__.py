"""Users, their roles and limits, the rules of signing in, the first run of an institution."""
