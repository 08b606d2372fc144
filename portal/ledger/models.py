"""The books. The application reads these tables; only the functions in `migrations/sql/` write the journal."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from portal.institution.models import Branch


class Side(models.TextChoices):
    DEBIT = "D", "Debit"
    CREDIT = "C", "Credit"


class Kind(models.TextChoices):
    """The five kinds of account; the side that increases each is its normal side."""

    ASSET = "asset", "Asset"
    LIABILITY = "liability", "Liability"
    EQUITY = "equity", "Equity"
    INCOME = "income", "Income"
    EXPENSE = "expense", "Expense"


NORMAL_SIDE = {
    Kind.ASSET: Side.DEBIT,
    Kind.EXPENSE: Side.DEBIT,
    Kind.LIABILITY: Side.CREDIT,
    Kind.EQUITY: Side.CREDIT,
    Kind.INCOME: Side.CREDIT,
}


class EntryKind(models.TextChoices):
    DEPOSIT = "deposit", "Deposit"
    WITHDRAWAL = "withdrawal", "Withdrawal"
    TRANSFER = "transfer", "Transfer"
    PAYMENT = "payment", "Payment"
    FEE = "fee", "Fee"
    CHARGE = "charge", "Charge"
    INTEREST_CREDIT = "interest_credit", "Interest"
    ACCRUAL = "accrual", "Accrual"
    DIVIDEND = "dividend", "Dividend"
    DISBURSEMENT = "disbursement", "Loan paid out"
    REPAYMENT = "repayment", "Loan repayment"
    WRITE_OFF = "write_off", "Write-off"
    SETTLEMENT = "settlement", "Settlement"
    VAULT = "vault", "Vault"
    VARIANCE = "variance", "Cash over or short"
    CHEQUE = "cheque", "Cheque"
    MANUAL = "manual", "Manual entry"
    REVERSAL = "reversal", "Reversal"
    OPENING = "opening", "Opening balance"


class Account(models.Model):
    """A line of the chart of accounts, of one branch and one currency.

    `floor_minor` is the lowest balance it may have, in its normal side (0 for a savings account, minus the limit for an
    overdraft, NULL for none). A `tracked` account carries a running balance; a hot one (fees, interest, clearing) does not.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=24)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind)
    currency = models.CharField(max_length=3)
    normal_side = models.CharField(max_length=1, choices=Side)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    is_header = models.BooleanField(default=False)
    allows_manual = models.BooleanField(default=False)
    tracked = models.BooleanField(default=True)
    floor_minor = models.BigIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("code",)
        constraints = (
            models.UniqueConstraint(fields=("branch", "code"), name="ledger_account_code_once"),
            models.CheckConstraint(condition=Q(normal_side__in=Side.values), name="ledger_account_side"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="ledger_account_kind"),
            models.CheckConstraint(
                condition=Q(is_header=False) | Q(tracked=False), name="ledger_account_header_untracked"
            ),
            models.CheckConstraint(
                condition=Q(floor_minor=None) | Q(tracked=True), name="ledger_account_floor_tracked"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Balance(models.Model):
    """The running balance of a tracked account in its normal side, what is held of it, and its last `seq`."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.PROTECT, related_name="balance")
    balance_minor = models.BigIntegerField(default=0)
    held_minor = models.BigIntegerField(default=0)
    last_seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(held_minor__gte=0), name="ledger_balance_held"),)

    def __str__(self) -> str:
        return f"{self.account_id}: {self.balance_minor}"


class Entry(models.Model):
    """One business event in the books. Immutable: a mistake is mended by another entry that reverses it."""

    id = models.UUIDField(primary_key=True)
    # Branch, actor and what is reversed are proved by the posting function and its net, not by foreign keys (guards.sql and
    # lighter_entries.sql say why). The keys below are the indexes of the first two.
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    kind = models.CharField(max_length=16, choices=EntryKind)
    business_date = models.DateField()
    value_date = models.DateField()
    occurred_at = models.DateTimeField()
    posted_at = models.DateTimeField(db_default=Now())
    reference = models.CharField(max_length=12, unique=True)
    channel = models.CharField(max_length=16)
    memo = models.CharField(max_length=140)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    key_scope = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    # Unique by `ledger_entry_reversed_once`, which leaves out the many that reverse nothing.
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, db_constraint=False, related_name="reversed_by"
    )

    class Meta:
        indexes = (
            models.Index(fields=("branch", "business_date"), name="ledger_entry_day"),
            models.Index(fields=("actor",), condition=Q(actor__isnull=False), name="ledger_entry_actor"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(value_date__lte=F("business_date")), name="ledger_entry_value_date"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="ledger_entry_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Posting(models.Model):
    """One line of an entry: so much on one side of one account."""

    pk = models.CompositePrimaryKey("entry_id", "line")
    # Proved by the trigger on this table, not by foreign keys (guards.sql says why); the keys below are their indexes.
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="postings"
    )
    line = models.SmallIntegerField()
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="postings"
    )
    side = models.CharField(max_length=1, choices=Side)
    amount_minor = models.BigIntegerField()
    seq = models.BigIntegerField(null=True)
    balance_after_minor = models.BigIntegerField(null=True)
    business_date = models.DateField()
    value_date = models.DateField()

    class Meta:
        indexes = (models.Index(fields=("account", "business_date", "seq"), name="ledger_posting_day"),)
        constraints = (
            models.UniqueConstraint(fields=("account", "seq"), name="ledger_posting_seq_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="ledger_posting_amount"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="ledger_posting_side"),
            models.CheckConstraint(
                condition=Q(seq=None, balance_after_minor=None) | Q(seq__gt=0, balance_after_minor__isnull=False),
                name="ledger_posting_seq_with_balance",
            ),
        )

    def __str__(self) -> str:
        return f"{self.side} {self.amount_minor}"


class IdempotencyKey(models.Model):
    """Which entry a key stands for, and the hash of its contents. Never pruned, never partitioned."""

    pk = models.CompositePrimaryKey("scope", "key")
    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    entry_id = models.UUIDField()
    content_hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class Hold(models.Model):
    """An amount that is still in the account but promised: it lowers what is available."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds")
    amount_minor = models.BigIntegerField()
    remaining_minor = models.BigIntegerField()
    reason = models.CharField(max_length=140)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("expires_at",), condition=Q(remaining_minor__gt=0), name="ledger_hold_expiry"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, remaining_minor__gte=0, remaining_minor__lte=F("amount_minor")),
                name="ledger_hold_amounts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.remaining_minor} {self.reason}"


