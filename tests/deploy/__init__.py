"""The set-up: its folders, its database server, its processes."""
