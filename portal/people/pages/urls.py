"""Addresses of people: one's own profile, and the ways in and out that are not allauth's."""

from __future__ import annotations

from django.urls import path

from portal.people.pages import views

urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("demo/sign-in/", views.demo_sign_in, name="demo_sign_in"),
]
