"""What each address answers to whom: the table an auditor reads, and the tests compare with what the pages really do.

`in` is the way to the sign-in page. A method without a line is refused: 405 for whoever may open the address, 403 for
whoever may not. `own` is in Ama's and North's reach, `other` is South's; what does not exist answers like `other`
to whoever may not reach that.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.access.reviewed_administration import ADMINISTRATION
from tests.access.reviewed_fraud import FRAUD
from tests.access.reviewed_keeping import KEEPING
from tests.access.reviewed_loans import LOANS
from tests.access.reviewed_support import SUPPORT

ACTORS = ("anyone", "customer", "cashier", "mobile_banker", "manager", "operations_manager", "administrator", "auditor")

_TABLE = """
                                            anyone customer cashier banker manager operations admin auditor
account_login                      get   own   200 302      302     302    302     302        302   302
account_login                      post  own   200 302      302     302    302     302        302   302
account_signup                     get   own   200 302      302     302    302     302        302   302
account_signup                     post  own   422 302      302     302    302     302        302   302
sign_up_code                       get   own   302 302      302     302    302     302        302   302
sign_up_code                       post  own   302 302      302     302    302     302        302   302
sign_up_again                      post  own   302 302      302     302    302     302        302   302
session_stay                       get   own   in  200      200     200    200     200        200   200
session_stay                       post  own   in  303      303     303    303     303        303   303
session_list                       get   own   in  200      200     200    200     200        200   200
session_end                        post  own   in  303      404     404    404     404        404   404
session_end                        post  other in  404      404     404    404     404        404   404
session_end_others                 post  own   in  303      303     303    303     303        303   303
session_everybody                  get   own   in  403      403     403    403     403        200   403
session_end_anyones                post  own   in  403      403     403    403     403        303   403
attempt_list                       get   own   in  403      403     403    200     403        200   200
attempt_csv                        get   own   in  403      403     403    200     403        200   200
session_log                        get   own   in  403      403     403    200     403        200   200
session_log_csv                    get   own   in  403      403     403    200     403        200   200
attempt_unlock                     get   own   in  403      403     403    200     403        200   403
attempt_unlock                     get   other in  403      403     403    404     403        200   403
attempt_unlock                     post  own   in  403      403     403    422     403        422   403
attempt_unlock                     post  other in  403      403     403    404     403        422   403
account_inactive                   get   own   200 200      200     200    200     200        200   200
account_reset_password             get   own   200 200      200     200    200     200        200   200
account_reset_password             post  own   200 200      200     200    200     200        200   200
account_reset_password_done        get   own   200 200      200     200    200     200        200   200
account_reset_password_from_key    get   own   200 200      200     200    200     200        200   200
account_reset_password_from_key    post  own   200 200      200     200    200     200        200   200
account_reset_password_from_key_done get own   200 200      200     200    200     200        200   200
account_change_password            get   own   in  302      302     302    302     302        302   302
account_change_password            post  own   in  302      302     302    302     302        302   302
account_logout                     get   own   302 200      200     200    200     200        200   200
account_logout                     post  own   302 302      302     302    302     302        302   302
demo_sign_in                       post  own   404 404      404     404    404     404        404   404
demo_mail                          get   own   404 404      404     404    404     404        404   404
health_live                        get   own   200 200      200     200    200     200        200   200
health_ready                       get   own   200 200      200     200    200     200        200   200
theme_set                          post  own   303 303      303     303    303     303        303   303

