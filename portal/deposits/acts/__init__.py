"""Acts of this room that need a second person; a file per noun."""

from portal.deposits.acts import closures, dividends, limits, products

__all__ = ["closures", "dividends", "limits", "products"]
