"""The seven roles. A user has exactly one."""

from __future__ import annotations

from django.db.models import TextChoices


class Role(TextChoices):
    CUSTOMER = "customer", "Customer"
    CASHIER = "cashier", "Cashier"
    MOBILE_BANKER = "mobile_banker", "Mobile banker"
    MANAGER = "manager", "Manager"
    OPERATIONS_MANAGER = "operations_manager", "Operations manager"
    ADMINISTRATOR = "administrator", "Administrator"
    AUDITOR = "auditor", "Auditor"


STAFF = frozenset(Role) - {Role.CUSTOMER}
