"""Addresses of the roof: the first page, the colours, and customers over all rooms."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_POST

from portal.access.gate import public
from portal.base.render import theme_set
from portal.home.pages import customers, finding, personal_data, views

_ANYBODY = public("Colours are chosen before signing in too; nothing but a cookie changes")

urlpatterns = [
    path("", views.home, name="home"),
    path("overview/", views.overview, name="overview"),
    path("balances/", views.balances_set, name="balances_set"),
    path("theme/", _ANYBODY(require_POST(theme_set)), name="theme_set"),
    path("find/", finding.find, name="find"),
    path("customers/", customers.customer_list, name="customer_list"),
    path("customers/<str:number>/", customers.customer_detail, name="customer_detail"),
    path("customers/<str:number>/close/", customers.customer_close, name="customer_close"),
    path("my-data/", personal_data.my_data, name="my_data"),
    path("retention/", personal_data.retention_list, name="retention_list"),
]
