"""Addresses of people."""

from __future__ import annotations

from django.urls import path

from portal.people.pages import files, registration, standing, verification

urlpatterns = [
    path("registration/", registration.registration, name="registration"),
    path("registration/new/", registration.registration_new, name="registration_new"),
    path("registration/<str:number>/", registration.registration_tasks, name="registration_tasks"),
    path("registration/<str:number>/<slug:part>/", registration.registration_part, name="registration_part"),
    path("verifications/", verification.verification_list, name="verification_list"),
    path("verifications/<str:number>/", verification.verification, name="verification"),
    path("customers/<str:number>/risk/", standing.customer_risk, name="customer_risk"),
    path("customers/<str:number>/branch/", standing.customer_transfer, name="customer_transfer"),
    path("customers/<str:number>/mandates/", standing.customer_mandates, name="customer_mandates"),
    path("customers/<str:number>/mandates/rule/", standing.mandate_rule, name="mandate_rule"),
    path("customers/<str:number>/mandates/<int:mandate_id>/end/", standing.mandate_end, name="mandate_end"),
    path("customers/<str:number>/files/<uuid:upload_id>/", files.customer_file, name="customer_file"),
    path("customer-views/", files.customer_views, name="customer_views"),
]
