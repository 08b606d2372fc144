"""Things to knock at: each kind once within North's and Ama's reach, once elsewhere, and once not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.access.roles import Role
from portal.base.clock import now
from portal.base.keys import new_key
from portal.bookkeeping.models import EntryTemplate
from portal.bookkeeping.services import ByHand, make_template
from portal.counter.services import park, serve_deposit
from portal.deposits.cheques import FRONT
from portal.deposits.models import DepositAccount, TakenCharge
from portal.deposits.services import add_holder, apply_for_account, keep_note
from portal.documents.services import store
from portal.drawers.models import DrawerSession, VaultTransfer
from portal.drawers.services import ask_for_transfer
from portal.ledger import chart
from portal.ledger.models import Side
from portal.ledger.services import Posted
from portal.outbox.services import enqueue
from portal.people.models import User
from portal.people.services import add_mandate
from portal.signin.models import SignInSession
from portal.signin.services import begin_session
from tests.access.fraud import fraud_things
from tests.access.loans import STEPS, loan_things
from tests.access.plans import PRODUCT_CODE, plan_things
from tests.access.support import support_things
from tests.administration.working import invited
from tests.approvals.acts import asked
from tests.architecture.house import Address
from tests.cast import NOW, TODAY, Cast, ghs, make_customer, make_user, open_drawer
from tests.deposits.cheques import photographed, picture
from tests.filters.keeping import kept_filter
from tests.institution.days import closed_day
from tests.people.filling import brought, submitted
from tests.signin.factors import give_app
from tests.statements.issued import issue, pack

NOTHING = "00000000-0000-7000-8000-000000000000"
DAYS = {"start": date(2026, 11, 1), "end": date(2026, 11, 21)}
FIXED: dict[str, Any] = {
    **DAYS,
    "uidb36": "1",
    "channel": "mail",
    "kind": "app",
    "key": NOTHING,
    "act": "suspension",
    "token": "no-such-token",
    "code": chart.DEPOSITS,
    "part": "about",
    "form": "csv",
    "way": "sms",
    "notice_kind": "statement.ready",
    "purpose": FRONT,
    "product_code": PRODUCT_CODE,
    **STEPS,
    "rule_code": "large",
}


@dataclass(frozen=True, slots=True)
class Place:
    """The path arguments of everything that belongs to one place; an address takes those it names."""

    arguments: dict[str, Any]

    def of(self, address: Address) -> dict[str, Any]:
        """What this address asks for. The number in a customer's address is the member's, elsewhere an account's."""
        known = self.arguments
        if address.route.startswith("verifications/"):
            known = known | {"number": known["handed_in"]}
        elif address.route.startswith(("customers/", "registration/")):
            known = known | {"number": known["customer"]}
        if str(address.name).startswith("plan_"):
            known = known | {"number": known["plan"]}
        if address.name == "thread_file":
            known = known | {"upload_id": known["ticket_file"]}
        return {name: value for name, value in known.items() if f":{name}>" in address.route}


@dataclass(frozen=True, slots=True)
class World:
    """The cast, with somebody who is suspended, and the three places."""

    cast: Cast
    suspended: User
    own: Place
    other: Place
    missing: Place


def build(cast: Cast) -> World:
    """Both branches at work: a drawer open in each, a deposit taken in each, a job and a document of a customer of each."""
    suspended = make_user(Role.AUDITOR, "Suspended Auditor", is_active=False)
    own = _place(cast, mine=True)
    other = _place(cast, mine=False)
    missing = {name: value if name in FIXED else _absent(value) for name, value in own.arguments.items()}
    return World(cast, suspended, own, other, Place(missing))


