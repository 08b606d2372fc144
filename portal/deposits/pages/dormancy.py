"""The list of dormant accounts: on the screen, and taken away as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.defaultfilters import pluralize
from django.urls import path
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.audit.services import record
from portal.base.clock import now
from portal.base.exports import Cell, csv_chunks, download
from portal.base.fields import typed_field
from portal.base.render import UNPROCESSABLE, page
from portal.deposits import dormancy, queries
from portal.deposits.models import DepositAccount, Product
from portal.institution.models import Branch
from portal.institution.queries import branches_within

LIST = "deposits/dormant_list.html"
PER_PAGE = 40
CHUNK_ROWS = 500
COLUMNS = ("account", "member", "name", "branch", "product", "last_moved", "dormant_since", "balance", "currency")


class DormantFilter(forms.Form):
    """Of which branch and product."""

    branch = forms.ModelChoiceField(Branch.objects.none(), required=False, empty_label="All", to_field_name="code")
    product = forms.ModelChoiceField(Product.objects.none(), required=False, empty_label="All", to_field_name="code")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reach = branches_within(user, Capability.DORMANT_VIEW)
        typed_field(self, "branch", forms.ModelChoiceField).queryset = reach
        typed_field(self, "product", forms.ModelChoiceField).queryset = Product.objects.order_by("code")

    def narrowed(self, accounts: QuerySet[DepositAccount]) -> QuerySet[DepositAccount]:
        """The accounts that were asked for."""
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        return accounts.filter(**asked)


@requires(Capability.DORMANT_VIEW)
@require_safe
def dormant_list(request: HttpRequest) -> HttpResponse:
    """Accounts that nobody moved for as long as their terms say, the longest quiet first, and what lies in them."""
    form = DormantFilter(request.GET, user=request.user)
    if not form.is_valid():
        return page(request, LIST, {"form": form}, status=UNPROCESSABLE)
    found = form.narrowed(dormancy.dormant_accounts(request.user))
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    shown = [(account, queries.funds_as_loaded(account).booked) for account in rows]
    context = {"form": form, "page_obj": rows, "rows": shown, "totals": dormancy.held_in_all(found)}
    return page(request, LIST, context | {"query": query.urlencode()})


@requires(Capability.DORMANT_VIEW)
@require_safe
def dormant_csv(request: HttpRequest) -> HttpResponseBase:
    """The same accounts, all of them, as one file that ends with a total of each currency; that it was taken is written
    down.
    """
    form = DormantFilter(request.GET, user=request.user)
    if not form.is_valid():
        return page(request, LIST, {"form": form}, status=UNPROCESSABLE)
    at = now()
    asked = {name: str(value) for name, value in form.cleaned_data.items() if value}
    record(verb="list of dormant accounts downloaded", detail=asked, by=request.user, at=at)
    rows = _rows(form.narrowed(dormancy.dormant_accounts(request.user)))
    return download(csv_chunks(COLUMNS, rows), name=f"dormant-accounts-{at:%Y-%m-%d}.csv", media_type="text/csv")


def _rows(accounts: Any) -> Iterator[list[Cell]]:
    """A line for each account, and of each currency one that says how many there are and what lies in them."""
    for account in accounts.iterator(chunk_size=CHUNK_ROWS):
        whose: list[Cell] = [account.number, account.customer.number, account.customer.full_name]
        what: list[Cell] = [account.branch.name, account.product.name, account.last_moved, account.dormant_since]
        yield [*whose, *what, queries.funds_as_loaded(account).booked, account.currency]
    for each in dormancy.held_in_all(accounts):
        told = f"All {each.accounts} account{pluralize(each.accounts)} in {each.total.currency}"
        yield [told, *[None] * (len(COLUMNS) - 3), each.total, each.total.currency]


urlpatterns = [
    path("accounts/dormant/", dormant_list, name="dormant_list"),
    path("accounts/dormant/accounts.csv", dormant_csv, name="dormant_csv"),
]
