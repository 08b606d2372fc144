"""The twelve traps of systems of this kind, each shown closed by tests of their rooms.

`CLOSED` names, trap by trap, the tests that show it; what needs more than one room is tried here.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db.models import CASCADE, ForeignKey
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

from deploy.folder import ROOT
from portal.audit.models import Change
from portal.base.keys import new_key
from portal.ledger.models import Entry, EntryKind
from portal.people.models import User
from tasks.tasks import AFTER_DRAIN, HANDLERS, PERIODIC, STARTING
from tests.cast import Cast, open_drawer

ClientFor = Callable[..., Client]

CLOSED = {
    1: [
        "access/test_matrix.py::test_every_answer_is_the_reviewed_one",
        "access/test_matrix.py::test_no_form_is_taken_without_its_token",
        "counter/test_page_counter.py::test_a_form_of_another_site_is_refused",
        "counter/test_page_counter.py::test_strangers_are_led_to_the_sign_in",
        "deposits/test_page_transfers.py::test_customers_hold_nothing_that_makes_money",
        "loans/test_services_repay.py::test_nobody_pays_out_what_is_not_approved",
    ],
    2: [
        "access/test_matrix.py::test_what_is_anothers_and_what_does_not_exist_answer_alike",
        "deposits/test_page_accounts.py::test_an_account_is_seen_within_reach",
        "deposits/test_receipts_pages.py::test_another_members_receipt_is_not_found",
        "drawers/test_page_report.py::test_another_branchs_drawer_is_not_found",
        "loans/test_page_loans.py::test_a_list_shows_members_their_own_loans_only",
        "loans/test_offers.py::test_nobody_reads_anothers_offer",
        "stories/test_a_loan.py::test_what_a_member_may_not",
    ],
    3: [
        "ledger/test_guards.py::test_sixty_withdrawals_of_seven_from_a_hundred",
        "counter/test_race_serve.py::test_fourteen_of_sixty_withdrawals",
        "deposits/test_services_at_once.py::test_fourteen_withdrawals_of_seven_fit_into_a_hundred",
        "loans/test_services_at_once.py::test_paid_out_by_many_it_is_paid_out_once",
        "loans/test_services_at_once.py::test_settled_by_many_it_is_settled_once",
    ],
    4: [
        "counter/test_page_counter.py::test_what_is_no_amount_is_refused",
        "deposits/test_page_transfers.py::test_what_is_no_amount_is_refused_and_kept",
        "ledger/test_services_post.py::test_not_below_the_floor_and_says_what_there_is",
        "loans/test_page_loans.py::test_a_payment_that_is_refused_changes_nothing",
    ],
    5: [
        "outbox/test_services_enqueue.py::test_a_broken_queue_loses_nothing",
        "tasks/test_mail.py::test_a_mail_is_sent_once_and_its_repeat_could_be_recognised",
        "tasks/test_worker.py::test_a_killed_worker_loses_nothing_and_doubles_nothing",
        "deposits/test_services_standing.py::test_a_run_killed_after_the_transfer_sends_it_once",
        "deposits/test_services_standing.py::test_sixteen_runs_at_once_send_it_once",
        "signin/test_page_sign_in.py::test_mail_with_a_new_password_goes_by_the_worker_alike",
    ],
    6: [
        "ledger/test_services_post.py::test_a_key_belongs_to_its_actor",
        "ledger/test_guards.py::test_one_key_from_sixteen_hands_posts_once",
        "deposits/test_page_transfers.py::test_without_a_key_nothing_is_sent",
        "deposits/test_page_transfers.py::test_the_outcome_is_known_to_who_sent_it",
    ],
    7: [
        "signin/test_page_sign_in.py::test_the_sixth_try_is_refused_even_with_the_right_password",
        "signin/test_page_sign_in.py::test_other_tries_do_not_push_a_count_of_tries_out",
        "signin/test_page_sign_in.py::test_a_link_to_a_new_password_lasts_half_an_hour",
    ],
    8: [
        "loans/test_services_repay.py::test_one_pesewa_settles_nothing",
        "loans/test_services_repay.py::test_too_little_money_leaves_the_loan_as_it_was",
        "loans/test_services_repay.py::test_more_than_the_settlement_figure_is_refused",
        "counter/test_page_loans.py::test_beyond_a_limit_the_manager_posts_it_from_the_inbox",
        "loans/test_services_decide.py::test_the_rate_is_the_products",
        "loans/test_services_decide.py::test_nobody_grants_a_rate_outside_the_product",
        "stories/test_a_loan.py::test_what_a_member_may_not",
        "deposits/test_page_plans.py::test_nobody_chooses_the_rate_of_a_deposit",
    ],
    9: [
        "ledger/test_services_hold_and_reverse.py::test_no_reversal_without_cover",
        "ledger/test_services_hold_and_reverse.py::test_reversed_once",
        "counter/test_services_serve.py::test_a_deposit_moves_cash_and_account_together",
        "counter/test_services_serve.py::test_another_cashiers_drawer_serves_nobody",
        "counter/test_race_serve.py::test_sixteen_cashiers_at_once",
        "deposits/test_services_cheques.py::test_no_reversal_of_a_cheque_on_us_without_cover",
        "deposits/test_race_cheques.py::test_one_cheque_at_sixteen_counters_is_taken_once",
        "deposits/test_race_cheques.py::test_cleared_and_returned_at_once_is_one_of_them",
        "loans/test_services_repay.py::test_what_was_given_back_cannot_be_taken_again",
        "reports/test_page_oversight.py::test_the_pictures_count_what_happened",
        "audit/test_guard.py::test_the_applications_role_cannot_touch_the_trail",
    ],
    10: ["tasks/test_queue.py::test_a_message_that_we_did_not_sign_is_never_unpickled"],
    11: [
        "ledger/test_compromised_app.py::test_a_temporary_table_of_the_same_name_deceives_nobody",
        "ledger/test_guards.py::test_even_the_owner_only_adds",
        "deposits/test_services_post_interest.py::test_run_twice_it_posts_once",
        "deposits/test_services_post_interest.py::test_two_runs_at_once_post_once",
        "deposits/test_services_post_interest.py::test_the_page_and_the_posting_agree",
        "deposits/test_services_interest_late.py::test_a_killed_worker_posts_nothing_twice_and_leaves_nothing_out",
        "deposits/test_services_states.py::test_the_days_work_makes_quiet_accounts_dormant",
        "deposits/test_services_states.py::test_a_closed_account_kept_its_last_balance_and_never_moves_again",
        "statements/test_formats.py::test_a_cent_less_is_noticed",
        "statements/test_files.py::test_nothing_in_a_file_is_a_formula",
        "deposits/test_services_limits.py::test_sixteen_at_once_stay_within_the_limit",
        "loans/test_services_days.py::test_interest_is_earned_day_by_day_and_a_day_once",
        "loans/test_services_at_once.py::test_two_workers_and_payments_beside_them_do_each_day_once",
    ],
    12: [
        "base/test_odd_requests.py::test_odd_requests_end_in_a_refusal_never_in_an_error",
        "deposits/test_page_accounts.py::test_the_page_asks_as_little_of_many_movements_as_of_few",
        "counter/test_page_counter.py::test_the_desk_needs_the_same_queries_however_much_was_done",
        "loans/test_page_loans.py::test_lists_ask_as_little_for_many_loans_as_for_few",
    ],
}


@pytest.mark.parametrize(("trap", "place"), [(trap, place) for trap, places in CLOSED.items() for place in places])
def test_what_shows_a_trap_closed_is_there(trap: int, place: str) -> None:
    file, _, name = place.partition("::")
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, f"trap {trap}"


def test_1_what_kind_a_movement_is_the_portal_says(cast: Cast, client_for: ClientFor) -> None:
    """A form that names another kind, currency, actor or fee posts the deposit it is, as who is signed in."""
    open_drawer(cast.drawer, cast.cashier)
    account = cast.ama_savings
    sent = {
        "customer": account.customer.number, "account": account.number, "amount": "12.50", "key": new_key(),
        "kind": "fee", "type": "disbursement", "currency": "EUR", "by": cast.manager.pk, "actor": cast.manager.pk,
        "fee": "-100", "branch": cast.south.pk, "business_date": "2020-01-01",
    }  # fmt: skip
    assert client_for(cast.cashier).post(reverse("counter_deposit"), sent).status_code == 303
    entry = Entry.objects.get(key=sent["key"])
    assert (entry.kind, entry.actor_id, entry.branch_id) == (EntryKind.DEPOSIT, cast.cashier.pk, cast.north.pk)
    assert entry.business_date == cast.north.business_date


def test_1_a_customer_cannot_make_money_at_the_counter(cast: Cast, client_for: ClientFor) -> None:
    account = cast.ama_savings
    sent = {"customer": account.customer.number, "account": account.number, "amount": "10", "key": new_key()}
    for name in ("counter_deposit", "counter_withdrawal", "counter_open"):
        assert client_for(cast.ama_user).post(reverse(name), sent).status_code == 403
    assert not Entry.objects.filter(key=sent["key"]).exists()


def test_2_anothers_is_not_there(cast: Cast, client_for: ClientFor) -> None:
    number, day = cast.outsider_savings.number, cast.north.business_date
    client = client_for(cast.ama_user)
    addresses = [
        reverse("account_detail", args=[number]),
        reverse("statement", args=[number, day, day]),
        reverse("statement_file", args=[number, day, day, "csv"]),
        f"{reverse('events')}?channels=account:{number}",
        f"{reverse('statement_choose')}?account={number}",
    ]
    assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)


@pytest.mark.parametrize("amount", ["1e5", "NaN", "１２", "0.001", "-0", "-5", "0", "Infinity", "9" * 20, "1_000"])
def test_4_no_such_amount_is_taken(cast: Cast, client_for: ClientFor, amount: str) -> None:
    open_drawer(cast.drawer, cast.cashier)
    account, before = cast.ama_savings, Entry.objects.count()
    sent = {"customer": account.customer.number, "account": account.number, "amount": amount, "key": new_key()}
    assert client_for(cast.cashier).post(reverse("counter_deposit"), sent).status_code == 422
    assert Entry.objects.count() == before


def test_8_no_page_knows_cards_or_payments_yet() -> None:
    """When one does, its traps (of 10 those of cards) need their tests here."""
    rooms = {
        path.name
        for path in (ROOT / "portal").iterdir()
        if (path / "models").is_dir() or (path / "models.py").is_file()
    }
    assert "loans" in rooms
    assert not rooms & {"cards", "payments", "rounds"}
    assert not any("models.FileField(" in path.read_text(encoding="utf-8") for path in (ROOT / "portal").rglob("*.py"))


def test_10_no_secret_has_a_value_of_its_own(cast: Cast) -> None:
    """A missing key stops the start; the trail keeps no password, not even as it is stored."""
    text = (ROOT / "portal" / "config" / "settings.py").read_text(encoding="utf-8")
    assert 'SECRET_KEY = env.text("SECRET_KEY")\n' in text
    user = User.objects.get(pk=cast.cashier.pk)
    user.set_password("a planted pass phrase")
    user.save()
    kept = " ".join(
        str(change.before) + str(change.after) for change in Change.objects.filter(table_name="people_user")
    )
    assert "(hidden)" in kept
    assert user.password not in kept


def test_11_whatever_is_scheduled_is_there_and_called_by_name() -> None:
    """A rule, a schedule or a kind of work that nothing calls would be none."""
    named = [*HANDLERS.values(), *PERIODIC, *STARTING, *AFTER_DRAIN]
    assert all(callable(import_string(name)) for name in named)
    asked = {
        kind
        for path in (*(ROOT / "portal").rglob("*.py"), *(ROOT / "tasks").rglob("*.py"))
        for kind in HANDLERS
        if path.name != "tasks.py" and f'"{kind}"' in path.read_text(encoding="utf-8")
    }
    assert asked == set(HANDLERS)


def test_11_no_history_is_deleted_with_what_it_is_about() -> None:
    cascades = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if model.__module__.startswith("portal.")
        and isinstance(field, ForeignKey)
        and field.remote_field.on_delete is CASCADE
    ]
    assert cascades == []


def test_12_an_error_tells_a_stranger_nothing(cast: Cast, client_for: ClientFor) -> None:
    client = client_for(cast.ama_user)
    for path in ("/admin/", "/metrics", "/docs/", "/api/", "/.env", "/accounts/'%20OR%201=1--/"):
        response = client.get(path)
        assert response.status_code == 404
        text = response.content.decode()
        assert not any(word in text for word in ("Traceback", "psycopg", "SELECT ", "urlpatterns", "DEBUG"))
    assert [client.get(reverse(name)).status_code for name in ("health_live", "health_ready")] == [200, 200]
