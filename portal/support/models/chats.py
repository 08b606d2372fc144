"""A conversation that goes to and fro, until it ends or becomes a ticket."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.base.keys import new_id
from portal.documents.uploaded import Upload
from portal.institution.models import Branch
from portal.people.models import Customer
from portal.support.models.tickets import Ticket


class Chat(models.Model):
    """One conversation of a customer; a customer has one that is open. `lines` counts what was said in it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        OPEN = "open", "Open"
        ENDED = "ended", "Ended"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField()
    said_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ticket = models.OneToOneField(Ticket, null=True, on_delete=models.PROTECT, related_name="chat")

    class Meta:
        ordering = ("-began_at",)
        constraints = (
            models.UniqueConstraint(fields=("customer",), condition=~Q(state="ended"), name="support_chat_one_is_open"),
            models.CheckConstraint(
                condition=Q(state="waiting", agent=None, ended_at=None)
                | Q(state="open", agent__isnull=False, ended_at=None)
                | Q(state="ended", ended_at__isnull=False),
                name="support_chat_state",
            ),
        )
        indexes = (
            models.Index(fields=("branch", "began_at"), condition=~Q(state="ended"), name="support_chat_desk"),
            models.Index(fields=("agent",), condition=Q(state="open"), name="support_chat_of_agent"),
        )

    def __str__(self) -> str:
        return f"chat {self.pk}"


class ChatLine(models.Model):
    """One line of a chat. Who is staff is written here by the server, from who said it; `author` None is the portal itself."""

    chat = models.ForeignKey(Chat, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    is_staff = models.BooleanField()
    text = models.TextField(max_length=2000)
    upload = models.OneToOneField(Upload, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.CharField(max_length=80, unique=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("chat", "number"), name="support_chat_line_once"),)
        indexes = (models.Index(fields=("author", "at"), name="support_chat_rate"),)

    def __str__(self) -> str:
        return f"{self.chat_id} {self.number}"


class ChatSeen(models.Model):
    """How far somebody has read a chat, and until when they are taken to be typing."""

    chat = models.ForeignKey(Chat, on_delete=models.PROTECT, related_name="seen")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(default=0)
    typing_until = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("chat", "user"), name="support_chat_seen_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} read {self.number} of {self.chat_id}"
