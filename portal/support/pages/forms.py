"""What people write to the desk, and what the desk writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from portal.access.capabilities import Capability
from portal.base.fields import AmountField, KeyField, typed_field, use_currency
from portal.deposits.models import DepositAccount
from portal.deposits.plans import EVERYDAY, TAKE_MONEY
from portal.deposits.queries import accounts_of_customer
from portal.institution.models import Branch
from portal.institution.queries import branches
from portal.people.models import Customer, User
from portal.people.queries import customers_for
from portal.support import queries
from portal.support.models import Category, Complaint, Macro, Ticket
from portal.support.models.desk import Kind
from portal.support.services import NewTicket

if TYPE_CHECKING:
    AccountChoice = forms.ModelChoiceField[DepositAccount]
else:
    AccountChoice = forms.ModelChoiceField

FILES = "image/*,application/pdf"


class ManyFiles(forms.ClearableFileInput):
    """Several files in one control; phones offer the camera."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Cleans to the list of files; what they are is looked at where they are kept."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", ManyFiles(attrs={"accept": FILES, "multiple": True}))
        super().__init__(required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(each, initial) for each in given]


class AccountField(AccountChoice):
    """An account by what its owner calls it and its last digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(DepositAccount.objects.none(), **kwargs)

    def label_from_instance(self, obj: DepositAccount) -> str:
        return f"{obj.name} …{obj.last_four}"


class ThreadForm(forms.Form):
    """Words and files; `turns` is how much of the thread was on the page."""

    key = KeyField()
    turns = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    text = forms.CharField(
        label="Your message", max_length=8000, widget=forms.Textarea(attrs={"rows": 5, "data-key": "r"})
    )
    brought = FilesField(
        label="Pictures or PDF", help_text="At most five. Customers and staff of this ticket see them."
    )

    @property
    def said(self) -> dict[str, Any]:
        """What `reply` is called with, once valid."""
        given = {name: self.cleaned_data[name] for name in ("text", "turns", "key")}
        return {**given, "files": self.cleaned_data["brought"]}


class NewForm(forms.Form):
    """Something new, of one kind."""

    key = KeyField()
    category = forms.ModelChoiceField(Category.objects.none(), label="What is it about?", empty_label=None)
    account = AccountField(label="Account", required=False, empty_label="None")
    reference = forms.CharField(
        label="Reference",
        required=False,
        max_length=40,
        help_text="Of a movement, as on its receipt; or the number of a cheque or loan.",
    )
    subject = forms.CharField(label="In one line", max_length=120)
    text = forms.CharField(label="Tell us more", max_length=8000, widget=forms.Textarea(attrs={"rows": 6}))
    brought = FilesField(label="Pictures or PDF", help_text="At most five.")

    def __init__(self, *args: Any, kind: str, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed_field(self, "category", forms.ModelChoiceField).queryset = queries.categories_offered(kind)
        typed_field(self, "account", forms.ModelChoiceField).queryset = accounts_of_customer(customer)

    @property
    def wanted(self) -> NewTicket:
        """What is asked, once valid."""
        given = {name: self.cleaned_data[name] for name in ("category", "account", "reference", "subject", "text")}
        return NewTicket(**given, files=self.cleaned_data["brought"])


class ForForm(forms.Form):
    """For which customer staff write something down."""

    number = forms.CharField(label="Member number", max_length=12, widget=forms.TextInput(attrs={"data-search": ""}))
    kind = forms.ChoiceField(label="Kind", choices=Kind.choices)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_number(self) -> Customer:
        found = customers_for(self.user, Capability.TICKET_RAISE).filter(number=self.cleaned_data["number"]).first()
        if found is None:
            raise forms.ValidationError("There is no such member among yours.")
        return found


class RateForm(forms.Form):
    """How it went."""

    rating = forms.TypedChoiceField(
        label="From five to one",
        coerce=int,
        choices=[(5, "5: very well"), (4, "4: well"), (3, "3: so so"), (2, "2: badly"), (1, "1: very badly")],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="What should we know?", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class NoteForm(forms.Form):
    """A note for colleagues. Another form, another field, another address than a reply."""

    key = KeyField()
    note = forms.CharField(
        label="Internal note",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "note-who", "data-key": "i"}),
    )


class ChangeForm(forms.Form):
    """Whose, how urgent, in which state, tags."""

    assignee = forms.ModelChoiceField(User.objects.none(), label="Assigned to", required=False, empty_label="Nobody")
    priority = forms.TypedChoiceField(label="Priority", coerce=int, choices=Ticket.Priority.choices)
    state = forms.ChoiceField(
        label="State", choices=[choice for choice in Ticket.State.choices if choice[0] != Ticket.State.MERGED]
    )
    reason = forms.CharField(label="Reason", required=False, max_length=300)
    tags = forms.CharField(label="Tags", required=False, max_length=300, help_text="Words, separated by blanks.")

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        start = {
            "assignee": ticket.assignee_id,
            "priority": ticket.priority,
            "state": ticket.state,
            "tags": " ".join(ticket.tags),
        }
        super().__init__(*args, **{"initial": start, **kwargs})
        typed_field(self, "assignee", forms.ModelChoiceField).queryset = queries.workers_for(ticket.branch)


class MergeForm(forms.Form):
    """Into which other ticket, by its number."""

    into = forms.RegexField(r"^\s*(?:[TCR]-)?0*([0-9]{1,9})\s*$", label="Merge into number", max_length=14)

    def clean_into(self) -> int:
        return int("".join(sign for sign in self.cleaned_data["into"] if sign.isdigit()))


class SplitForm(forms.Form):
    """Which message becomes a ticket of its own."""

    key = KeyField()
    turn = forms.IntegerField(min_value=1, label="Message", widget=forms.Select)
    subject = forms.CharField(label="What it is about", max_length=120)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = ticket.messages.filter(is_staff=False, taken_back=None).values_list("turn", "text")
        self.fields["turn"].widget.choices = [(turn, f"{turn}: {text[:50]}") for turn, text in words]


class LinkForm(forms.Form):
    """Which account, movement, cheque or loan."""

    account = AccountField(label="Account", required=False, empty_label="None")
    reference = forms.CharField(
        label="Reference",
        required=False,
        max_length=40,
        help_text="Of a movement, as on its receipt; or the number of a cheque or loan.",
    )

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        start = {"account": ticket.account_id, "reference": ticket.reference}
        super().__init__(*args, **{"initial": start, "auto_id": "link_%s", **kwargs})
        accounts = accounts_of_customer(ticket.customer)
        typed_field(self, "account", forms.ModelChoiceField).queryset = accounts


class HandForm(forms.Form):
    """To which other branch, and what it is to do."""

    branch = forms.ModelChoiceField(Branch.objects.none(), label="Hand over to", empty_label="Choose a branch")
    why = forms.CharField(label="What it is to do", max_length=300)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "hand_%s", **kwargs})
        others = branches().exclude(pk=ticket.branch_id)
        typed_field(self, "branch", forms.ModelChoiceField).queryset = others


class SettleForm(forms.Form):
    """The final answer to a complaint."""

    outcome = forms.ChoiceField(label="Outcome", choices=Complaint.Outcome.choices, widget=forms.RadioSelect)
    cause = forms.ChoiceField(label="Root cause", choices=[("", "Choose one"), *Complaint.Cause.choices])
    finding = forms.CharField(
        label="What was found",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="It stands in the final letter. The customer reads it.",
    )


class RedressForm(forms.Form):
    """Money that makes good."""

    key = KeyField()
    account = AccountField(label="Into account", empty_label=None)
    amount = AmountField(label="Amount")
    reason = forms.CharField(label="What it makes good", max_length=300)

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = accounts_of_customer(customer).filter(product__kind__in=EVERYDAY, state__in=TAKE_MONEY)
        typed_field(self, "account", forms.ModelChoiceField).queryset = accounts
        first = accounts.first()
        use_currency(self, first.currency if first else "")


class QueueForm(forms.Form):
    """Narrowing the queue."""

    q = forms.CharField(label="Number, member, words", required=False, max_length=80)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "All"), *Kind.choices])
    category = forms.ModelChoiceField(Category.objects.all(), label="About", required=False, empty_label="All")
    tag = forms.CharField(label="Tag", required=False, max_length=30)


class BulkForm(forms.Form):
    """One act for several tickets."""

    ACTS = (("take", "Assign to me"), ("tag", "Add a tag"), ("macro", "Send a reply"), ("close", "Close"))

    key = KeyField()
    ticket = forms.ModelMultipleChoiceField(Ticket.objects.none())
    act = forms.ChoiceField(choices=ACTS)
    tag = forms.CharField(required=False, max_length=30)
    macro = forms.ModelChoiceField(Macro.objects.none(), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tickets = typed_field(self, "ticket", forms.ModelMultipleChoiceField)
        tickets.queryset = queries.tickets_for(user, Capability.TICKET_WORK)
        typed_field(self, "macro", forms.ModelChoiceField).queryset = queries.macros()
