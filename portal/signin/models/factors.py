"""What somebody proves who they are with, beside the password: devices of django-otp, and the transaction PIN.

Nothing here opens anything to whoever reads the database: the key of an authenticator app is encrypted, codes are kept
as keyed hashes, the PIN as an Argon2 hash. Passkeys are `django_otp_webauthn`'s: of them there is only a public key.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_otp.models import Device, SideChannelDevice

MOST_FAILURES = 10
MOST_PIN_FAILURES = 5


class Counted(models.Model):
    """A factor that counts wrong tries and takes none after the tenth, until the person proves it otherwise."""

    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_locked(self) -> bool:
        return self.failures >= MOST_FAILURES


class AuthenticatorApp(Counted, Device):  # type: ignore[misc,django-manager-missing]  # django-otp ships no types
    """An authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds). `secret` is its key, encrypted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    secret = models.TextField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(failures__lte=MOST_FAILURES), name="signin_app_failures_bounded"),
        )
        indexes = (models.Index(fields=["user"], name="signin_app_user"),)

    def __str__(self) -> str:
        return str(self.name)


class UsedStep(models.Model):
    """A half minute of an app whose code was used: it is used once, also when it arrives fifty times at once."""

    app = models.ForeignKey(AuthenticatorApp, on_delete=models.PROTECT, related_name="+")
    step = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["app", "step"], name="signin_used_step_once"),)

    def __str__(self) -> str:
        return f"{self.app_id} {self.step}"


class SentCode(Counted, SideChannelDevice):  # type: ignore[misc,django-manager-missing]  # django-otp ships no types
    """A way to send codes to somebody: six digits, ten minutes, once. `token` is the keyed hash of the last one."""

    class Channel(models.TextChoices):
        MAIL = "mail", "E-mail"
        SMS = "sms", "Text message"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=4, choices=Channel)
    destination = models.CharField(max_length=254)
    token = models.CharField(max_length=64, null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(failures__lte=MOST_FAILURES), name="signin_sent_failures_bounded"),
            models.CheckConstraint(condition=Q(channel__in=["mail", "sms"]), name="signin_sent_channel_known"),
            models.UniqueConstraint(fields=["user", "channel"], name="signin_sent_channel_once"),
        )

    def __str__(self) -> str:
        return str(self.name)


class RecoveryCode(models.Model):
    """One of ten codes written down for the day the device is lost: 50 random bits, kept as a keyed hash, used once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    code_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["user"], name="signin_recovery_user"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.made_at}"


class FactorReset(models.Model):
    """An administrator took all of somebody's factors away, and why: the person enrols anew at the next sign-in."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(user=models.F("by")), name="signin_reset_of_somebody_else"),
            models.CheckConstraint(condition=~Q(reason=""), name="signin_reset_says_why"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} by {self.by_id}"


class TransactionPin(models.Model):
    """The PIN a customer confirms transfers with. After the fifth wrong one in a row it opens nothing until set anew."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    pin = models.CharField(max_length=128)
    failures = models.PositiveSmallIntegerField(default=0)
    set_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(failures__lte=MOST_PIN_FAILURES), name="signin_pin_failures_bounded"),
        )

    def __str__(self) -> str:
        return f"PIN of {self.user_id}"

    @property
    def is_locked(self) -> bool:
        return self.failures >= MOST_PIN_FAILURES


class LargeTransfer(models.Model):
    """From which amount on a transfer asks again who one is; the newest row of a currency holds."""

    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount_minor__gt=0), name="signin_large_transfer_positive"),)
        indexes = (models.Index(fields=["currency", "-set_at"], name="signin_large_transfer_now"),)

    def __str__(self) -> str:
        return f"{self.currency} {self.amount_minor}"