factor_ask                         get  own   302 302      302     302    302     302        302   302
factor_ask                         post own   302 302      302     302    302     302        302   302
enrol                              get  own   302 302      302     302    302     302        302   302
enrol                              post own   302 302      302     302    302     302        302   302
step_up                            get  own   in  200      200     200    200     200        200   200
step_up                            post own   in  422      422     422    422     422        422   422
factor_list                        get  own   in  200      200     200    200     200        200   200
app_add                            get  own   in  200      200     200    200     200        200   200
app_add                            post own   in  422      422     422    422     422        422   422
passkey_add                        get  own   in  200      200     200    200     200        200   200
passkey_add                        post own   in  422      422     422    422     422        422   422
sent_code_add                      get  own   in  200      200     200    200     200        200   200
sent_code_add                      post own   in  303      422     422    422     422        422   422
recovery_codes                     get  own   in  303      303     303    303     303        303   303
recovery_codes                     post own   in  303      303     303    303     303        303   303
recovery_codes_make                post own   in  303      303     303    303     303        303   303
recovery_codes_file                get  own   in  302      302     302    302     302        302   302
pin_set                            get  own   in  200      200     403    403     403        403   403
pin_set                            post own   in  422      422     403    403     403        403   403
factor_rename                      get  own   in  200      404     404    404     404        404   404
factor_rename                      get  other in  404      404     404    404     404        404   404
factor_rename                      post own   in  422      404     404    404     404        404   404
factor_rename                      post other in  404      404     404    404     404        404   404
factor_remove                      get  own   in  200      404     404    404     404        404   404
factor_remove                      get  other in  404      404     404    404     404        404   404
factor_remove                      post own   in  303      404     404    404     404        404   404
factor_remove                      post other in  404      404     404    404     404        404   404

home                               get   own   in  200      200     200    200     200        200   200
balances_set                       post  own   in  303      303     303    303     303        303   303
find                               get   own   in  200      200     200    200     200        200   200
find                               post  own   in  200      200     200    200     200        200   200
profile                            get   own   in  200      200     200    200     200        200   200
overview                           get   own   in  200      404     404    404     404        403   404
events                             get   own   in  404      404     404    404     404        404   404

customer_list                      get   own   in  403      200     403    200     200        403   200
customer_list                      post  own   in  403      303     403    303     303        403   303
customer_detail                    get   own   in  200      200     404    200     200        403   200
customer_detail                    get   other in  404      200     404    404     200        403   200
customer_detail                    post  own   in  422      422     404    422     422        403   422
customer_detail                    post  other in  404      422     404    404     422        403   422
customer_close                     get   own   in  403      403     403    200     200        403   403
customer_close                     get   other in  403      403     403    404     200        403   403
customer_close                     post  own   in  403      403     403    422     422        403   403
customer_close                     post  other in  403      403     403    404     422        403   403
customer_risk                      get   own   in  403      403     403    200     200        403   403
customer_risk                      get   other in  403      403     403    404     200        403   403
customer_risk                      post  own   in  403      403     403    422     422        403   403
customer_risk                      post  other in  403      403     403    404     422        403   403
customer_transfer                  get   own   in  403      403     403    200     200        403   403
customer_transfer                  get   other in  403      403     403    404     200        403   403
customer_transfer                  post  own   in  403      403     403    422     422        403   403
customer_transfer                  post  other in  403      403     403    404     422        403   403
customer_mandates                  get   own   in  403      200     403    200     200        403   403
customer_mandates                  get   other in  403      404     403    404     200        403   403
customer_mandates                  post  own   in  403      422     403    422     422        403   403
customer_mandates                  post  other in  403      404     403    404     422        403   403
mandate_rule                       post  own   in  403      422     403    422     422        403   403
mandate_rule                       post  other in  403      404     403    404     422        403   403
mandate_end                        post  own   in  403      422     403    422     422        403   403
mandate_end                        post  other in  403      404     403    404     422        403   403
customer_file                      get   own   in  200      200     404    200     200        403   200
customer_file                      get   other in  404      200     404    404     200        403   200
customer_views                     get   own   in  403      403     403    200     200        403   200
registration                       get   own   in  302      404     404    404     404        403   403
registration_new                   get   own   in  403      200     200    200     403        403   403
registration_new                   post  own   in  403      422     422    422     403        403   403
registration_tasks                 get   own   in  200      200     404    200     200        403   403
registration_tasks                 get   other in  404      404     404    404     200        403   403
registration_tasks                 post  own   in  409      409     404    409     409        403   403
registration_tasks                 post  other in  404      404     404    404     409        403   403
registration_part                  get   own   in  404      200     404    200     200        403   403
registration_part                  get   other in  404      404     404    404     200        403   403
registration_part                  post  own   in  404      422     404    422     422        403   403
registration_part                  post  other in  404      404     404    404     422        403   403
verification_list                  get   own   in  403      403     403    200     200        403   403
verification                       get   own   in  403      403     403    200     200        403   403
verification                       get   other in  403      403     403    404     200        403   403
verification                       post  own   in  403      403     403    422     422        403   403
verification                       post  other in  403      403     403    404     422        403   403
my_data                            get   own   in  200      403     403    403     403        403   403
my_data                            post  own   in  303      403     403    403     403        403   403
retention_list                     get   own   in  403      403     403    403     200        403   403
retention_list                     post  own   in  403      403     403    403     422        403   403

