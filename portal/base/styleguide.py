"""What the style guide page shows: every part of the design system with made-up figures. No data is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import django_tables2
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, QueryDict

from portal.base import charts
from portal.base.fields import AmountField
from portal.base.money import Money, format_amount
from portal.base.tables import BadgeColumn, DayColumn, MoneyColumn, PortalTable, arranged

STATES = ("posted", "active", "in_progress", "new", "on_hold", "overdue", "failed", "draft")
ICONS = (
    "home",
    "wallet",
    "send",
    "receipt",
    "coins",
    "cash",
    "scale",
    "shield",
    "lock",
    "user",
    "search",
    "bell",
    "calendar",
)
MONTHS = ("Jun", "Jul", "Aug", "Sep", "Oct", "Nov")
FLOW = (
    (420_000, 390_500),
    (431_000, 402_300),
    (418_500, 455_100),
    (466_000, 398_000),
    (470_500, 421_900),
    (212_000, 180_400),
)


class SampleForm(forms.Form):
    """One of each control."""

    payee = forms.CharField(label="Pay to", help_text="Name, phone or account number")
    amount = AmountField(label="Amount", currency="GHS")
    when = forms.ChoiceField(
        label="When", choices=[("now", "Now"), ("later", "On a date")], widget=forms.RadioSelect, initial="now"
    )
    branch = forms.ChoiceField(label="Branch", choices=[("n", "North"), ("s", "South")])
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    agree = forms.BooleanField(label="The customer showed an identity card")


class SampleTable(PortalTable):
    """A short list with every kind of column."""

    caption = "Sample movements"
    noun = "movements"
    booked = DayColumn(verbose_name="Date")
    what = django_tables2.Column(verbose_name="What")
    state = BadgeColumn(verbose_name="State")
    amount = MoneyColumn(verbose_name="Amount, GHS", sign=True)


def sample(request: HttpRequest, data: QueryDict | None = None) -> Mapping[str, Any]:
    """The context of `base/styleguide.html`; `data` binds the form so that its errors show."""
    paging = Paginator(range(310), 25).page(2)
    return {
        "form": SampleForm(data),
        "states": STATES,
        "icons": ICONS,
        "available": Money(125_000, "GHS"),
        "overdrawn": Money(-1_200, "GHS"),
        "now": datetime(2026, 11, 21, 14, 32, tzinfo=UTC),
        "paging": paging,
        "table": arranged(request, SampleTable(_movements()), per_page=5),
        "job": SimpleNamespace(pk=7, state="running", progress_done=320, progress_total=1_000),
        **_lists(),
        **_charts(),
    }


def _movements() -> list[dict[str, Any]]:
    lines = (
        ("Salary, Volta Textiles", "posted", 320_000),
        ("Rent, Adjei House", "posted", -85_000),
        ("Susu, Makola round", "in_progress", 5_000),
        ("Transfer to Kofi Boateng", "on_hold", -25_000),
        ("Cheque 004512", "returned", -61_000),
        ("Cash deposit at North", "posted", 25_000),
    )
    return [
        {"booked": date(2026, 11, 20 - index), "what": what, "state": state, "amount": Money(minor, "GHS")}
        for index, (what, state, minor) in enumerate(lines)
    ]


def _lists() -> dict[str, Any]:
    return {
        "rows": [
            ("To", "Kofi Boateng …5678", "#"),
            ("Amount", "GHS 250.00", "#"),
            ("Fee", "GHS 0.00"),
            ("When", "Now"),
        ],
        "tasks": [
            {"label": "Currency and denominations", "url": "#", "status": "done", "hint": ""},
            {"label": "Products", "url": "#", "status": "in_progress", "hint": "2 of 4 have a rate"},
            {"label": "First user", "url": "", "status": "not_started", "hint": "Needs a branch"},
        ],
        "tabs": [
            {"label": "Movements", "url": "#", "current": True, "count": 0},
            {"label": "Approvals", "url": "#", "current": False, "count": 3},
            {"label": "Details", "url": "#", "current": False, "count": 0},
        ],
    }


def _charts() -> dict[str, Any]:
    periods = [charts.InOut(month, *flow) for month, flow in zip(MONTHS, FLOW, strict=True)]
    points = [charts.Banded(month, flow[0], 400_000, 470_000) for month, flow in zip(MONTHS, FLOW, strict=True)]
    return {
        "bars": charts.bars_in_out("Money in and out, GHS", periods, shown=_cedis),
        "line": charts.line_with_band("Deposits against forecast, GHS", points, shown=_cedis),
        "ring": charts.ring("School fees", 84_000, 120_000, shown=_cedis),
        "spark": charts.sparkline("Balance", [outward for _, outward in FLOW], shown=_cedis),
    }


def _cedis(minor: int) -> str:
    return format_amount(Money(minor, "GHS"))
