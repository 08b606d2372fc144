"""Addresses of alerts, rules and the model."""

from __future__ import annotations

from django.urls import path

from portal.fraud.pages import cases, handing, model, queue, rules

urlpatterns = [
    path("fraud/", queue.queue, name="fraud_queue"),
    path("fraud/waiting/", queue.waiting, name="fraud_badge"),
    path("fraud/triage/", queue.triage, name="fraud_triage"),
    path("fraud/cases/<int:case_number>/", cases.case, name="fraud_case"),
    path("fraud/cases/<int:case_number>/step/", cases.case_step, name="fraud_case_step"),
    path("fraud/cases/<int:case_number>/note/", cases.case_note, name="fraud_case_note"),
    path("fraud/cases/<int:case_number>/colleague/", handing.case_assign, name="fraud_case_assign"),
    path("fraud/cases/<int:case_number>/paper/", handing.case_paper, name="fraud_case_paper"),
    path("fraud/cases/<int:case_number>/verdict/", cases.case_decide, name="fraud_case_decide"),
    path("fraud/cases/<int:case_number>/freeze/<int:alert_id>/", cases.case_freeze, name="fraud_case_freeze"),
    path("fraud/cases/<int:case_number>/held/<int:alert_id>/", cases.case_held, name="fraud_case_held"),
    path("fraud/rules/", rules.rule_list, name="fraud_rules"),
    path("fraud/rules/new/", rules.rule_new, name="fraud_rule_new"),
    path("fraud/rules/<slug:rule_code>/", rules.rule, name="fraud_rule"),
    path("fraud/rules/<slug:rule_code>/card/", rules.rule_card, name="fraud_rule_card"),
    path("fraud/rules/<slug:rule_code>/paper/", handing.rule_paper, name="fraud_rule_paper"),
    path("fraud/model/", model.model, name="fraud_model"),
    path("fraud/model/training/", model.model_train, name="fraud_model_train"),
    path("fraud/model/analysis/", model.model_analyse, name="fraud_model_analyse"),
    path("fraud/model/analysis/<uuid:job_id>/", model.model_analysis, name="fraud_model_analysis"),
    path("fraud/model/in-force/<int:model_number>/", model.model_in_force, name="fraud_model_in_force"),
]
