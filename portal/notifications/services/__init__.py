"""Telling people, and what they choose about it."""

from portal.notifications.services.choosing import Choice, choose
from portal.notifications.services.forgetting import forget_told
from portal.notifications.services.reading import mark_all_read, mark_read, mute, put_off, unmute
from portal.notifications.services.telling import Recipient, notify, recipient_of, send_test
from portal.notifications.services.wordings import preview, write_wording

__all__ = [
    "Choice",
    "Recipient",
    "choose",
    "forget_told",
    "mark_all_read",
    "mark_read",
    "mute",
    "notify",
    "preview",
    "put_off",
    "recipient_of",
    "send_test",
    "unmute",
    "write_wording",
]
