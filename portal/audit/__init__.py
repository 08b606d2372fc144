"""Who changed what, recorded by the database itself."""
