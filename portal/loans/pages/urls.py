"""Addresses of this room's pages."""

from __future__ import annotations

from django.urls import path

from portal.loans.pages import accepting, applying, paying, products, staff, views

_ONE = "loans/<str:loan_number>/"

urlpatterns = [
    path("loans/", views.loan_list, name="loan_list"),
    path("loans/calculator/", views.loan_calculator, name="loan_calculator"),
    path("loans/apply/", applying.loan_apply, name="loan_apply"),
    path("loans/portfolio/", products.loan_portfolio, name="loan_portfolio"),
    path("loans/products/", products.product_list, name="loan_product_list"),
    path("loans/products/new/", products.product_new, name="loan_product_new"),
    path("loans/products/<str:loan_product_code>/", products.product_detail, name="loan_product_detail"),
    path("loans/products/<str:loan_product_code>/terms/", products.terms_new, name="loan_terms_new"),
    path("loans/products/<str:loan_product_code>/compare/", products.terms_compare, name="loan_terms_compare"),
    path("loans/products/<str:loan_product_code>/state/", products.product_state, name="loan_product_state"),
    path("loans/inbox/", views.loan_inbox, name="loan_inbox"),
    path("loans/guarantees/", applying.guarantee_list, name="guarantee_list"),
    path("loans/guarantees/<int:guarantor_id>/accept/", applying.guarantee_accept, name="guarantee_accept"),
    path("loans/guarantees/<int:guarantor_id>/decline/", applying.guarantee_decline, name="guarantee_decline"),
    path(_ONE, views.loan_detail, name="loan_detail"),
    path(f"{_ONE}versions/", views.loan_versions, name="loan_versions"),
    path(f"{_ONE}schedule/", views.loan_schedule, name="loan_schedule"),
    path(f"{_ONE}accept/", accepting.loan_accept, name="loan_accept"),
    path(f"{_ONE}application/<slug:loan_part>/", applying.loan_part, name="loan_part"),
    path(f"{_ONE}application/<slug:loan_part>/<int:item_id>/remove/", applying.loan_remove, name="loan_remove"),
    path(f"{_ONE}documents/<uuid:loan_upload_id>/", applying.loan_paper, name="loan_paper"),
    path(f"{_ONE}review/<slug:review_step>/", staff.loan_review, name="loan_review"),
    path(f"{_ONE}conditions/<int:condition_id>/", staff.loan_condition, name="loan_condition"),
    path(f"{_ONE}pay-out/", staff.loan_pay_out, name="loan_pay_out"),
    path(f"{_ONE}correct/<slug:correct_step>/", staff.loan_correct, name="loan_correct"),
    path(f"{_ONE}payments/<int:payment_id>/reverse/", staff.loan_payment_reverse, name="loan_payment_reverse"),
    path(f"{_ONE}change/<slug:change_step>/", staff.loan_change, name="loan_change"),
    path(f"{_ONE}papers/<slug:paper_kind>/", paying.loan_pdf, name="loan_pdf"),
    path(f"{_ONE}pay/", paying.loan_pay, name="loan_pay"),
    path(f"{_ONE}settlement/", paying.loan_settlement, name="loan_settlement"),
    path(f"{_ONE}collecting/", paying.loan_collecting, name="loan_collecting"),
]
