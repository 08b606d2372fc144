"""Held movements, alerts, and the cases they are gathered in: one open case a customer."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.base.keys import new_key
from portal.base.money import Money
from portal.fraud.models.knowing import ModelVersion
from portal.fraud.models.scales import Level, Verdict
from portal.institution.models import Branch
from portal.ledger.models import Account, Entry, Hold
from portal.people.models import Customer


class Case(models.Model):
    """What is suspected around one customer until somebody has decided. The verdict is the label models learn from.

    While `is_holding`, whatever leaves the customer's accounts waits for a review.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        FRAUD = "fraud", "Fraud"
        CLEARED = "cleared", "No fraud"

    class Reason(models.TextChoices):
        """Why somebody decided so."""

        TAKEOVER = "takeover", "Account taken over"
        SCAM = "scam", "Customer was deceived"
        MULE = "mule", "Account passes on stolen money"
        FORGED = "forged", "Forged or stolen papers"
        CUSTOMER = "customer", "Customer confirms it"
        KNOWN_LIFE = "known_life", "Fits what is known of the customer"
        TOO_WIDE = "too_wide", "The rule or model is too wide here"
        OTHER = "other", "Something else"

    number = models.BigIntegerField(unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    level = models.PositiveSmallIntegerField(choices=Level)
    weight = models.PositiveIntegerField(default=0)
    score_millionths = models.PositiveIntegerField(default=0)
    rank_millionths = models.PositiveIntegerField(null=True)
    is_escalated = models.BooleanField(default=False)
    is_holding = models.BooleanField(default=False, db_default=False)
    opened_at = models.DateTimeField()
    last_alert_at = models.DateTimeField()
    snoozed_until = models.DateTimeField(null=True)
    assigned_to = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason, blank=True, default="")
    note = models.CharField(max_length=500, blank=True, default="")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-level", "opened_at")
        constraints = (
            models.UniqueConstraint(fields=("customer",), condition=Q(state="open"), name="fraud_case_open_once"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None, reason="")
                | (~Q(state="open") & Q(decided_at__isnull=False) & ~Q(reason="")),
                name="fraud_case_decided",
            ),
        )
        indexes = (models.Index(fields=("state", "branch", "-level", "opened_at"), name="fraud_case_queue"),)

    def __str__(self) -> str:
        return f"Case {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def score_percent(self) -> int:
        """The highest score of its alerts, of 100."""
        return self.score_millionths // 10_000

    @property
    def rank_percent(self) -> str:
        """What the ranker says, of 100, to a tenth: frauds are rare, and so are chances above a few. A dash before it has learned."""
        return "–" if self.rank_millionths is None else f"{self.rank_millionths // 1_000 / 10:.1f}"


class HeldMovement(models.Model):
    """A movement that waits for a review: its money is held in the ledger, and it posts or is given back.

    `door` and `payload` say how it would be posted; without a door (cash across the counter) a release lets the same
    movement pass once within a day. The key is the one it would be posted under.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for review"
        RELEASED = "released", "Released"
        RETURNED = "returned", "Returned"
        USED = "used", "Released and carried out"

    id = models.UUIDField(primary_key=True, default=new_key, editable=False)
    key_scope = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    door = models.CharField(max_length=20, blank=True, default="")
    payload = models.JSONField(default=dict)
    hold = models.ForeignKey(Hold, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("key_scope", "key"), name="fraud_held_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="fraud_held_amount"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(asked_by=None) | ~Q(decided_by=F("asked_by")),
                name="fraud_held_second_person",
            ),
        )
        indexes = (models.Index(fields=("account",), name="fraud_held_account"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.state}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.account.currency)

    @property
    def what_next(self) -> str:
        """What happens to it, or is to be done, in plain words."""
        return _NEXT[self.state, bool(self.door)]


_WAITING, _RELEASED = HeldMovement.State.WAITING, HeldMovement.State.RELEASED
_RETURNED, _USED = HeldMovement.State.RETURNED, HeldMovement.State.USED
_NEXT: dict[tuple[str, bool], str] = {
    (_WAITING, True): "The money is set aside. Release carries it out at once; return frees the money.",
    (
        _WAITING,
        False,
    ): "Nothing is set aside. After a release the branch may carry it out once, within 24 hours, by doing "
    "the same again; after a return it stays refused.",
    (_RELEASED, True): "Released; it is carried out at once.",
    (_RELEASED, False): "The branch may carry it out once within 24 hours: do the same again, with the same amount.",
    (_RETURNED, True): "It was not carried out, and the money is free again.",
    (_RETURNED, False): "It was not carried out.",
    (_USED, True): "It was carried out as it had been ordered.",
    (_USED, False): "It was carried out at the branch after the release.",
}


class Alert(models.Model):
    """A movement worth reading: posted, held or rejected, why it stood out, and what was known of it then.

    `reasons` are rows of words, value, usual range and share of the score; there is always at least one.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="alerts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    held = models.OneToOneField(HeldMovement, null=True, on_delete=models.PROTECT, related_name="alert")
    at = models.DateTimeField()
    is_incoming = models.BooleanField()
    kind = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()
    level = models.PositiveSmallIntegerField(choices=Level)
    verdict = models.PositiveSmallIntegerField(choices=Verdict)
    score_millionths = models.PositiveIntegerField(null=True)
    weight = models.PositiveIntegerField(default=0)
    model = models.ForeignKey(ModelVersion, null=True, on_delete=models.PROTECT, related_name="+")
    rules = models.JSONField(default=list)
    reasons = models.JSONField()
    figures = models.JSONField()

    class Meta:
        ordering = ("-at", "-id")
        constraints = (models.CheckConstraint(condition=~Q(reasons=[]), name="fraud_alert_has_reasons"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.account.currency)

    @property
    def score_percent(self) -> int | None:
        """The model's score of 100; None without a model."""
        return None if self.score_millionths is None else self.score_millionths // 10_000

    @property
    def way(self) -> str:
        """What kind of movement it was, and by which way it came, in words."""
        kind, _, channel = self.kind.partition(":")
        return f"{kind.replace('_', ' ')}, {channel}"


class CaseEvent(models.Model):
    """Something happened to a case: who, when, and in what words."""

    class Kind(models.TextChoices):
        OPENED = "opened", "Case opened"
        TAKEN = "taken", "Taken"
        ASSIGNED = "assigned", "Handed to"
        ESCALATED = "escalated", "Escalated"
        SNOOZED = "snoozed", "Put off"
        WOKEN = "woken", "Brought back"
        HELD = "held", "Movements held"
        LET_GO = "let_go", "Movements go again"
        FROZEN = "frozen", "Account frozen"
        RELEASED = "released", "Movement released"
        RETURNED = "returned", "Movement returned"
        NOTED = "noted", "Note"
        DECIDED = "decided", "Decided"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
