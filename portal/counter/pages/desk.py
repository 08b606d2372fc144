"""What stands on the teller screen at one moment: the field, who is served, the form or the result, the drawer.

htmx asks for the left side only, `#serving`; what changes on the right comes along out of band.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.base.clock import now
from portal.base.money import Money, format_amount
from portal.base.templatetags.portal import ABSENT
from portal.counter import commands, queries
from portal.counter.commands import Command
from portal.counter.models import CounterTransfer, Visit
from portal.counter.pages.forms import AskForm, LegForm, SpotForm, signed
from portal.counter.services.legs import LEGS, Leg
from portal.counter.services.subjects import LOAN, Subject, about
from portal.deposits.models import DepositAccount
from portal.deposits.receipts import Concern, Receipt, code_of, receipt_of
from portal.drawers import vaults
from portal.drawers.models import DrawerSession
from portal.drawers.queries import fullness_tenths
from portal.institution.queries import denominations_shown
from portal.ledger.services import Posted
from portal.loans.models import Loan
from portal.people.queries import Flag, card_of

SERVING = "serving"
LEG_KEYS = " ".join(f"{leg.key}:{leg.letter}" for leg in LEGS.values() if leg.key)
"""Which letter each function key writes into the field."""
KEYS = (
    ("F2", "Find a member"),
    *((leg.key, leg.label) for leg in LEGS.values() if leg.key),
    ("F8", "Take a cheque"),
    ("F9", "Put one more to the visit"),
    ("F10", "Change notes"),
    ("Alt P", "Print the last receipt again"),
    ("Alt R", "Take back the last movement"),
    ("Alt 1 to 5", "Let a member wait aside, and return to them"),
    ("Alt N", "Call the next number"),
    ("Ctrl L", "Lock"),
)
"""What the list of keys says of this page."""
STILL = {"leg_keys": LEG_KEYS, "page_keys": KEYS}


@dataclass(frozen=True, slots=True)
class Done:
    """What was just posted. `again` says that the same form had been posted before, `kept` what settled no loan any more."""

    title: str
    amount: Money
    about: Subject | Concern | None
    figure: Money | None
    figure_word: str
    reference: str
    again: bool = False
    kept: Money | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list of those served last; cash paid out is below zero, what moved without cash has no sign."""

    holder: str
    number: str
    title: str
    amount: Money
    reference: str
    at: datetime
    was_reversed: bool = False
    has_cash: bool = True


@dataclass(frozen=True, slots=True)
class LegLine:
    """A leg of a visit as it is listed."""

    position: int
    leg: Leg
    subject: Subject
    target: DepositAccount | None
    amount: Money
    reference: str
    code: str


def furniture(session: DrawerSession) -> dict[str, Any]:
    """The right side, whoever is served: the drawer, who waits aside, and whom it served last."""
    rows = [_row(movement, session) for movement in queries.last_served(session)]
    return drawer(session) | {"last": rows, "call": queries.last_call(session)} | aside(session)


def aside(session: DrawerSession) -> dict[str, Any]:
    """Who waits aside; `asking` while somebody waits for the manager, so that the page looks often."""
    places = queries.aside(session)
    asking = any(visit is not None and visit.state == Visit.State.ASKED for _, visit in places)
    return {"places": places, "asking": asking, "session": session}


def drawer(session: DrawerSession, moved_minor: int = 0) -> dict[str, Any]:
    """How full the drawer is, with what was moved since it was read."""
    limit = Money(session.drawer.cash_limit_minor, session.drawer.currency)
    return {"session": session, "tenths": fullness_tenths(session.drawer, moved_minor), "limit": limit}


def looked_up(session: DrawerSession, text: str, command: Command, found: queries.Found) -> dict[str, Any]:
    """Whom a command found, with an empty form for what it said."""
    context: dict[str, Any] = {"session": session, "text": text, "command": command, "choices": found.choices}
    if found.business is None:
        return context
    leg = LEGS[command.verb]
    context |= at_the_counter(found.business, leg)
    subjects = servable(session, found.business, leg)
    if subjects:
        chosen = next((subject for subject in subjects if subject.number == command.who), subjects[0])
        amount = command.amount or whole_of(leg, chosen)
        form = _blank_form(leg, to_choose(leg, subjects, chosen.number), {"account": chosen.number, "amount": amount})
        context |= {"form": form, "ready": bool(amount)}
    return context


