"""Who a session belongs to."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from portal.base.prepared import prepared_query
from portal.people.models import User


class Backend(AuthenticationBackend):  # type: ignore[misc]  # allauth carries no types
    """allauth's, but that every request's question for its user is written out once."""

    def get_user(self, user_id: Any) -> User | None:
        """The user of this id who may sign in; None for a suspended one and for nobody."""
        found = _user(int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None


@prepared_query
def _user(user_id: int) -> QuerySet[User]:
    return User.objects.filter(pk=user_id)
