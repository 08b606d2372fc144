"""Addresses of the counter."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.counter.pages import views

urlpatterns: list[URLPattern] = [
    path("counter/", views.counter, name="counter"),
    path("counter/find/", views.counter_find, name="counter_find"),
    path("counter/deposit/", views.counter_deposit, name="counter_deposit"),
    path("counter/withdrawal/", views.counter_withdrawal, name="counter_withdrawal"),
    path("counter/open/", views.counter_open, name="counter_open"),
    path("counter/pause/", views.counter_pause, name="counter_pause"),
    path("counter/resume/", views.counter_resume, name="counter_resume"),
    path("counter/close/", views.counter_close, name="counter_close"),
]
