"""Somebody who wants to become a member and has not yet shown that the e-mail address is theirs."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from portal.base.keys import new_id
from portal.institution.models import Branch


class SignUp(models.Model):
    """What was typed, until the code from the mail is typed too. Nobody can sign in with it, and no member exists yet.

    Kept as well for an address that belongs to somebody already: the pages must not tell. The code is a keyed hash.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField()
    full_name = models.CharField(max_length=120)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    password = models.CharField(max_length=128)
    code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    mails = models.PositiveSmallIntegerField(default=1)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(tries__lte=5), name="signin_signup_five_tries"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("made_at")), name="signin_signup_expires_later"
            ),
        )
        indexes = (models.Index(fields=["expires_at"], name="signin_signup_expires"),)

    def __str__(self) -> str:
        return self.email
