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
from portal.institution.models import Branch


class Customer(models.Model):
    """A member of the institution: who owns accounts."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        VERIFIED = "verified", "Verified"
        CLOSED = "closed", "Closed"

    number = models.CharField(max_length=12, unique=True)
    full_name = models.CharField(max_length=120)
    birth_date = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=20, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")
    occupation = models.CharField(max_length=80, blank=True, default="")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.VERIFIED)
    joined_on = models.DateField()
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
        )

    def __str__(self) -> str:
        return f"{self.full_name} {self.number}"

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
