"""What was told to whom, by which channel, in whose words; and what each person wants to be told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.base.keys import new_id
from portal.base.money import Money
from portal.notifications.kinds import Channel, Group, Kind, kind_named
from portal.outbox.models import Job


class Wording(models.Model):
    """The words of one kind on one channel, as somebody wrote them. Never edited: the newest version is the one used."""

    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=Channel)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=160, blank=True, default="")
    text = models.TextField(max_length=4000)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ("kind", "channel", "-version")
        constraints = (
            models.UniqueConstraint(fields=("kind", "channel", "version"), name="notifications_wording_version_once"),
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="notifications_wording_channel"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.version}"


class Preference(models.Model):
    """Whether somebody wants a kind of notice by a channel, where that differs from what is usual."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=Channel)
    is_wanted = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "kind", "channel"), name="notifications_preference_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind} {self.channel} {self.is_wanted}"


class Quiet(models.Model):
    """When somebody wants no mail and no text message, by the institution's clock; it may reach over midnight.

    `large_minor` and `low_minor` are the amounts from which movements are large and below which a balance is low.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begins = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)
    large_minor = models.BigIntegerField(null=True, blank=True)
    low_minor = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(begins=None, ends=None)
                | (Q(begins__isnull=False, ends__isnull=False) & ~Q(begins=F("ends"))),
                name="notifications_quiet_has_both_ends",
            ),
            models.CheckConstraint(
                condition=(Q(large_minor=None) | Q(large_minor__gt=0)) & (Q(low_minor=None) | Q(low_minor__gt=0)),
                name="notifications_thresholds_are_amounts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id}: {self.begins}–{self.ends}"


class Notice(models.Model):
    """One thing told to one person, once for each `key`. `is_shown` puts it into the person's list.

    Put off it comes back unread at `later_until`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    told = models.CharField(max_length=120)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    url = models.CharField(max_length=300, blank=True, default="")
    is_shown = models.BooleanField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)
    later_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("kind", "key"), name="notifications_notice_once"),)
        indexes = (
            models.Index(fields=("user", "-created_at"), condition=Q(is_shown=True), name="notifications_of_user"),
            models.Index(fields=("user",), condition=Q(is_shown=True, read_at=None), name="notifications_unread"),
            models.Index(fields=("-created_at",), name="notifications_newest"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def what(self) -> Kind:
        return kind_named(self.kind)

    @property
    def group(self) -> Group:
        return self.what.group


class Muted(models.Model):
    """Somebody wants to hear no more of what stands at an address, as a ticket; `notice` is the one they said it of."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=300)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)
        constraints = (models.UniqueConstraint(fields=("user", "url"), name="notifications_muted_once"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.url}"


class Delivery(models.Model):
    """A notice on its way by mail or text message. How far it is, and what was answered, stands in its job."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=5, choices=Channel)
    address = models.CharField(max_length=254, blank=True, default="")
    version = models.PositiveIntegerField(default=0)
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="+")
    trouble = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("notice", "channel"), name="notifications_delivery_once"),
            models.CheckConstraint(
                condition=(Q(job__isnull=False) & Q(trouble="")) | (Q(job=None) & ~Q(trouble="")),
                name="notifications_delivery_job_or_trouble",
            ),
        )

    def __str__(self) -> str:
        return f"{self.notice_id} {self.channel}"

    @property
    def state(self) -> str:
        """Waiting, running, sent or failed."""
        if self.job is None:
            return "failed"
        return "sent" if self.job.state == Job.State.DONE else self.job.state

    @property
    def answer(self) -> str:
        """What the mail server or the provider of text messages said, in its own words."""
        if self.job is None:
            return self.trouble
        result = self.job.result if isinstance(self.job.result, dict) else {}
        return str(result.get("answer", "")) or self.job.error


class Watched(models.Model):
    """How far the books have been looked through for movements to tell people of."""

    name = models.CharField(max_length=30, primary_key=True)
    seen_until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} until {self.seen_until}"


def amount_of(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