account_list                       get   own   in  200      200     200    200     200        403   200
account_detail                     get   own   in  200      200     404    200     200        403   200
account_detail                     get   other in  404      200     404    404     200        403   200
account_rename                     get   own   in  200      403     403    403     403        403   403
account_rename                     get   other in  404      403     403    403     403        403   403
account_rename                     post  own   in  303      403     403    403     403        403   403
account_rename                     post  other in  404      403     403    403     403        403   403
movement_detail                    get   own   in  200      200     404    200     200        403   200
movement_detail                    get   other in  404      200     404    404     200        403   200
movement_note                      post  own   in  303      403     403    403     403        403   403
movement_note                      post  other in  404      403     403    403     403        403   403
movement_picture                   get   own   in  200      403     403    403     403        403   403
movement_picture                   get   other in  404      403     403    403     403        403   403
transfer_start                     get   own   in  200      403     403    403     403        403   403
transfer_start                     post  own   in  303      403     403    403     403        403   403
transfer_amount                    get   own   in  303      403     403    403     403        403   403
transfer_amount                    post  own   in  422      403     403    403     403        403   403
transfer_check                     get   own   in  303      403     403    403     403        403   403
transfer_check                     post  own   in  303      403     403    403     403        403   403
transfer_done                      get   own   in  303      403     403    403     403        403   403
transfer_done                      post  own   in  303      403     403    403     403        403   403
transfer_outcome                   get   own   in  200      403     403    403     403        403   403
interest_runs                      get   own   in  403      403     403    403     200        403   403
interest_runs                      post  own   in  403      403     403    403     422        403   403

receipt                            get   own   in  200      200     403    200     200        403   200
receipt                            get   other in  404      404     403    404     200        403   200
receipt_print                      post  own   in  303      303     403    303     303        403   303
receipt_print                      post  other in  404      404     403    404     303        403   303
receipt_pdf                        post  own   in  422      422     403    422     422        403   422
receipt_pdf                        post  other in  404      404     403    404     422        403   422
receipt_check                      get   own   200 200      200     200    200     200        200   200
receipt_check                      post  own   200 200      200     200    200     200        200   200
receipt_verify                     get   own   200 200      200     200    200     200        200   200
receipt_verify                     get   other 200 200      200     200    200     200        200   200

