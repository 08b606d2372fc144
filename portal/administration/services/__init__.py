"""What is done to the people who work here."""

from __future__ import annotations

from portal.administration.services.inviting import accept_invitation, invite, send_again, withdraw_invitation
from portal.administration.services.moving import ask_for_role, change_role, check_role_change
from portal.administration.services.standing import demand_password, reinstate, suspend

__all__ = [
    "accept_invitation",
    "ask_for_role",
    "change_role",
    "check_role_change",
    "demand_password",
    "invite",
    "reinstate",
    "send_again",
    "suspend",
    "withdraw_invitation",
]
