"""Cash in the branch: drawers, who works with which and when, what was counted. Cash belongs to the drawer, not the person."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q

from portal.institution.models import Branch
from portal.ledger import models as ledger


class Drawer(models.Model):
    """A till. Its cash is an asset account of its own; its limits are data: most it holds, most it takes and pays at once, the
    difference it may have at the close, and up to what amount its cashier takes a movement back alone.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    ledger_account = models.OneToOneField(ledger.Account, on_delete=models.PROTECT, related_name="+")
    cash_limit_minor = models.BigIntegerField()
    deposit_limit_minor = models.BigIntegerField()
    withdrawal_limit_minor = models.BigIntegerField()
    tolerance_minor = models.BigIntegerField(default=0)
    reversal_limit_minor = models.BigIntegerField(default=0, db_default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("branch", "name")
        constraints = (models.UniqueConstraint(fields=("branch", "name"), name="drawers_drawer_name_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def currency(self) -> str:
        return self.ledger_account.currency


class DrawerSession(models.Model):
    """One person with one drawer from the opening count to the closing count of a business day."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        COUNTED = "counted", "Counted"
        CLOSED = "closed", "Closed"

    drawer = models.ForeignKey(Drawer, on_delete=models.PROTECT, related_name="sessions")
    cashier = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    business_date = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    z_number = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("-opened_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("drawer",), condition=~Q(state="closed"), name="drawers_one_open_session_a_drawer"
            ),
            models.UniqueConstraint(
                fields=("cashier",), condition=~Q(state="closed"), name="drawers_one_open_session_a_person"
            ),
            models.UniqueConstraint(fields=("drawer", "z_number"), name="drawers_z_number_once"),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, z_number__isnull=False)
                | (~Q(state="closed") & Q(closed_at=None, z_number=None)),
                name="drawers_session_closed_is_numbered",
            ),
        )

    def __str__(self) -> str:
        return f"{self.drawer} {self.business_date}"


class UuidV7(Func):
    """The database's own time-ordered UUID."""

    function = "uuidv7"
    output_field = models.UUIDField()


class DrawerCount(models.Model):
    """What somebody counted in a drawer. Kept for ever, never edited. `key` makes a form sent twice count once."""

    class Kind(models.TextChoices):
        OPENING = "opening", "Opening"
        CLOSING = "closing", "Closing"
        RECOUNT = "recount", "Recount"
        SPOT = "spot", "Count in between"

    session = models.ForeignKey(DrawerSession, on_delete=models.PROTECT, related_name="counts")
    kind = models.CharField(max_length=8, choices=Kind)
    total_minor = models.BigIntegerField()
    counted_at = models.DateTimeField()
    counted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.UUIDField(db_default=UuidV7(), editable=False)

    class Meta:
        constraints = (
            # A recount that a manager does not accept is followed by another, and a drawer is counted in between as
            # often as its manager wants; the other two are made once.
            models.UniqueConstraint(
                fields=("session", "kind"), condition=~Q(kind__in=("recount", "spot")), name="drawers_count_kind_once"
            ),
            models.UniqueConstraint(fields=("counted_by", "key"), name="drawers_count_key_once"),
            models.CheckConstraint(condition=Q(total_minor__gte=0), name="drawers_count_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.total_minor}"


class DrawerCountLine(models.Model):
    """So many of one note or coin in a count."""

    count = models.ForeignKey(DrawerCount, on_delete=models.PROTECT, related_name="lines")
    value_minor = models.PositiveIntegerField()
    quantity = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("count", "value_minor"), name="drawers_count_line_once"),)

    def __str__(self) -> str:
        return f"{self.quantity} of {self.value_minor}"


class Variance(models.Model):
    """Counted minus expected at the close of a session, and the entry that took it to cash over and short."""

    session = models.OneToOneField(DrawerSession, on_delete=models.PROTECT, related_name="variance")
    expected_minor = models.BigIntegerField()
    counted_minor = models.BigIntegerField()
    difference_minor = models.BigIntegerField()
    note = models.CharField(max_length=140, blank=True, default="")
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(difference_minor=F("counted_minor") - F("expected_minor")) & ~Q(difference_minor=0),
                name="drawers_variance_adds_up",
            ),
        )

    def __str__(self) -> str:
        return str(self.difference_minor)


class CashMovement(models.Model):
    """Cash that went into or out of a drawer in a session, with the notes when they were taken down.

    `identity_seen` says that the cashier looked at who was paid.
    """

    class Way(models.TextChoices):
        IN = "in", "In"
        OUT = "out", "Out"

    session = models.ForeignKey(DrawerSession, on_delete=models.PROTECT, related_name="movements")
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=3, choices=Way)
    amount_minor = models.BigIntegerField()
    notes = models.JSONField(default=dict)
    identity_seen = models.BooleanField(db_default=False, default=False)

    class Meta:
        indexes = (models.Index(fields=("session", "-id"), name="drawers_movement_newest"),)
        constraints = (models.CheckConstraint(condition=Q(amount_minor__gt=0), name="drawers_movement_amount"),)

    def __str__(self) -> str:
        return f"{self.way} {self.amount_minor}"