plan_list                          get  own   in 200 403 403 403 403 403 403
plan_start                         get  own   in 200 403 403 403 403 403 403
plan_start                         post own   in 422 403 403 403 403 403 403
plan_detail                        get  own   in 200 200 404 200 200 403 200
plan_detail                        get  other in 404 200 404 404 200 403 200
plan_pay                           get  own   in 200 403 403 403 403 403 403
plan_pay                           get  other in 404 403 403 403 403 403 403
plan_pay                           post own   in 422 403 403 403 403 403 403
plan_pay                           post other in 404 403 403 403 403 403 403
plan_take                          get  own   in 200 403 403 403 403 403 403
plan_take                          get  other in 404 403 403 403 403 403 403
plan_take                          post own   in 422 403 403 403 403 403 403
plan_take                          post other in 404 403 403 403 403 403 403
plan_instruct                      get  own   in 404 403 403 403 403 403 403
plan_instruct                      post own   in 404 403 403 403 403 403 403
plan_pause                         post own   in 422 403 403 403 403 403 403
plan_pause                         post other in 404 403 403 403 403 403 403
plan_pdf                           post own   in 422 422 404 422 422 403 422
plan_pdf                           post other in 404 422 404 404 422 403 422
payee_list                         get  own   in 200 403 403 403 403 403 403
payee_add                          get  own   in 200 403 403 403 403 403 403
payee_add                          post own   in 422 403 403 403 403 403 403
payee_remove                       post own   in 303 403 403 403 403 403 403
payee_remove                       post other in 404 403 403 403 403 403 403
standing_list                      get  own   in 200 200 403 200 200 403 200
standing_new                       get  own   in 200 403 403 403 403 403 403
standing_new                       post own   in 422 403 403 403 403 403 403
standing_detail                    get  own   in 200 200 403 200 200 403 200
standing_detail                    get  other in 404 200 403 404 200 403 200
standing_change                    post own   in 422 403 403 403 403 403 403
standing_change                    post other in 404 403 403 403 403 403 403
account_analysis                   get  own   in 200 200 404 200 200 403 200
account_analysis                   get  other in 404 200 404 404 200 403 200
account_goal                       get  own   in 200 403 403 403 403 403 403
account_goal                       get  other in 404 403 403 403 403 403 403
account_goal                       post own   in 422 403 403 403 403 403 403
account_goal                       post other in 404 403 403 403 403 403 403
dormant_list                       get  own   in 403 403 403 200 200 403 200
dormant_csv                        get  own   in 403 403 403 200 200 403 200
share_register                     get  own   in 403 403 403 200 200 403 200
dividend_new                       get  own   in 403 403 403 403 200 403 403
dividend_new                       post own   in 403 403 403 403 422 403 403
limit_list                         get  own   in 403 403 403 200 200 403 200
limit_new                          get  own   in 403 403 403 403 200 403 403
limit_new                          post own   in 403 403 403 403 422 403 403
new_payee_rule                     get  own   in 403 403 403 403 200 403 403
new_payee_rule                     post own   in 403 403 403 403 422 403 403

