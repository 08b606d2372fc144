"""Addresses of the counter."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.counter.pages import journals, locking, overseeing, reversals, serving, views, visits

urlpatterns: list[URLPattern] = [
    path("counter/", views.counter, name="counter"),
    path("counter/find/", views.counter_find, name="counter_find"),
    path("counter/deposit/", serving.counter_deposit, name="counter_deposit"),
    path("counter/withdrawal/", serving.counter_withdrawal, name="counter_withdrawal"),
    path("counter/transfer/", serving.counter_transfer, name="counter_transfer"),
    path("counter/repayment/", serving.counter_repayment, name="counter_repayment"),
    path("counter/closing/", serving.counter_closing, name="counter_closing"),
    path("counter/loan/", serving.counter_loan, name="counter_loan"),
    path("counter/aside/", visits.counter_aside, name="counter_aside"),
    path("counter/visits/<int:visit_id>/", visits.counter_visit, name="counter_visit"),
    path("counter/visits/<int:visit_id>/act/", visits.counter_visit_act, name="counter_visit_act"),
    path("counter/visits/<int:visit_id>/print/", visits.counter_visit_print, name="counter_visit_print"),
    path("counter/reverse/", reversals.counter_reverse, name="counter_reverse_last"),
    path("counter/reverse/<str:reference>/", reversals.counter_reverse, name="counter_reverse"),
    path("counter/reverse/<str:reference>/late/", reversals.counter_reverse_late, name="counter_reverse_late"),
    path("counter/next/", views.counter_next, name="counter_next"),
    path("counter/lock/", locking.counter_lock, name="counter_lock"),
    path("counter/locked/", locking.counter_locked, name="counter_locked"),
    path("counter/open/", views.counter_open, name="counter_open"),
    path("counter/pause/", views.counter_pause, name="counter_pause"),
    path("counter/resume/", views.counter_resume, name="counter_resume"),
    path("counter/position/", overseeing.counter_position, name="counter_position"),
    path("counter/count/", overseeing.counter_spot_count, name="counter_spot_count"),
    path("counter/<int:session_id>/recount/", overseeing.counter_recount, name="counter_recount"),
    path("counter/<int:session_id>/take-over/", overseeing.counter_take_over, name="counter_take_over"),
    path("drawers/<int:session_id>/journal/", journals.counter_journal, name="counter_journal"),
    path("drawers/<int:session_id>/journal/paper/", journals.counter_journal_paper, name="counter_journal_paper"),
    path("counter/close/", views.counter_close, name="counter_close"),
]
