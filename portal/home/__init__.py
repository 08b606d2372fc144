"""The first page of every role, made of what the rooms below offer."""