counter                            get   own   in  403      200     403    403     403        403   403
counter_find                       get   own   in  403      200     403    403     403        403   403
counter_deposit                    post  own   in  403      404     403    403     403        403   403
counter_withdrawal                 post  own   in  403      404     403    403     403        403   403
counter_transfer                   post  own   in  403      404     403    403     403        403   403
counter_repayment                  post  own   in  403      404     403    403     403        403   403
counter_closing                    post  own   in  403      404     403    403     403        403   403
counter_loan                       post  own   in  403      404     403    403     403        403   403
counter_aside                      get   own   in  403      302     403    403     403        403   403
counter_visit                      get   own   in  403      200     403    403     403        403   403
counter_visit                      get   other in  403      404     403    403     403        403   403
counter_visit_act                  post  own   in  403      422     403    403     403        403   403
counter_visit_act                  post  other in  403      404     403    403     403        403   403
counter_reverse_last               get   own   in  403      200     403    403     403        403   403
counter_reverse_last               post  own   in  403      422     403    403     403        403   403
counter_reverse                    get   own   in  403      200     403    403     403        403   403
counter_reverse                    get   other in  403      404     403    403     403        403   403
counter_reverse                    post  own   in  403      422     403    403     403        403   403
counter_reverse                    post  other in  403      404     403    403     403        403   403
counter_reverse_late               get   own   in  403      403     403    403     200        403   403
counter_reverse_late               get   other in  403      403     403    403     200        403   403
counter_reverse_late               post  own   in  403      403     403    403     422        403   403
counter_reverse_late               post  other in  403      403     403    403     422        403   403
counter_next                       post  own   in  403      303     403    403     403        403   403
counter_lock                       post  own   in  403      303     403    403     403        403   403
counter_locked                     get   own   in  403      302     403    403     403        403   403
counter_locked                     post  own   in  403      302     403    403     403        403   403
counter_visit_print                post  own   in  403      404     403    403     403        403   403
counter_position                    get   own   in  403      403     403    200     200        403   200
counter_spot_count                  get   own   in  403      302     403    403     403        403   403
counter_spot_count                  post  own   in  403      302     403    403     403        403   403
counter_recount                     get   own   in  403      403     403    200     403        403   403
counter_recount                     get   other in  403      403     403    404     403        403   403
counter_recount                     post  own   in  403      403     403    422     403        403   403
counter_recount                     post  other in  403      403     403    404     403        403   403
counter_take_over                  get   own   in  403      403     403    200     403        403   403
counter_take_over                  get   other in  403      403     403    404     403        403   403
counter_take_over                  post  own   in  403      403     403    422     403        403   403
counter_take_over                  post  other in  403      403     403    404     403        403   403
counter_open                       get   own   in  403      302     403    403     403        403   403
counter_open                       post  own   in  403      422     403    403     403        403   403
counter_pause                      post  own   in  403      303     403    403     403        403   403
counter_resume                     post  own   in  403      303     403    403     403        403   403
counter_close                      get   own   in  403      200     403    403     403        403   403
counter_close                      post  own   in  403      422     403    403     403        403   403
drawer_list                        get   own   in  403      200     403    200     200        403   200
drawer_report                      get   own   in  403      200     403    200     200        403   200
drawer_report                      get   other in  403      404     403    404     200        403   200
drawer_day                         get   own   in  403      403     403    200     200        403   200
counter_journal                    get   own   in  403      200     403    200     200        403   200
counter_journal                    get   other in  403      404     403    404     200        403   200
counter_journal_paper              post  own   in  403      404     403    303     303        403   303
counter_journal_paper              post  other in  403      404     403    404     303        403   303
vault_slip                         get   own   in  403      200     403    200     200        403   200
vault_slip                         get   other in  403      404     403    404     200        403   200
drawer_vault                       get   own   in  403      200     403    403     403        403   403
drawer_vault                       post  own   in  403      422     403    403     403        403   403
drawer_confirm                     post  own   in  403      303     403    403     403        403   403
drawer_confirm                     post  other in  403      404     403    403     403        403   403
drawer_refuse                      get   own   in  403      200     403    403     403        403   403
drawer_refuse                      get   other in  403      404     403    403     403        403   403
drawer_refuse                      post  own   in  403      422     403    403     403        403   403
drawer_refuse                      post  other in  403      404     403    403     403        403   403
drawer_withdraw                    post  own   in  403      303     403    403     403        403   403
drawer_withdraw                    post  other in  403      404     403    403     403        403   403
drawer_exchange                    get   own   in  403      200     403    403     403        403   403
drawer_exchange                    post  own   in  403      422     403    403     403        403   403
vault                              get   own   in  403      403     403    200     200        403   200
vault_hand_out                     get   own   in  403      403     403    200     403        403   403
vault_hand_out                     post  own   in  403      403     403    422     403        403   403
vault_count                        get   own   in  403      403     403    200     403        403   403
vault_count                        post  own   in  403      403     403    422     403        403   403
vault_confirm                      post  own   in  403      403     403    303     403        403   403
vault_confirm                      post  other in  403      403     403    404     403        403   403
vault_refuse                       get   own   in  403      403     403    200     403        403   403
vault_refuse                       get   other in  403      403     403    404     403        403   403
vault_refuse                       post  own   in  403      403     403    422     403        403   403
vault_refuse                       post  other in  403      403     403    404     403        403   403
vault_withdraw                     post  own   in  403      403     403    303     403        403   403
vault_withdraw                     post  other in  403      403     403    404     403        403   403

