"""Acts of this room that need a second person."""

from portal.administration.acts import people, policy

__all__ = ["people", "policy"]
