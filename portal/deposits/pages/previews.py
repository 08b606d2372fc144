"""What proposed terms would change and mean for real accounts, before anybody is asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.base.differences import differing
from portal.deposits import kind_terms, offers, queries
from portal.deposits.kind_terms import Table
from portal.deposits.models import Product
from portal.deposits.pages.product_forms import TermsForm

_LONG_AGO = date(1900, 1, 1)


def previewed(form: TermsForm) -> dict[str, Any]:
    """What would change, line by line, and what it would mean for three accounts: the smallest, a middle, the largest."""
    product, since = form.product, form.cleaned_data["effective_from"]
    held = queries.terms_on(product, since)
    before = kind_terms.all_told(held) if held else {}
    told = offers.told(form.proposed, form.steps, product.currency)
    after = kind_terms.all_of(product, told, form.own)
    changes = differing(before, after)
    return {"is_preview": True, "changes": changes, "tables": [table for table in _tables(form) if table["rows"]]}


def _tables(form: TermsForm) -> list[dict[str, Any]]:
    product, day = form.product, offers.open_day()
    accounts, found = offers.sample_accounts(product), []
    if form.own and day:
        found.append(_table("Three accounts", kind_terms.compared(product, accounts, form.own, day)))
    if product.kind in {Product.Kind.SAVINGS, Product.Kind.CURRENT, Product.Kind.CONTRIBUTION}:
        found.append(_table("Last month on three accounts", _interest(form)))
    return found


def _table(title: str, table: Table) -> dict[str, Any]:
    headings, rows = table
    return {
        "title": title,
        "headings": headings,
        "rows": [(last_four, list(zip(headings[1:], cells, strict=True))) for last_four, cells in rows],
    }


def _interest(form: TermsForm) -> Table:
    rate = offers.rate_from(form.proposed, form.steps, _LONG_AGO)
    found = offers.samples(form.product, rate, form.proposed["withdrawal_fee_minor"])
    headings = ["Account", "Balance", "Interest now", "Interest then", "Withdrawal fee now", "Withdrawal fee then"]
    rows: list[tuple[str, list[Any]]] = [
        (each.account.last_four, [each.balance, each.interest_now, each.interest_then, each.fee_now, each.fee_then])
        for each in found
    ]
    if all(each.fee_now == each.fee_then for each in found):
        return headings[:4], [(last_four, cells[:3]) for last_four, cells in rows]
    return headings, rows