cheque_list                        get   own   in  200      200     403    200     200        403   200
cheque_new                         get   own   in  403      200     403    403     403        403   403
cheque_new                         post  own   in  403      404     403    403     403        403   403
cheque_photo                       get   own   in  200      403     403    403     403        403   403
cheque_photo                       post  own   in  422      403     403    403     403        403   403
cheque_clear_chosen                post  own   in  403      403     403    422     422        403   403
cheque_detail                      get   own   in  200      200     403    200     200        403   200
cheque_detail                      get   other in  404      404     403    404     200        403   200
cheque_slip                        get   own   in  200      200     403    200     200        403   200
cheque_slip                        get   other in  404      404     403    404     200        403   200
cheque_slip_pdf                    post  own   in  422      422     403    422     422        403   422
cheque_slip_pdf                    post  other in  404      404     403    404     422        403   422
cheque_picture                     get   own   in  200      200     403    200     200        403   200
cheque_picture                     get   other in  404      404     403    404     200        403   200
cheque_read                        get   own   in  403      200     403    200     200        403   403
cheque_read                        get   other in  403      404     403    404     200        403   403
cheque_read                        post  own   in  403      422     403    422     422        403   403
cheque_read                        post  other in  403      404     403    404     422        403   403
cheque_refuse                      post  own   in  403      422     403    422     422        403   403
cheque_refuse                      post  other in  403      404     403    404     422        403   403
cheque_clear                       post  own   in  403      403     403    422     422        403   403
cheque_clear                       post  other in  403      403     403    404     422        403   403
cheque_return                      post  own   in  403      403     403    422     422        403   403
cheque_return                      post  other in  403      403     403    404     422        403   403
cheque_take_back                   post  own   in  403      403     403    422     422        403   403
cheque_take_back                   post  other in  403      403     403    404     422        403   403
cheque_rules                       get   own   in  403      403     403    403     200        403   403
cheque_rules                       post  own   in  403      403     403    403     422        403   403

statement_choose                   get   own   in  200      200     403    200     200        403   200
statement                          get   own   in  200      200     403    200     200        403   200
statement                          get   other in  404      200     403    404     200        403   200
statement_file                     get   own   in  200      200     403    200     200        403   200
statement_file                     get   other in  404      200     403    404     200        403   200
statement_issued                   get   own   in  200      200     403    200     200        403   200
statement_issued                   get   other in  404      200     403    404     200        403   200
statement_pdf                      post  own   in  303      303     403    303     303        403   303
statement_pdf                      post  other in  404      303     403    404     303        403   303
balance_certificate                get   own   in  200      200     403    200     200        403   200
balance_certificate                get   other in  404      200     403    404     200        403   200
balance_certificate                post  own   in  422      422     403    422     422        403   422
balance_certificate                post  other in  404      422     403    404     422        403   422
statement_runs                     get   own   in  403      403     403    403     200        403   403
statement_runs                     post  own   in  403      403     403    403     422        403   403
statement_run                      get   own   in  403      403     403    403     200        403   403
statement_packs                    get   own   in  403      403     403    403     200        403   200
statement_packs                    post  own   in  403      403     403    403     422        403   422
statement_pack                     get   own   in  403      403     403    403     404        403   200
statement_pack                     get   other in  403      403     403    403     200        403   404
statement_pack_zip                 get   own   in  403      403     403    403     404        403   200
statement_pack_zip                 get   other in  403      403     403    403     200        403   404

