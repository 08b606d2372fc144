"""A complaint from the first word through its deadline to the final answer and the money that makes good."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from portal.approvals.services import decide
from portal.base.errors import Refused
from portal.base.keys import new_key
from portal.deposits.queries import funds_of
from portal.notifications.models import Notice
from portal.support import services
from portal.support.models import Redress
from portal.support.papers import thread_pdf
from tests.cast import Cast, ghs
from tests.support.desk import MONDAY, answered, written

pytestmark = pytest.mark.django_db


def test_a_complaint_through_its_deadline(cast: Cast) -> None:
    ticket = written(cast, "charges", at=MONDAY, account=cast.ama_savings, subject="Charged twice")
    complaint = ticket.complaint
    assert (complaint.acknowledge_by, complaint.final_by) == (date(2026, 11, 27), date(2026, 12, 11))

    # Nobody answers: two days before the first deadline the manager of the branch is told, once.
    for minute in range(3):
        services.tell_deadlines(at=MONDAY + timedelta(days=2, minutes=minute))
    assert Notice.objects.filter(kind="complaint.due", user=cast.manager).count() == 1
    assert not Notice.objects.filter(kind="complaint.due", user=cast.rival_manager).exists()

    answered(ticket, cast.cashier, "We have your complaint.", at=MONDAY + timedelta(days=2))
    complaint.refresh_from_db()
    assert complaint.acknowledged_at == MONDAY + timedelta(days=2)
    with pytest.raises(Refused, match="final answer"):
        services.change_state(ticket=ticket, state="closed", by=cast.manager, at=MONDAY)
    with pytest.raises(Refused):
        services.settle_complaint(
            complaint=complaint, outcome="upheld", cause="fees", finding="x", by=cast.cashier, at=MONDAY
        )

    later = MONDAY + timedelta(days=17)
    services.tell_deadlines(at=later)
    assert Notice.objects.filter(kind="complaint.due", user=cast.manager).count() == 2

    request = services.ask_for_redress(
        complaint=complaint,
        account=cast.ama_savings,
        amount=ghs("12.50"),
        reason="Charged twice",
        key=new_key(),
        by=cast.manager,
        at=later,
    )
    assert funds_of(cast.ama_savings).booked == ghs("1000.00")
    with pytest.raises(Refused, match="yourself"):
        decide(request=request, approve=True, by=cast.manager, at=later)
    decide(request=request, approve=True, by=cast.operations_manager, at=later)
    assert funds_of(cast.ama_savings).booked == ghs("1012.50")
    paid = Redress.objects.get()
    assert (paid.asked_by, paid.approved_by, paid.amount) == (cast.manager, cast.operations_manager, ghs("12.50"))

    services.settle_complaint(
        complaint=complaint, outcome="upheld", cause="fees", finding="It was charged twice.", by=cast.manager, at=later
    )
    ticket.refresh_from_db()
    assert ticket.state == "resolved"
    letter = thread_pdf(by=cast.ama_user, at=later, ticket=str(ticket.pk), letter=True)
    assert letter.title == f"Final answer to {ticket.number}"
    services.tell_deadlines(at=later + timedelta(days=30))
    assert Notice.objects.filter(kind="complaint.due", user=cast.manager).count() == 2
    services.rate(ticket=ticket, rating=5, text="Thank you", by=cast.ama_user, at=later)


def test_redress_into_anothers_account_is_refused_at_asking(cast: Cast) -> None:
    complaint = written(cast, "charges").complaint
    asked: dict[str, Any] = {"complaint": complaint, "amount": ghs("1.00"), "reason": "x", "key": new_key()}
    with pytest.raises(Refused, match="not the customer's"):
        services.ask_for_redress(account=cast.kofi_savings, **asked, by=cast.manager, at=MONDAY)
