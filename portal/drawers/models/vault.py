"""What passes between a drawer and the vault, what lies in the vault, and notes changed for others."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.drawers.models.drawers import Drawer, DrawerSession
from portal.institution.models import Branch
from portal.ledger import models as ledger


class VaultTransfer(models.Model):
    """Cash on its way between the vault and a drawer. One side offers or asks, the other confirms; then it is posted.

    `notes` maps minor units to pieces. `session` is the drawer's session it belongs to; a float handed out before
    the drawer opens has none yet.
    """

    class Way(models.TextChoices):
        TO_DRAWER = "to_drawer", "To the drawer"
        TO_VAULT = "to_vault", "To the vault"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    drawer = models.ForeignKey(Drawer, on_delete=models.PROTECT, related_name="vault_transfers")
    session = models.ForeignKey(
        DrawerSession, null=True, blank=True, on_delete=models.PROTECT, related_name="vault_transfers"
    )
    way = models.CharField(max_length=9, choices=Way)
    amount_minor = models.BigIntegerField()
    notes = models.JSONField()
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    key = models.UUIDField(editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=140, blank=True, default="")
    entry = models.OneToOneField(ledger.Entry, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.UniqueConstraint(fields=("asked_by", "key"), name="drawers_vault_transfer_key_once"),
            models.UniqueConstraint(
                fields=("drawer", "way"), condition=Q(state="waiting"), name="drawers_vault_transfer_one_waits"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="drawers_vault_transfer_amount"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by=None, decided_at=None)
                | (~Q(state="waiting") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="drawers_vault_transfer_decided",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", entry__isnull=False) | (~Q(state="confirmed") & Q(entry=None)),
                name="drawers_vault_transfer_posted",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("asked_by")) | Q(state="withdrawn"), name="drawers_vault_transfer_both_sides"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.amount_minor}"


class VaultCount(models.Model):
    """What somebody counted in a branch's vault, by note and coin, beside what the books said. Never edited.

    `last_seq` is the vault account's last posting then: what came after is known to have come after.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    notes = models.JSONField()
    counted_minor = models.BigIntegerField()
    expected_minor = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    counted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    counted_at = models.DateTimeField()
    key = models.UUIDField(editable=False)
    note = models.CharField(max_length=140, blank=True, default="")

    class Meta:
        ordering = ("-counted_at",)
        constraints = (
            models.UniqueConstraint(fields=("counted_by", "key"), name="drawers_vault_count_key_once"),
            models.CheckConstraint(condition=Q(counted_minor__gte=0), name="drawers_vault_count_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.branch_id} {self.counted_minor}"


class VaultVariance(models.Model):
    """A difference found in the vault, taken to cash over and short by a second person's decision."""

    count = models.OneToOneField(VaultCount, on_delete=models.PROTECT, related_name="variance")
    difference_minor = models.BigIntegerField()
    entry = models.OneToOneField(ledger.Entry, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(difference_minor=0), name="drawers_vault_variance_is_one"),)

    def __str__(self) -> str:
        return str(self.difference_minor)


class NoteExchange(models.Model):
    """Notes and coins changed for others of the same worth; nothing is posted."""

    session = models.ForeignKey(DrawerSession, on_delete=models.PROTECT, related_name="exchanges")
    taken = models.JSONField()
    given = models.JSONField()
    amount_minor = models.BigIntegerField()
    exchanged_at = models.DateTimeField()
    key = models.UUIDField(editable=False)

    class Meta:
        ordering = ("-exchanged_at",)
        constraints = (
            models.UniqueConstraint(fields=("session", "key"), name="drawers_exchange_key_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="drawers_exchange_amount"),
        )

    def __str__(self) -> str:
        return str(self.amount_minor)
