"""Everything the portal tells people by itself: one literal table. Another kind is another row.

`variables` names what the sender hands over besides `name` and `institution`, each with an example for the preview.
The words here are what is sent until an operations manager writes others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices

from portal.base.errors import Refused


class Channel(TextChoices):
    APP = "app", "In the portal"
    EMAIL = "email", "E-mail"
    SMS = "sms", "Text message"


class Group(TextChoices):
    SIGNING_IN = "signing_in", "Signing in"
    ACCOUNTS = "accounts", "Accounts"
    LOANS = "loans", "Loans"
    MESSAGES = "messages", "Messages and requests"
    NEWS = "news", "News"


COMMON = {"name": "Ama Mensah", "institution": "Quayside Credit Union"}
"""What every wording may say, with an example."""
APP_AND_MAIL = frozenset({Channel.APP, Channel.EMAIL})
ALL = frozenset(Channel)
APP_ONLY = frozenset({Channel.APP})


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing people are told. A `security` notice always reaches the portal and the mailbox, at any hour."""

    code: str
    title: str
    group: Group
    subject: str
    text: str
    more: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    channels: frozenset[Channel] = APP_AND_MAIL
    security: bool = False
    customers: bool = True
    staff: bool = False

    @property
    def examples(self) -> dict[str, str]:
        """Every variable of its wordings, with an example."""
        return {**COMMON, **self.variables}

    def is_fixed(self, channel: str) -> bool:
        """Whether nobody may turn this channel off."""
        return self.security and channel in APP_AND_MAIL

    def is_for(self, *, customer: bool) -> bool:
        return self.customers if customer else self.staff


_NOT_YOU = (
    "Was it you? Then all is well.\nWas it not you? Choose a new password now with “Forgot your password?” on the sign-in "
    "page; that ends every session. Then tell your branch."
)
_ACCOUNT = {"account": "Savings …5678"}
_TICKET = {"number": "T-000123", "subject": "A card that does not work"}