def _place(cast: Cast, *, mine: bool) -> Place:
    cashier, drawer = (cast.cashier, cast.drawer) if mine else (cast.rival_cashier, cast.rival_drawer)
    account, user = (cast.ama_savings, cast.ama_user) if mine else (cast.outsider_savings, cast.outsider_user)
    session = open_drawer(drawer, cashier)
    posted = _paid_in(account, session, user)
    second, member = make_customer("Second Holder", drawer.branch), account.customer
    holder = add_holder(account=account, customer=second, reason="Married", by=cashier, at=NOW)
    application = apply_for_account(
        customer=account.customer, product=cast.savings, branch=drawer.branch, purpose="School", by=user, at=NOW
    )
    charge = TakenCharge.objects.create(
        account=account, kind="monthly", amount_minor=100, memo="Fee", used_on=TODAY, made_at=NOW
    )
    job = enqueue(kind="document.render", key=new_key(), payload={}, by=user, at=NOW)
    paper = store(
        kind="letter", title="Letter", filename="a.pdf", media_type="application/pdf", body=b"%PDF", by=user, at=NOW
    )
    run, issued = issue(account)
    photograph = brought(member, "photograph", cashier)
    mandate = add_mandate(
        customer=member, full_name="Yaw Helper", relation="brother", photograph=photograph, by=cashier, at=NOW
    )
    invitation = invited(cast, "north" if mine else "south")
    request = asked(cast, branch=drawer.branch, by=cashier, at=now())
    arguments = {
        "factor_id": give_app(user).pk,
        **fraud_things(account, user),
        "filter_id": kept_filter(user if mine else cast.kofi_user).pk,
        "request_id": request.pk,
        "invitation_id": invitation.pk,
        "user_id": (cast.mobile_banker if mine else cast.rival_cashier).pk,
        "run_id": run.pk,
        "issued_id": issued.pk,
        "pack_id": pack(account, by=cast.auditor if mine else cast.operations_manager).pk,
        "number": account.number,
        "product_code": cast.savings.code,
        "holder_id": holder.pk,
        "charge_id": charge.pk,
        "application_id": application.pk,
        "reference": posted.reference,
        "session_id": session.pk,
        "transfer_id": asked_vault(session).pk,
        "visit_id": park(session=session, customer=member, draft={}, key=new_key(), by=cashier, at=NOW).pk,
        "job_id": job.pk,
        "document_id": paper.pk,
        "customer": member.number,
        "handed_in": submitted(drawer.branch, cashier).number,
        "mandate_id": mandate.pk,
        "upload_id": photograph.pk,
        "drawer_id": drawer.pk,
        "sign_in_id": signed_in(user).pk,
        "person_id": user.pk,
        "cheque_id": photographed(account, user).pk,
        "holiday_id": closed_day(drawer.branch, cashier).pk,
        "account_id": chart.branch_account(drawer.branch.pk, chart.VAULT).pk,
    }
    arguments |= {"template_id": kept_entry(cast, f"Rent {drawer.branch.code}").pk}
    arguments |= support_things(account, user, cast.manager if mine else cast.rival_manager)
    arguments |= plan_things(account, user, cast.kofi_savings if mine else cast.ama_current)
    return Place(arguments | loan_things(account, user, second, cashier) | FIXED)


def kept_entry(cast: Cast, name: str) -> EntryTemplate:
    """A template of an entry by hand; it belongs to every branch."""
    lines = (ByHand("5100", Side.DEBIT, ghs("300.00")), ByHand("1910", Side.CREDIT, ghs("300.00")))
    return make_template(name=name, memo="Rent", lines=lines, by=cast.operations_manager, at=NOW)


def signed_in(user: User) -> SignInSession:
    """Somebody's session on another device, as a sign-in leaves it."""
    return begin_session(user=user, key=new_key()[:32], visit=None, is_shared=False, at=now())


def _paid_in(account: DepositAccount, session: DrawerSession, owner: User) -> Posted:
    """A deposit at the counter, beside which its owner keeps a photograph."""
    amount, key, by = ghs("25.00"), new_key(), session.cashier
    posted = serve_deposit(session=session, account=account, amount=amount, notes={}, key=key, by=by, at=NOW)
    keep_note(customer=account.customer, entry_id=posted.entry_id, text="", picture=picture(), by=owner, at=NOW)
    return posted


def _absent(value: Any) -> Any:
    """An argument of the same shape that names nothing."""
    if isinstance(value, int):
        return 10**9
    return NOTHING if "-" in str(value) else str(10 ** len(str(value)) - 1)


def asked_vault(session: DrawerSession) -> VaultTransfer:
    """Cash that a cashier offers the vault; it waits."""
    way = VaultTransfer.Way.TO_VAULT
    return ask_for_transfer(
        drawer=session.drawer, way=way, counts={20000: 1}, key=new_key(), by=session.cashier, at=NOW
    )