class HoldChange(models.Model):
    """What became of a hold, or of a part of it."""

    class Outcome(models.TextChoices):
        CAPTURED = "captured", "Captured"
        RELEASED = "released", "Released"
        EXPIRED = "expired", "Expired"

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="changes")
    outcome = models.CharField(max_length=8, choices=Outcome)
    amount_minor = models.BigIntegerField()
    entry = models.ForeignKey(Entry, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.outcome} {self.amount_minor}"


class FloorChange(models.Model):
    """Somebody changed how low a member's account may go, and why. Both amounts are in the account's normal side."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="floor_changes")
    before_minor = models.BigIntegerField(null=True)
    after_minor = models.BigIntegerField()
    why = models.CharField(max_length=140)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.CheckConstraint(condition=~Q(why=""), name="ledger_floor_why"),)

    def __str__(self) -> str:
        return f"{self.account_id}: {self.after_minor} {self.why}"


class Period(models.Model):
    """How far a branch's books are closed: nothing posts on or before this day."""

    branch = models.OneToOneField(Branch, primary_key=True, on_delete=models.PROTECT, related_name="+")
    closed_through = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.branch_id} closed through {self.closed_through}"


class PeriodReopening(models.Model):
    """Closed books were opened again after `through`: asked for by one person, approved by another, for a reason.

    The database lets `Period.closed_through` go back only to what such a row of the same moment says.
    """

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    was_closed_through = models.DateField()
    through = models.DateField()
    reason = models.CharField(max_length=200)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)
        constraints = (
            models.CheckConstraint(condition=~Q(asked_by=F("approved_by")), name="ledger_reopening_second_person"),
            models.CheckConstraint(condition=Q(through__lt=F("was_closed_through")), name="ledger_reopening_goes_back"),
            models.CheckConstraint(condition=~Q(reason=""), name="ledger_reopening_why"),
        )

    def __str__(self) -> str:
        return f"{self.branch_id} open again after {self.through}"


class Snapshot(models.Model):
    """An account's balance at the end of a day that takes no more entries: where sums over the journal may start."""

    pk = models.CompositePrimaryKey("account_id", "business_date")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    business_date = models.DateField()
    balance_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.account_id} {self.business_date}: {self.balance_minor}"


class Unsealed(models.Model):
    """An entry the chain has not taken in yet."""

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")

    def __str__(self) -> str:
        return str(self.entry_id)


class Seal(models.Model):
    """One link of a branch's hash chain: sha256 of the link before and this entry's canonical text."""

    pk = models.CompositePrimaryKey("branch_id", "chain_seq")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", db_index=False)
    chain_seq = models.BigIntegerField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="seal")
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.branch_id}:{self.chain_seq}"
