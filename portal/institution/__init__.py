"""The institution itself: its profile, its branches and the business day each has open."""
