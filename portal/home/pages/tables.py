"""The lists of the roof."""

from __future__ import annotations

import django_tables2
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.base.tables import BadgeColumn, DayColumn, NumberColumn, PortalTable
from portal.people.models import Customer


class CustomerTable(PortalTable):
    """Customers that were found."""

    caption = "Customers"
    noun = "customers"
    empty = "Nobody fits these words. Try fewer letters, the phone number, or the number of an account."

    full_name = django_tables2.Column(verbose_name="Name")
    number = django_tables2.Column(verbose_name="Member number")
    phone = django_tables2.Column(verbose_name="Phone")
    branch = django_tables2.Column(verbose_name="Branch", order_by=("branch__code", "full_name"))
    joined_on = DayColumn(verbose_name="Member since")
    account_count = NumberColumn(verbose_name="Accounts")
    state = BadgeColumn(verbose_name="State")

    def render_full_name(self, value: str, record: Customer) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("customer_detail", args=[record.number]), value)
