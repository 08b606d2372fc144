"""Acts of this room that need a second person."""

from portal.support.acts import redress

__all__ = ["redress"]