def to_choose(leg: Leg, subjects: list[Subject], number: str) -> list[Subject]:
    """What the form lets choose from: of a leg that takes all of one thing, that one; the others come to something else."""
    chosen = [subject for subject in subjects if subject.number == number]
    return chosen if leg.whole and chosen else subjects


def whole_of(leg: Leg, subject: Subject) -> str:
    """The amount of a leg that can have one only, as it is typed; else nothing."""
    return format_amount(leg.whole(subject)) if leg.whole else ""


def returned(session: DrawerSession, visit: Visit, business: queries.Business, verb: str = "") -> dict[str, Any]:
    """A member who waited aside, with what was typed, what is put together already, and where it stands."""
    leg = LEGS.get(verb or visit.draft.get("leg", ""), LEGS[commands.DEPOSIT])
    context = at_the_counter(business, leg) | about_visit(visit)
    subjects = servable(session, business, leg)
    if subjects and visit.state == Visit.State.OPEN:
        draft = {name: text for name, text in visit.draft.items() if name != "leg"}
        draft.setdefault("amount", whole_of(leg, subjects[0]))
        form = _blank_form(leg, subjects, {"account": subjects[0].number, **draft})
        context |= {"form": form, "ready": bool(draft.get("amount"))}
    return context | {"session": session, "text": visit.customer.number}


def about_visit(visit: Visit) -> dict[str, Any]:
    """A visit's legs, what they come to in cash, and what the manager was asked and answered."""
    lines = [_leg_line(each) for each in visit.legs.all()]
    context: dict[str, Any] = {"visit": visit, "legs": lines}
    if lines:
        zero = Money.zero(lines[0].amount.currency)
        cash = [signed(line.amount, line.leg.way) for line in lines if line.leg.has_cash]
        net = sum(cash, zero)
        context |= {"net": abs(net), "pays_out": net.minor < 0}
    if visit.request is not None:
        decision = visit.request.decisions.select_related("decided_by").filter(is_final=True).first()
        over = visit.request.state == "waiting" and visit.request.expires_at <= now()
        context |= {"decision": decision, "expired": over or visit.request.state == "expired"}
    return context


