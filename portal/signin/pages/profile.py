"""One's own profile: who one is here, and what keeps one's sign-in safe."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.base.render import page
from portal.base.templatetags.portal import ABSENT, day, moment
from portal.people import queries
from portal.people.models import User


@requires(Capability.PROFILE_VIEW)
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    person = queries.with_branch_and_customer(request.user)
    return page(request, "signin/profile.html", {"rows": _who(person), "safety": _safety(person)})


def _who(person: User) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = [("Name", person.full_name), ("Role", person.get_role_display())]
    if person.branch is not None:
        rows.append(("Branch", person.branch.name))
    customer = person.customer
    if customer is not None:
        rows += [
            ("Member number", customer.number),
            ("Branch", customer.branch.name),
            ("Phone", customer.phone or ABSENT),
        ]
        rows += [("Address", customer.address or ABSENT), ("Member since", day(customer.joined_on))]
    return rows


def _safety(person: User) -> list[tuple[str, Any]]:
    return [("E-mail address", person.email), ("Last signed in", moment(person.last_login))]
