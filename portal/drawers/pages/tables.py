"""The list of drawer sessions."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.base.tables import BadgeColumn, DayColumn, MomentColumn, MoneyColumn, NumberColumn, PortalTable
from portal.drawers.models import DrawerSession, VaultTransfer


class SessionTable(PortalTable):
    """Who worked with which drawer, and how it came out."""

    caption = "Drawer sessions"
    noun = "sessions"
    empty = "No drawer was opened yet."

    drawer = django_tables2.Column(accessor="drawer__name", verbose_name="Drawer")
    business_date = DayColumn(verbose_name="Business day")
    cashier = django_tables2.Column(accessor="cashier__full_name", verbose_name="Cashier")
    opened_at = MomentColumn(verbose_name="Opened")
    state = BadgeColumn(verbose_name="State")
    z_number = NumberColumn(verbose_name="Z number", default="–")
    difference = MoneyColumn(
        accessor="variance__difference_minor",
        currency=lambda session: session.drawer.currency,
        sign=True,
        verbose_name="Over or short",
    )

    class Meta:
        model = DrawerSession
        fields = ()
        sequence = ("drawer", "business_date", "cashier", "opened_at", "state", "z_number", "difference")
        order_by = "-opened_at"

    def render_drawer(self, value: str, record: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("drawer_report", args=[record.pk]), value)

    def render_z_number(self, value: int) -> str:
        """As it stands on the paper."""
        return f"{value:06d}"


class VaultTransferTable(PortalTable):
    """What passed between the vault and its drawers."""

    caption = "Between vault and drawers"
    noun = "transfers"
    empty = "Nothing has passed between the vault and a drawer yet."

    asked_at = MomentColumn(verbose_name="When")
    drawer = django_tables2.Column(accessor="drawer__name", verbose_name="Drawer")
    way = django_tables2.Column(accessor="get_way_display", order_by="way", verbose_name="Way")
    amount_minor = MoneyColumn(currency=lambda transfer: transfer.drawer.currency, verbose_name="Amount")
    asked_by = django_tables2.Column(accessor="asked_by__full_name", verbose_name="From")
    decided_by = django_tables2.Column(accessor="decided_by__full_name", verbose_name="Answered by", default="–")
    state = BadgeColumn(verbose_name="State")
    reason = django_tables2.Column(verbose_name="Reason", default="–")

    class Meta:
        model = VaultTransfer
        fields = ()
        sequence = ("asked_at", "drawer", "way", "amount_minor", "asked_by", "decided_by", "state", "reason")
        order_by = "-asked_at"

    def render_way(self, value: str, record: VaultTransfer) -> SafeString:
        """Leads to the slip that both sides sign."""
        return format_html('<a href="{}">{}</a>', reverse("vault_slip", args=[record.pk]), value)