KINDS: tuple[Kind, ...] = (
    Kind(
        "signin.new_device", "Signed in from a new device", Group.SIGNING_IN,
        "Signed in from a new device",
        "Somebody signed in as you from a device that was not used before: {device}, from {source}, {when}.",
        _NOT_YOU, {"device": "Chrome on Android", "source": "41.66.200.5", "when": "21 Nov 2026, 10:00 UTC"},
        security=True, staff=True,
    ),
    Kind(
        "signin.signed_in", "Every sign-in, where the institution's rules say so", Group.SIGNING_IN,
        "You signed in", "Somebody signed in as you: {device}, from {source}, {when}.",
        _NOT_YOU, {"device": "Chrome on Android", "source": "41.66.200.5", "when": "21 Nov 2026, 10:00 UTC"},
        security=True, staff=True,
    ),
    Kind(
        "signin.locked", "Too many tries to sign in", Group.SIGNING_IN,
        "Too many tries to sign in as you",
        "Somebody tried to sign in as you too often and failed, last from {device} ({source}). For 30 minutes nobody gets "
        "in from there.",
        "Was it you? Wait, or choose a new password with “Forgot your password?” on the sign-in page.\nWas it not you? You "
        "need do nothing: your profile was not opened. Tell your branch if it goes on.",
        {"device": "Chrome on Android", "source": "41.66.200.5"}, security=True, staff=True,
    ),
    Kind(
        "signin.streak", "Signed in after failed tries", Group.SIGNING_IN,
        "Signed in from a new device after failed tries",
        "After {failed} failed tries somebody signed in as you from a device that was not used before: {device} ({source}).",
        _NOT_YOU, {"failed": "4", "device": "Chrome on Android", "source": "41.66.200.5"}, security=True, staff=True,
    ),
    Kind(
        "signin.password_changed", "Your password was changed", Group.SIGNING_IN,
        "Your password was changed",
        "Your password was changed on {when}. Sessions on other devices have ended.",
        "Was it not you? Choose a new password now with “Forgot your password?” on the sign-in page, and tell your branch.",
        {"when": "21 Nov 2026 at 10:00 UTC"}, security=True, staff=True,
    ),
    Kind(
        "signin.factor_changed", "A change to how you sign in", Group.SIGNING_IN,
        "A change to how you sign in", "{what}",
        "Was it you? Then all is well.\nWas it not you? Choose a new password with “Forgot your password?” on the sign-in "
        "page, then tell your branch or administrator at once.",
        {"what": "An authenticator app was added."}, security=True, staff=True,
    ),
    Kind(
        "fraud.hold", "A payment is held for a check", Group.ACCOUNTS,
        "We are checking a payment of yours",
        "A payment of {amount} from {account} is held while we check it. Nothing has left the account.",
        "Did you not order it? Call your branch at once.",
        {**_ACCOUNT, "amount": "GHS 2,500.00"}, channels=ALL, security=True,
    ),
    Kind(
        "fraud.done", "A held payment was looked at", Group.ACCOUNTS,
        "We have looked at a payment of yours",
        "The payment of {amount} from {account} that we held for a check was {outcome}.",
        "Do you have a question? Write to us, or call your branch.",
        {**_ACCOUNT, "amount": "GHS 2,500.00", "outcome": "carried out"}, channels=ALL,
    ),
    Kind(
        "account.large_movement", "A large movement", Group.ACCOUNTS,
        "A large movement on your account",
        "{what} of {amount} on {account}, {when}.",
        "You asked to be told of movements from {threshold} on. Was it not you? Call your branch at once.",
        {**_ACCOUNT, "what": "Withdrawal", "amount": "GHS 2,500.00", "when": "21 Nov 2026", "threshold": "GHS 1,000.00"},
        channels=ALL,
    ),
    Kind(
        "account.low_balance", "A low balance", Group.ACCOUNTS,
        "Your balance is low",
        "{account} has {balance} available.",
        "You asked to be told when it falls below {threshold}.",
        {**_ACCOUNT, "balance": "GHS 12.00", "threshold": "GHS 50.00"},
    ),
    Kind(
        "account.closing", "What became of closing an account", Group.ACCOUNTS,
        "Your wish to close {account}", "You asked for {account} to be closed. {what}",
        "", {**_ACCOUNT, "what": "It was closed."},
    ),
    Kind(
        "standing.failed", "A standing order was not sent", Group.ACCOUNTS,
        "A standing order was not sent",
        "Your order of {amount} to {payee}, due on {due}, could not be sent. {reason}",
        "It is not tried again for this day.",
        {"amount": "GHS 100.00", "payee": "Kofi Boateng …4321", "due": "21 November 2026", "reason": "Not enough money."},
        channels=ALL,
    ),
    Kind(
        "fixed.matures", "A fixed deposit matures", Group.ACCOUNTS,
        "Your fixed deposit matures",
        "Your fixed deposit {account} of {amount} matures on {due}. On that day we will: {instruction}.",
        "Sign in before then if you want something else.",
        {"account": "…5678", "amount": "GHS 1,000.00", "due": "1 December 2026", "instruction": "pay it out"},
    ),
    Kind(
        "statement.ready", "A statement is ready", Group.ACCOUNTS,
        "Your statement for {period} is ready",
        "Your statement for {period} is ready. Sign in to read it.",
        "{link}", {"period": "October 2026", "link": "https://bank.example/statements/"},
    ),
    Kind(
        "cheque.returned", "A cheque was returned", Group.ACCOUNTS,
        "A cheque was returned",
        "The cheque {number} of {amount} was returned unpaid: {reason}.",
        "The amount is not, or no longer, in {account}.",
        {**_ACCOUNT, "number": "000123", "amount": "GHS 300.00", "reason": "refer to drawer"}, channels=ALL,
    ),
    Kind(
        "loan.decided", "A decision on your loan", Group.LOANS,
        "Your application for a loan: {outcome}",
        "We have decided on your application {number}: {outcome}. Sign in to read the decision.",
        "", {"number": "…5678", "outcome": "approved"}, channels=ALL,
    ),
    Kind(
        "loan.missing", "Your application for a loan lacks something", Group.LOANS,
        "Your application for a loan came back",
        "Your application {number} lacks something: {lacks}.",
        "Add it and hand the application in again; all you filled in is kept.",
        {"number": "…5678", "lacks": "the last payslip"}, channels=ALL,
    ),
    Kind(
        "loan.paid_out", "Your loan is paid out", Group.LOANS,
        "Your loan is paid out", "Your loan {number} is paid out: you receive {amount}. Sign in to see when it is due.",
        "", {"number": "…5678", "amount": "GHS 2,400.00"}, channels=ALL,
    ),
    Kind(
        "loan.guarantee", "Somebody asks you to stand for a loan", Group.LOANS,
        "{member} asks you to stand for a loan",
        "{member} asks you to stand for a loan with {amount} of your savings. Sign in to accept or to decline.",
        "Nothing is held before you accept.", {"member": "Kofi Boateng", "amount": "GHS 500.00"}, channels=ALL,
    ),
    Kind(
        "loan.held_again", "Your savings are held again for a loan", Group.LOANS,
        "Your savings are held again",
        "A payment on the loan of {member} was reversed. You stand for it again: {amount} of your savings is held.",
        "It is free again once the loan is over.", {"member": "Kofi Boateng", "amount": "GHS 500.00"}, channels=ALL,
    ),
    Kind(
        "loan.due", "An instalment is due", Group.LOANS,
        "An instalment is due on {due}",
        "{amount} of your loan {number} is due on {due}.",
        "", {"number": "…5678", "amount": "GHS 210.00", "due": "1 December 2026"}, channels=ALL,
    ),
    Kind(
        "loan.overdue", "An instalment is late", Group.LOANS,
        "An instalment is late",
        "{amount} of your loan {number} was due on {due} and has not been paid.",
        "Pay it soon, or talk to us: it can often be arranged.",
        {"number": "…5678", "amount": "GHS 210.00", "due": "1 December 2026"}, channels=ALL,
    ),
    Kind(
        "loan.rescheduled", "Your loan has another schedule", Group.LOANS,
        "Your loan has another schedule",
        "What is outstanding of your loan {number} is spread anew: {amount} is due on {due}.",
        "Sign in to read the whole schedule.",
        {"number": "…5678", "amount": "GHS 180.00", "due": "1 December 2026"}, channels=ALL,
    ),
    Kind(
        "loan.written_off", "Your loan is written off", Group.LOANS,
        "Your loan is written off",
        "We have given your loan {number} up as lost in our books. You still owe {amount}.",
        "What you pay on it still counts, and whoever stands for it stays bound. Talk to us: it can often be arranged.",
        {"number": "…5678", "amount": "GHS 1,250.00"}, channels=ALL,
    ),
    Kind(
        "ticket.received", "We have received your message", Group.MESSAGES,
        "We have received {number}", "We have received {number}, “{subject}”. You hear from us by {due}.",
        "", {**_TICKET, "due": "23 Nov 2026, 12:00"},
    ),
    Kind(
        "ticket.reply", "A reply to your message", Group.MESSAGES,
        "A reply to {number}", "There is a reply to {number}, “{subject}”. Sign in to read it.", "", _TICKET,
    ),
    Kind(
        "ticket.resolved", "Your message is settled", Group.MESSAGES,
        "{number} is settled", "We take {number}, “{subject}”, to be settled. Write again if it is not.",
        "Tell us on its page how we did.", _TICKET,
    ),
    Kind(
        "ticket.assigned", "A ticket for you", Group.MESSAGES,
        "{number} is yours", "{number}, “{subject}”, was given to you by {giver}.", "",
        {**_TICKET, "giver": "Efua Manager"}, channels=APP_ONLY, customers=False, staff=True,
    ),
    Kind(
        "ticket.waiting", "A customer wrote", Group.MESSAGES,
        "{number}: the customer wrote", "There is a new message from the customer in {number}, “{subject}”.", "",
        _TICKET, channels=APP_ONLY, customers=False, staff=True,
    ),
    Kind(
        "complaint.due", "A complaint is near its deadline", Group.MESSAGES,
        "Complaint {number} is due on {due}",
        "Complaint {number}, “{subject}”, must be {what} by {due}.", "",
        {**_TICKET, "what": "answered for good", "due": "24 November 2026"}, customers=False, staff=True,
    ),
    Kind(
        "fraud.critical", "A critical alert", Group.MESSAGES,
        "Critical alert, case {number}",
        "A movement of {amount} stands out. Open case {number} in the queue of alerts.",
        variables={"number": "1001", "amount": "GHS 2,500.00"}, customers=False, staff=True, security=True,
    ),
    Kind(
        "fraud.case", "A case of fraud for you", Group.MESSAGES,
        "Case {number} is yours now",
        "A colleague has handed case {number} of the alerts to you.",
        variables={"number": "1001"}, customers=False, staff=True,
    ),
    Kind(
        "fraud.escalated", "A case of fraud was escalated", Group.MESSAGES,
        "Case {number} was escalated",
        "{who} has put case {number} on top of the queue of alerts.",
        variables={"number": "1001", "who": "Kofi Boateng"}, customers=False, staff=True,
    ),
    Kind(
        "chat.missed", "A message in your chat", Group.MESSAGES,
        "A message in your chat", "There is a new message in your chat. Sign in to read it.", "", channels=APP_ONLY,
    ),
    Kind(
        "announcement", "Announcements", Group.NEWS,
        "{title}", "{text}", "", {"title": "Open on Saturday", "text": "All branches are open on Saturday, 9 to 13."},
        staff=True,
    ),
    Kind(
        "test", "Test", Group.NEWS, "A test from {institution}",
        "This is a test of {institution}. Nothing needs to be done.", "", customers=False,
    ),
)  # fmt: skip
"""Every kind, in the order people read them."""

_BY_CODE = {kind.code: kind for kind in KINDS}


def kind_named(code: str) -> Kind:
    """The kind of this code; refused for a code nobody knows."""
    try:
        return _BY_CODE[code]
    except KeyError:
        raise Refused("There is no such kind of notice.", code="unknown_kind") from None


def kinds_for(*, customer: bool) -> list[Kind]:
    """What a customer, or a member of staff, may be told."""
    return [kind for kind in KINDS if kind.is_for(customer=customer)]
