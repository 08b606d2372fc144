"""Acts of this room that need a second person; a file per noun."""

from portal.deposits.acts import cheques, closures, dividends, limits, products

__all__ = ["cheques", "closures", "dividends", "limits", "products"]
