"""The rows of the reviewed table about fraud; `reviewed.py` says how they are read."""

FRAUD = """
fraud_queue                        get   own   in  403      403     403    200     200        403   200
fraud_badge                        get   own   in  403      403     403    200     200        403   200
fraud_triage                       post  own   in  403      403     403    422     422        403   403
fraud_case                         get   own   in  403      403     403    200     200        403   200
fraud_case                         get   other in  403      403     403    404     200        403   200
fraud_case_step                    post  own   in  403      403     403    404     404        403   403
fraud_case_note                    post  own   in  403      403     403    422     422        403   403
fraud_case_note                    post  other in  403      403     403    404     422        403   403
fraud_case_assign                  get   own   in  403      403     403    200     200        403   403
fraud_case_assign                  get   other in  403      403     403    404     200        403   403
fraud_case_assign                  post  own   in  403      403     403    422     422        403   403
fraud_case_assign                  post  other in  403      403     403    404     422        403   403
fraud_case_paper                   post  own   in  403      403     403    303     303        403   303
fraud_case_paper                   post  other in  403      403     403    404     303        403   303
fraud_case_decide                  post  own   in  403      403     403    422     422        403   403
fraud_case_decide                  post  other in  403      403     403    404     422        403   403
fraud_case_freeze                  post  own   in  403      403     403    422     422        403   403
fraud_case_freeze                  post  other in  403      403     403    404     422        403   403
fraud_case_held                    post  own   in  403      403     403    404     404        403   403
fraud_rules                        get   own   in  403      403     403    200     200        403   200
fraud_rule_new                     get   own   in  403      403     403    403     303        403   403
fraud_rule_new                     post  own   in  403      403     403    403     303        403   403
fraud_rule                         get   own   in  403      403     403    403     200        403   403
fraud_rule                         post  own   in  403      403     403    403     422        403   403
fraud_rule_card                    get   own   in  403      403     403    200     200        403   200
fraud_rule_paper                   post  own   in  403      403     403    303     303        403   303
fraud_model                        get   own   in  403      403     403    403     200        200   200
fraud_model_train                  post  own   in  403      403     403    403     403        422   403
fraud_model_analyse                post  own   in  403      403     403    403     403        422   403
fraud_model_analysis               get   own   in  403      403     403    403     404        404   404
fraud_model_in_force               post  own   in  403      403     403    403     403        422   403
fraud_model_in_force               post  other in  403      403     403    403     403        422   403
"""
