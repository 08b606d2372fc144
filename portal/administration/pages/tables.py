"""The lists of administration."""

from __future__ import annotations

import django_tables2
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.base.tables import MomentColumn, PortalTable
from portal.base.templatetags.portal import status_badge
from portal.people.models import User


class StaffTable(PortalTable):
    """Who works here."""

    caption = "Staff"
    noun = "people"
    empty = "Nobody fits."

    full_name = django_tables2.Column(verbose_name="Name")
    role = django_tables2.Column(verbose_name="Role")
    branch = django_tables2.Column(verbose_name="Branch", order_by=("branch__code", "full_name"), default="–")
    last_login = MomentColumn(verbose_name="Last seen", default="never")
    is_active = django_tables2.Column(verbose_name="State")

    def render_full_name(self, value: str, record: User) -> SafeString:
        url = reverse("staff_member", args=[record.pk])
        return format_html('<a href="{}">{}</a><span class="sub">{}</span>', url, value, record.email)

    def render_is_active(self, value: bool) -> SafeString:
        return status_badge("active" if value else "suspended")
