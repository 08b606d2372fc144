"""Acts of this room that need a second person."""

from portal.announcements.acts import publishing

__all__ = ["publishing"]
