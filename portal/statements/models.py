"""What was issued: the monthly statements of all accounts, and the packs that were asked for."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from portal.base.keys import new_id
from portal.deposits.models import DepositAccount
from portal.documents.models import Document


class StatementRun(models.Model):
    """The statements of one month for all accounts: one run a month, however often it is asked for."""

    period_start = models.DateField(unique=True)
    period_end = models.DateField()
    accounts = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-period_start",)
        constraints = (
            models.CheckConstraint(condition=Q(period_end__gte=F("period_start")), name="statements_run_period"),
        )

    def __str__(self) -> str:
        return f"{self.period_start:%B %Y}"


class IssuedStatement(models.Model):
    """An account's statement of a run: the signed PDF, or why there is none yet."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(StatementRun, on_delete=models.PROTECT, related_name="statements")
    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="+")
    document = models.OneToOneField(Document, null=True, on_delete=models.PROTECT, related_name="+")
    trouble = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-run__period_start", "account__number")
        constraints = (
            models.UniqueConstraint(fields=("run", "account"), name="statements_issued_once"),
            models.CheckConstraint(condition=Q(document=None) | Q(trouble=""), name="statements_issued_or_in_trouble"),
        )

    def __str__(self) -> str:
        return f"{self.account} {self.run}"


class IssuedPart(models.Model):
    """A further part of an issued statement: more movements than one document holds. The first part is the statement's own."""

    statement = models.ForeignKey(IssuedStatement, on_delete=models.PROTECT, related_name="parts")
    number = models.PositiveSmallIntegerField()
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("statement", "number")
        constraints = (
            models.UniqueConstraint(fields=("statement", "number"), name="statements_part_once"),
            models.CheckConstraint(condition=Q(number__gte=2), name="statements_part_follows"),
        )

    def __str__(self) -> str:
        return f"{self.statement}, part {self.number}"


class StatementPack(models.Model):
    """Statements of many accounts that somebody asked for, handed out as one ZIP once every file is there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    period_start = models.DateField()
    period_end = models.DateField()
    formats = ArrayField(models.CharField(max_length=12))
    chosen = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-asked_at",)
        constraints = (
            models.CheckConstraint(condition=Q(period_end__gte=F("period_start")), name="statements_pack_period"),
            models.CheckConstraint(
                condition=Q(finished_at=None, expires_at=None) | Q(finished_at__isnull=False, expires_at__isnull=False),
                name="statements_pack_expires_once_finished",
            ),
        )

    def __str__(self) -> str:
        return f"{self.chosen}, {self.period_start} to {self.period_end}"


class PackAccount(models.Model):
    """One account of a pack, and what its statement says once its files are made. Minor units, as the books keep them."""

    pack = models.ForeignKey(StatementPack, on_delete=models.PROTECT, related_name="accounts")
    account = models.ForeignKey(DepositAccount, on_delete=models.PROTECT, related_name="+")
    movements = models.PositiveIntegerField(null=True)
    opening_minor = models.BigIntegerField(null=True)
    closing_minor = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("pack", "account"), name="statements_pack_account_once"),)

    def __str__(self) -> str:
        return f"{self.account} in {self.pack_id}"


class PackFile(models.Model):
    """One file of a pack."""

    member = models.ForeignKey(PackAccount, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=140)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("member", "name"), name="statements_pack_file_once"),)

    def __str__(self) -> str:
        return self.name