def asking_forms(data: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What it takes to have a limit passed: by the inbox, or here."""
    return {"ask_form": AskForm(data), "spot_form": SpotForm(data)}


def at_the_counter(business: queries.Business, leg: Leg) -> dict[str, Any]:
    """The member's card and what is being done."""
    customer, served = business.customer, business.served
    today = customer.branch.business_date
    card = card_of(customer, today=today)
    return {
        "customer": customer,
        "served": served,
        "lent": business.lent,
        "closable": [each.account for each in served if LEGS[commands.CLOSING].takes(each.account)],
        "latest": queries.latest_of(served[0]) if served else [],
        "card": card,
        "flags": [*card.flags, *_account_flags(served), *_loan_flags(business.lent)],
        "verb": leg.name,
        "leg": leg,
        "legs_offered": [each for each in LEGS.values() if each.key or each is leg],
        "paying": leg.is_paying,
    }


def _account_flags(served: list[queries.Served]) -> list[Flag]:
    """What an account's state and its holders' word mean for whoever serves."""
    flags = []
    for each in served:
        account = each.account
        which = f"{account.name} …{account.last_four}"
        if account.state == DepositAccount.State.DORMANT:
            flags.append(Flag("late", f"{which} is dormant: it takes money; wake it up before it gives any"))
        elif account.state == DepositAccount.State.BLOCKED:
            flags.append(Flag("bad", f"{which} is blocked: it takes money and gives none"))
        elif not each.moves:
            flags.append(Flag("bad", f"{which} is {account.get_state_display().lower()}: nothing can be posted"))
        if account.mandate == DepositAccount.Mandate.ALL:
            flags.append(Flag("warn", f"{which}: all holders sign together"))
    return flags


def _loan_flags(lent: list[queries.Lent]) -> list[Flag]:
    """Loans that are late, and those that were given up."""
    late = [(each.loan, each.owing.days_late) for each in lent if each.owing is not None and each.owing.days_late]
    said = [f"Loan …{loan.last_four} is {days} day{'' if days == 1 else 's'} late" for loan, days in late]
    lost = [each.loan for each in lent if each.loan.state == Loan.State.WRITTEN_OFF]
    said += [f"Loan …{loan.last_four} was written off: it takes what is paid" for loan in lost]
    return [Flag("late", text) for text in said]


def servable(session: DrawerSession, business: queries.Business, leg: Leg) -> list[Subject]:
    """The accounts or loans that this drawer's currency fits and this can be done with."""
    of_kind: list[Subject] = [each.account for each in business.served]
    if leg.about is LOAN:
        of_kind = [each.loan for each in business.lent]
    return [subject for subject in of_kind if subject.currency == session.drawer.currency and leg.takes(subject)]


def _blank_form(leg: Leg, subjects: list[Subject], initial: dict[str, Any]) -> LegForm:
    """Ready for the next key: the first that is missing of payee and amount, the look at who it is; else the button."""
    notes = denominations_shown(subjects[0].currency) if leg.has_cash else []
    form = LegForm(leg=leg, subjects=subjects, denominations=notes, initial=initial)
    missing = [name for name in ("to", "amount") if name in form.fields and not initial.get(name)]
    next_field = missing[0] if missing else "identity"
    if next_field in form.fields:
        form.fields[next_field].widget.attrs["autofocus"] = True
    return form


def bound_form(leg: Leg, data: Mapping[str, Any], subjects: list[Subject]) -> LegForm:
    """The form as it was sent."""
    notes = denominations_shown(subjects[0].currency) if leg.has_cash else []
    return LegForm(data, leg=leg, subjects=subjects, denominations=notes)


def from_receipt(receipt: Receipt) -> dict[str, Any]:
    """The result page of a plain form, with its paper."""
    # Of a transfer the one who asked for it: the balance of who receives is not theirs to hear.
    kind = about(receipt.entry)
    told = receipt.concern or receipt.source or receipt.target
    subject = kind.by_number(told.number) if told else None
    figure = kind.figure(subject) if subject else None
    kept = queries.kept_over(receipt.entry.pk, receipt.amount.currency) if kind is LOAN else None
    done = Done(receipt.title, receipt.amount, told, figure, kind.figure_word, receipt.reference, kept=kept)
    return {"done": done, "receipt": receipt}


def from_visit(visit: Visit) -> dict[str, Any]:
    """The result of a visit of several legs; one leg is shown like any other."""
    entries = [leg.entry for leg in visit.legs.all() if leg.entry is not None]
    if len(entries) == 1:
        return from_receipt(receipt_of(entries[0]))
    return {"done_visit": about_visit(visit)}


def from_posting(
    session: DrawerSession, leg: Leg, subject: Subject, amount: Money, posted: Posted, at: datetime
) -> dict[str, Any]:
    """The result for htmx at once; its paper is asked for afterwards."""
    title, about_it = str(leg.kind.label), leg.about
    figure, word = about_it.figure(subject), about_it.figure_word
    kept = queries.kept_over(posted.entry_id, amount.currency) if about_it is LOAN else None
    done = Done(title, amount, subject, figure, word, posted.reference, again=posted.replayed, kept=kept)
    moved = signed(amount, leg.way)
    row = Row(subject.customer.full_name, subject.number, title, moved, posted.reference, at, has_cash=leg.has_cash)
    moved_minor = 0 if posted.replayed or not leg.has_cash else moved.minor
    return drawer(session, moved_minor) | {"done": done, "row": None if posted.replayed else row}


def floats(user: Any) -> list[dict[str, Any]]:
    """The cash that the vault has handed to drawers which nobody has open yet."""
    return [
        {
            "drawer": transfer.drawer,
            "amount": Money(transfer.amount_minor, transfer.drawer.currency),
            "by": transfer.asked_by,
            "notes": vaults.notes_of(transfer.notes, transfer.drawer.currency),
        }
        for transfer in vaults.floats_for(user)
    ]


def _row(movement: Any, session: DrawerSession) -> Row:
    """From a movement annotated by `last_served`."""
    way = "" if isinstance(movement, CounterTransfer) else movement.way
    amount = signed(Money(movement.amount_minor, session.drawer.currency), way)
    entry, title = movement.entry, movement.entry.get_kind_display()
    return Row(
        movement.holder or title,
        movement.number or "",
        title,
        amount,
        entry.reference,
        entry.occurred_at,
        movement.was_reversed,
        has_cash=bool(way),
    )


def _leg_line(row: Any) -> LegLine:
    leg = LEGS[row.leg]
    order = leg.read(row.contents)
    reference = row.entry.reference if row.entry is not None else ABSENT
    code = code_of(row.entry) if row.entry is not None else ""
    return LegLine(row.position, leg, order.subject, order.target, order.amount, reference, code)
