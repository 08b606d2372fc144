"""What the institution lends: products, and what each asks for and costs from a day on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.loans.schedules import DaysInMonth, DaysInYear, Frequency, Interest, Method

MOST_INSTALMENTS = 480
MOST_OFFER_DAYS = 366
BUCKETS = (0, 1, 31, 61, 91, 181)
"""Days past due from which each bucket of arrears begins; the first holds the loans that are not late."""


class LoanProduct(models.Model):
    """A kind of loan the institution gives. What it asks for and costs stands in its dated terms."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        OFFERED = "offered", "Offered"
        WITHDRAWN = "withdrawn", "No longer offered"

    code = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=60, unique=True)
    description = models.CharField(max_length=200, blank=True, default="")
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)

    class Meta:
        ordering = ("code",)
        constraints = (models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{2}$"), name="loans_product_code"),)

    def __str__(self) -> str:
        return self.name


class ProductChange(models.Model):
    """A product was offered or withdrawn from sale: who, when, why."""

    product = models.ForeignKey(LoanProduct, on_delete=models.PROTECT, related_name="changes")
    before = models.CharField(max_length=9, choices=LoanProduct.State)
    after = models.CharField(max_length=9, choices=LoanProduct.State)
    reason = models.CharField(max_length=140)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("at", "pk")
        constraints = (models.CheckConstraint(condition=~Q(before=F("after")), name="loans_product_changes"),)

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"


class Allocation(models.TextChoices):
    """In which order a payment fills what is due. Within each kind the oldest instalment comes first."""

    PENALTIES_FIRST = "penalties_first", "Penalties, fees, interest, principal"
    INSTALMENTS_FIRST = "instalments_first", "Oldest instalment first, penalties and fees last"
    PRINCIPAL_FIRST = "principal_first", "Principal, interest, fees, penalties"


class Early(models.TextChoices):
    """What becomes of money beyond what is due."""

    NEXT = "next", "Pay the next instalments ahead"
    FEWER = "fewer", "Fewer instalments"
    SMALLER = "smaller", "Smaller instalments"


class WeekendShift(models.TextChoices):
    """Where a due day goes that falls on a weekend or a holiday."""

    NONE = "none", "Stays"
    FORWARD = "forward", "To the next working day"
    MODIFIED = "modified", "To the next working day, within the month"
    BACK = "back", "To the working day before"


def _choices(
    kinds: type[Method | Interest | Frequency | DaysInYear | DaysInMonth], *words: str
) -> list[tuple[str, str]]:
    return [(kind.value, word) for kind, word in zip(kinds, words, strict=True)]


METHODS = _choices(Method, "Equal instalments, declining balance", "Equal principal, declining balance", "Flat")
INTERESTS = _choices(Interest, "The period, all alike", "The days between due days", "The balance, day by day")
FREQUENCIES = _choices(Frequency, "Days", "Weeks", "Months")
YEARS = _choices(DaysInYear, "Actual", "360", "364", "365")
MONTHS = _choices(DaysInMonth, "Actual", "30")


class LoanTerms(models.Model):
    """What a product asks for and costs from a day on. Written once, never edited: a change takes a new row.

    Rates and shares are basis points. The penalty is a yearly rate on what is late, from `penalty_grace_days` on; the fee
    is kept back when the loan is paid out. A guarantor's savings and a collateral's value count as shares of the loan
    that must be covered; instalments may take up to `affordable_bps` of what an income leaves. `provision_*_bps` is set
    aside of what is outstanding, by days past due. A loan that is rescheduled while in default counts as performing again
    once `probation_instalments` instalments in a row that repay principal were paid in time; with none it does at once.
    What is approved stands for `offer_days` as an offer; then it lapses.
    """

    product = models.ForeignKey(LoanProduct, on_delete=models.PROTECT, related_name="terms")
    effective_from = models.DateField()
    method = models.CharField(max_length=16, choices=METHODS, default=Method.DECLINING.value)
    interest = models.CharField(max_length=8, choices=INTERESTS, default=Interest.PERIOD.value)
    days_in_year = models.CharField(max_length=6, choices=YEARS, default=DaysInYear.D365.value)
    days_in_month = models.CharField(max_length=6, choices=MONTHS, default=DaysInMonth.ACTUAL.value)
    frequency = models.CharField(max_length=6, choices=FREQUENCIES, default=Frequency.MONTHS.value)
    every = models.PositiveSmallIntegerField(default=1)
    rate_min_bps = models.PositiveIntegerField()
    rate_bps = models.PositiveIntegerField()
    rate_max_bps = models.PositiveIntegerField()
    amount_min_minor = models.BigIntegerField()
    amount_max_minor = models.BigIntegerField()
    instalments_min = models.PositiveSmallIntegerField(default=1)
    instalments = models.PositiveSmallIntegerField(default=12)
    instalments_max = models.PositiveSmallIntegerField(default=60)
    grace_principal = models.PositiveSmallIntegerField(default=0)
    grace_interest = models.PositiveSmallIntegerField(default=0)
    down_payment_bps = models.PositiveIntegerField(default=0)
    multiple_minor = models.BigIntegerField(default=0)
    weekend_shift = models.CharField(max_length=8, choices=WeekendShift, default=WeekendShift.NONE)
    fee_minor = models.BigIntegerField(default=0)
    fee_bps = models.PositiveIntegerField(default=0)
    penalty_bps = models.PositiveIntegerField(default=0)
    penalty_grace_days = models.PositiveSmallIntegerField(default=0)
    allocation = models.CharField(max_length=17, choices=Allocation, default=Allocation.PENALTIES_FIRST)
    early = models.CharField(max_length=7, choices=Early, default=Early.FEWER)
    guarantors_min = models.PositiveSmallIntegerField(default=0)
    guarantee_bps = models.PositiveIntegerField(default=0)
    collateral_bps = models.PositiveIntegerField(default=0)
    affordable_bps = models.PositiveIntegerField(default=4000)
    offer_days = models.PositiveSmallIntegerField(default=30, db_default=30)
    non_performing_days = models.PositiveSmallIntegerField(default=90)
    probation_instalments = models.PositiveSmallIntegerField(default=3, db_default=3)
    provision_current_bps = models.PositiveIntegerField(default=100)
    provision_30_bps = models.PositiveIntegerField(default=500)
    provision_60_bps = models.PositiveIntegerField(default=1000)
    provision_90_bps = models.PositiveIntegerField(default=2500)
    provision_180_bps = models.PositiveIntegerField(default=5000)
    provision_over_bps = models.PositiveIntegerField(default=10000)
    reason = models.CharField(max_length=140)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("product", "-effective_from")
        constraints = (
            models.UniqueConstraint(fields=("product", "effective_from"), name="loans_terms_day_once"),
            models.CheckConstraint(condition=~Q(approved_by=F("made_by")), name="loans_terms_second_person"),
            models.CheckConstraint(
                condition=Q(
                    rate_min_bps__lte=F("rate_bps"), rate_bps__lte=F("rate_max_bps"), rate_max_bps__lte=100_000
                ),
                name="loans_terms_rates",
            ),
            models.CheckConstraint(
                condition=Q(amount_min_minor__gt=0, amount_min_minor__lte=F("amount_max_minor")),
                name="loans_terms_amounts",
            ),
            models.CheckConstraint(
                condition=Q(
                    instalments_min__gte=1,
                    instalments_min__lte=F("instalments"),
                    instalments__lte=F("instalments_max"),
                    instalments_max__lte=MOST_INSTALMENTS,
                    grace_principal__lt=F("instalments_min"),
                    grace_interest__lt=F("instalments_min"),
                    every__gte=1,
                ),
                name="loans_terms_instalments",
            ),
            models.CheckConstraint(
                condition=Q(
                    fee_minor__gte=0,
                    multiple_minor__gte=0,
                    fee_bps__lte=10_000,
                    penalty_bps__lte=100_000,
                    down_payment_bps__lt=10_000,
                    affordable_bps__lte=10_000,
                    provision_over_bps__lte=10_000,
                ),
                name="loans_terms_values",
            ),
            models.CheckConstraint(
                condition=Q(probation_instalments__lte=MOST_INSTALMENTS), name="loans_terms_probation"
            ),
            models.CheckConstraint(
                condition=Q(offer_days__gte=1, offer_days__lte=MOST_OFFER_DAYS), name="loans_terms_offer"
            ),
        )

    def __str__(self) -> str:
        return f"{self.product} from {self.effective_from:%d %B %Y}"

    def provision_bps(self) -> tuple[int, ...]:
        """What is set aside in each bucket of arrears, in the order of `BUCKETS`."""
        return (
            self.provision_current_bps,
            self.provision_30_bps,
            self.provision_60_bps,
            self.provision_90_bps,
            self.provision_180_bps,
            self.provision_over_bps,
        )


class LadderStep(models.Model):
    """From this amount on, so many people must approve. Belongs to its terms and is as fixed as they are."""

    terms = models.ForeignKey(LoanTerms, on_delete=models.PROTECT, related_name="ladder")
    from_minor = models.BigIntegerField()
    approvals = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("terms", "from_minor")
        constraints = (
            models.UniqueConstraint(fields=("terms", "from_minor"), name="loans_ladder_once"),
            models.CheckConstraint(
                condition=Q(from_minor__gt=0, approvals__gte=1, approvals__lte=5), name="loans_ladder_values"
            ),
        )

    def __str__(self) -> str:
        return f"{self.approvals} from {self.from_minor}"
