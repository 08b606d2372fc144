"""Tickets with their threads, notes, clocks and complaints; chats; how the desk is set up."""

from portal.support.models.chats import Chat, ChatLine, ChatSeen
from portal.support.models.complaints import Complaint, Redress
from portal.support.models.desk import Category, Macro, OpenHours
from portal.support.models.tickets import Attachment, Change, Draft, Message, Note, Step, TakenBack, Ticket

__all__ = [
    "Attachment",
    "Category",
    "Change",
    "Chat",
    "ChatLine",
    "ChatSeen",
    "Complaint",
    "Draft",
    "Macro",
    "Message",
    "Note",
    "OpenHours",
    "Redress",
    "Step",
    "TakenBack",
    "Ticket",
]
