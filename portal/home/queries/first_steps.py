"""What a new institution still lacks before its counters can open. It is a reminder: nothing waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from portal.access.roles import Role
from portal.administration.queries import open_invitations
from portal.deposits.models import Product
from portal.drawers.models import Drawer
from portal.institution.models import Branch
from portal.people.models import User

DONE, INVITED, TO_DO = "done", "invited", "not_started"
WHY_TWO = "Whoever asks for a role or a limit cannot approve it alone."
_IN_A_BRANCH = ((Role.MANAGER, "Branch manager"), (Role.CASHIER, "Cashier"))

_Place = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the list. `page` is the name of the address where it is done; empty where another role does it."""

    label: str
    status: str
    page: str = ""
    hint: str = ""


def first_steps() -> list[Step]:
    """The whole list, or nothing once all of it is done. Five queries, however many branches there are."""
    people: list[_Place] = list(_active().values_list("role", "branch_id"))
    invited: list[_Place] = list(open_invitations().values_list("role", "branch_id"))
    steps = _of_the_house(people, invited)
    branches = list(Branch.objects.all())
    for branch in branches:
        for role, label in _IN_A_BRANCH:
            status = _status((role, branch.pk) in people, invited=(role, branch.pk) in invited)
            steps.append(Step(f"{label} of {branch}", status, "staff_invite"))
    steps += [_products(), *_drawers(branches)]
    return steps if any(step.status != DONE for step in steps) else []


def _active() -> QuerySet[User]:
    return User.objects.filter(is_active=True).exclude(role=Role.CUSTOMER)


def _of_the_house(people: list[_Place], invited: list[_Place]) -> list[Step]:
    held, asked = [role for role, _ in people], [role for role, _ in invited]
    second = _status(held.count(Role.ADMINISTRATOR) > 1, invited=Role.ADMINISTRATOR in asked)
    operations = _status(Role.OPERATIONS_MANAGER in held, invited=Role.OPERATIONS_MANAGER in asked)
    return [
        Step("Operations manager", operations, "staff_invite"),
        Step("Second administrator", second, "staff_invite", WHY_TWO),
    ]


def _products() -> Step:
    status = _status(Product.objects.exists(), invited=False)
    return Step("Products", status, hint="" if status == DONE else "The operations manager makes them.")


def _drawers(branches: list[Branch]) -> list[Step]:
    having = set(Drawer.objects.filter(is_active=True).values_list("branch_id", flat=True))
    hint = "The operations manager adds them under “Branches”."
    return [
        Step(f"Drawers of {branch}", DONE, "branch_list")
        if branch.pk in having
        else Step(f"Drawers of {branch}", TO_DO, "branch_list", hint)
        for branch in branches
    ]


def _status(done: bool, *, invited: bool) -> str:
    return DONE if done else INVITED if invited else TO_DO
