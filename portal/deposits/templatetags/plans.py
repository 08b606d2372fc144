"""How plans show their figures."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def percent(basis_points: int) -> str:
    """A rate in basis points as people read it: `12.50 %`."""
    whole, part = divmod(basis_points, 100)
    return f"{whole}.{part:02d}\N{NO-BREAK SPACE}%"


@register.filter
def absolute(number: int) -> int:
    """A whole number without its sign."""
    return abs(number)
