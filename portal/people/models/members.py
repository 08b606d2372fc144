"""Users who sign in, and customers who are served. A customer need not have a user; a user has one role."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Reverse

from portal.access.roles import Role
from portal.base.money import Money
from portal.documents.uploaded import Upload
from portal.institution.models import Branch


class Customer(models.Model):
    """A member of the institution: who owns accounts.

    `state` follows the rows that say why: submissions, decisions, a closure. `address` is the home address in one line.
    Phones are kept as +233241234567.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        VERIFIED = "verified", "Verified"
        REJECTED = "rejected", "Rejected"
        EXPIRED = "expired", "Identity expired"
        CLOSED = "closed", "Closed"

    class Sex(models.TextChoices):
        FEMALE = "F", "Female"
        MALE = "M", "Male"

    class IncomePeriod(models.TextChoices):
        WEEK = "week", "a week"
        MONTH = "month", "a month"
        YEAR = "year", "a year"

    class MandateRule(models.TextChoices):
        ANY = "any", "Any one of them"
        ALL = "all", "All of them together"

    number = models.CharField(max_length=12, unique=True)
    full_name = models.CharField(max_length=120)
    given_name = models.CharField(max_length=80, blank=True, default="")
    family_name = models.CharField(max_length=80, blank=True, default="")
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=1, choices=Sex, blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="")
    second_phone = models.CharField(max_length=20, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")
    occupation = models.CharField(max_length=80, blank=True, default="")
    employer = models.CharField(max_length=120, blank=True, default="")
    income_minor = models.BigIntegerField(null=True, blank=True)
    income_currency = models.CharField(max_length=3, blank=True, default="")
    income_period = models.CharField(max_length=5, choices=IncomePeriod, blank=True, default="")
    photograph = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signature = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mandate_rule = models.CharField(max_length=3, choices=MandateRule, default=MandateRule.ANY)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.VERIFIED)
    joined_on = models.DateField()
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    search = models.GeneratedField(
        expression=SearchVector("number", "full_name", "phone", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ("number",)
        indexes = (
            GinIndex("search", name="people_customer_search"),
            models.Index(OpClass(Reverse("phone"), name="text_pattern_ops"), name="people_customer_phone_end"),
            models.Index("phone", name="people_customer_phone", condition=~Q(phone="")),
            models.Index("birth_date", name="people_customer_born"),
            models.Index("branch", name="people_customer_submitted", condition=Q(state="submitted")),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(income_minor=None) | (Q(income_minor__gte=0) & ~Q(income_currency="", income_period="")),
                name="people_customer_income_is_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.full_name} {self.number}"

    @property
    def income(self) -> Money | None:
        """What the customer said to earn in one `income_period`."""
        return None if self.income_minor is None else Money(self.income_minor, self.income_currency)

    @property
    def initials(self) -> str:
        words = self.full_name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


class UserManager(BaseUserManager["User"]):
    """Makes users; e-mail addresses are kept in lower case."""

    def create_user(
        self, email: str, *, full_name: str, role: str, password: str | None = None, **extra: object
    ) -> User:
        user = self.model(email=email.lower(), full_name=full_name, role=role, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """Somebody who signs in. Staff belong to a branch; a customer's user belongs to its customer."""

    email = models.EmailField(unique=True)
    full_name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=Role)
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    customer = models.OneToOneField(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="user")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name", "role"]

    objects = UserManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("email"), name="people_user_email_once"),
            models.CheckConstraint(
                condition=Q(role=Role.CUSTOMER, customer__isnull=False) | (~Q(role=Role.CUSTOMER) & Q(customer=None)),
                name="people_user_customer_matches_role",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[Role.CUSTOMER, Role.ADMINISTRATOR, Role.AUDITOR, Role.OPERATIONS_MANAGER])
                | Q(branch__isnull=False),
                name="people_user_branch_staff_have_branch",
            ),
        )

    def __str__(self) -> str:
        return self.full_name


class CustomerView(models.Model):
    """A staff member looked at a customer's record: when, and on which page."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    viewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=120)

    class Meta:
        indexes = (models.Index(fields=("customer", "at"), name="people_view_customer_at"),)

    def __str__(self) -> str:
        return f"{self.viewer} saw {self.customer}"
