"""Tags of the deposits room."""
