"""Telling people, and what they choose about it."""

from portal.notifications.services.choosing import Choice, choose
from portal.notifications.services.reading import mark_all_read, mark_read
from portal.notifications.services.telling import Recipient, notify, recipient_of, send_test
from portal.notifications.services.wordings import preview, write_wording

__all__ = [
    "Choice",
    "Recipient",
    "choose",
    "mark_all_read",
    "mark_read",
    "notify",
    "preview",
    "recipient_of",
    "send_test",
    "write_wording",
]
