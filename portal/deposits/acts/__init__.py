"""Acts of this room that need a second person; a file per noun."""

from portal.deposits.acts import closures, products

__all__ = ["closures", "products"]
