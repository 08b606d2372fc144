"""Acts of this room that need a second person."""

from portal.administration.acts import branches, people, policy

__all__ = ["branches", "people", "policy"]