trial_balance                      get   own   in  403      403     403    200     200        403   200
trial_balance_csv                  get   own   in  403      403     403    200     200        403   200
trial_balance_lines                get   own   in  403      403     403    200     200        403   200
ledger_account                     get   own   in  403      403     403    200     200        403   200
ledger_account                     get   other in  403      403     403    404     200        403   200
ledger_entry                       get   own   in  403      403     403    200     200        403   200
ledger_entry                       get   other in  403      403     403    404     200        403   200
balance_sheet                      get   own   in  403      403     403    200     200        403   200
balance_sheet_csv                  get   own   in  403      403     403    200     200        403   200
general_ledger_csv                 get   own   in  403      403     403    200     200        403   200
general_ledger                     get   own   in  403      403     403    200     200        403   200
entry_new                          get   own   in  403      403     403    200     200        403   403
entry_new                          post  own   in  403      403     403    422     422        403   403
template_list                      get   own   in  403      403     403    200     200        403   403
template_new                       get   own   in  403      403     403    403     200        403   403
template_new                       post  own   in  403      403     403    403     422        403   403
template_retire                    post  own   in  403      403     403    403     303        403   403
template_retire                    post  other in  403      403     403    403     303        403   403
period_list                        get   own   in  403      403     403    200     200        403   200
period_close                       get   own   in  403      403     403    403     200        403   403
period_close                       get   other in  403      403     403    403     200        403   403
period_close                       post  own   in  403      403     403    403     422        403   403
period_close                       post  other in  403      403     403    403     422        403   403
period_reopen                      get   own   in  403      403     403    403     200        403   403
period_reopen                      get   other in  403      403     403    403     200        403   403
period_reopen                      post  own   in  403      403     403    403     422        403   403
period_reopen                      post  other in  403      403     403    403     422        403   403
income_statement                   get   own   in  403      403     403    200     200        403   200
income_statement_csv               get   own   in  403      403     403    200     200        403   200
chart_of_accounts                  get   own   in  403      403     403    200     200        403   200
chart_account_add                  get   own   in  403      403     403    403     200        403   403
chart_account_add                  post  own   in  403      403     403    403     422        403   403
chart_account                      get   own   in  403      403     403    403     200        403   403
chart_account                      post  own   in  403      403     403    403     422        403   403
chart_account_close                post  own   in  403      403     403    403     422        403   403
chart_account_reopen               post  own   in  403      403     403    403     303        403   403
chart_account                      get   other in  403      403     403    403     200        403   403
chart_account                      post  other in  403      403     403    403     422        403   403
chart_account_close                post  other in  403      403     403    403     422        403   403
chart_account_reopen               post  other in  403      403     403    403     303        403   403
journal_export                     get   own   in  403      403     403    403     200        403   200
journal_export                     post  own   in  403      403     403    403     422        403   422
permissions                        get   own   in  403      403     403    403     403        200   200
audit_trail                        get   own   in  403      403     403    403     403        200   200
audit_trail_xlsx                   get   own   in  403      403     403    403     403        200   200
oversight                          get   own   in  403      403     403    403     403        200   200
exception_list                     get   own   in  403      403     403    403     403        200   200
chain_state                        get   own   in  403      403     403    403     403        200   200
chain_state                        post  own   in  403      403     403    403     403        422   422
audit_trail_csv                    get   own   in  403      403     403    403     403        200   200

job_detail                         get   own   in  200      404     404    404     200        200   404
job_detail                         get   other in  404      404     404    404     200        200   404
document_list                      get   own   in  200      200     200    200     200        200   200
document_download                  get   own   in  200      404     404    404     404        404   404
document_download                  get   other in  404      404     404    404     404        404   404
document_check                     get   own   200 200      200     200    200     200        200   200
document_check                     post  own   200 200      200     200    200     200        200   200
document_verify                    get   own   200 200      200     200    200     200        200   200
document_verify                    get   other 200 200      200     200    200     200        200   200
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what each actor gets at one address, by one method, for what stands at one place."""

    name: str
    method: str
    place: str
    answers: dict[str, str]


def _read() -> list[Line]:
    rows = [
        row.split() for row in (_TABLE + ADMINISTRATION + FRAUD + KEEPING + LOANS + SUPPORT).splitlines()[2:] if row
    ]
    return [Line(name, method, place, dict(zip(ACTORS, cells, strict=True))) for name, method, place, *cells in rows]


LINES = _read()

LEAVE_A_TRACE = {
    "statement",
    "statement_file",
    "statement_issued",
    "statement_pack_zip",
    "trial_balance_csv",
    "balance_sheet_csv",
    "general_ledger_csv",
    "income_statement_csv",
    "audit_trail",
    "audit_trail_csv",
    "audit_trail_xlsx",
    "exception_list",
    "attempt_csv",
    "dormant_csv",
    "session_log_csv",
    "document_download",
}
"""Addresses whose reading is itself an event of the trail. They write that one line and nothing else."""
