import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.base.keys


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("institution", "0002_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Device",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("browser", models.UUIDField()),
                ("words", models.CharField(max_length=80)),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("user", "browser"), name="signin_device_once")]},
        ),
        migrations.CreateModel(
            name="SignInAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("tried", models.CharField(max_length=254)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("succeeded", "Signed in"),
                            ("password", "Wrong password"),
                            ("code", "Wrong code"),
                            ("pin", "Wrong PIN"),
                            ("locked", "Refused, locked"),
                            ("suspended", "Refused, suspended"),
                        ],
                        max_length=10,
                    ),
                ),
                ("source", models.CharField(blank=True, default="", max_length=45)),
                ("device", models.CharField(blank=True, default="", max_length=80)),
                ("is_known_device", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, default="", max_length=120)),
                ("request_id", models.CharField(blank=True, default="", max_length=36)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-pk",),
                "indexes": [
                    models.Index(fields=["user", "-id"], name="signin_attempt_user"),
                    models.Index(fields=["at"], name="signin_attempt_at"),
                    models.Index(fields=["source", "-id"], name="signin_attempt_source"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome__in", ["succeeded", "password", "code", "pin", "locked", "suspended"])
                        ),
                        name="signin_attempt_outcome_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignInSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40, unique=True)),
                ("source", models.CharField(blank=True, default="", max_length=45)),
                ("words", models.CharField(max_length=80)),
                ("is_shared", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_because", models.CharField(blank=True, default="", max_length=60)),
                (
                    "device",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="signin.device"
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-seen_at", "-pk"),
                "indexes": [
                    models.Index(condition=models.Q(("ended_at", None)), fields=["user"], name="signin_session_open"),
                    models.Index(fields=["user", "-started_at"], name="signin_session_user"),
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["seen_at"], name="signin_session_idle"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_because", "")),
                            models.Q(("ended_at__isnull", False), models.Q(("ended_because", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="signin_session_end_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at", None), ("ended_at__gte", models.F("started_at")), _connector="OR"
                        ),
                        name="signin_session_ends_later",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignUp",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.base.keys.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                ("full_name", models.CharField(max_length=120)),
                ("password", models.CharField(max_length=128)),
                ("code_hash", models.CharField(max_length=64)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("mails", models.PositiveSmallIntegerField(default=1)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="institution.branch"
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="signin_signup_expires")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("tries__lte", 5)), name="signin_signup_five_tries"),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("made_at"))), name="signin_signup_expires_later"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TryCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("account_device", "One account from one device that signed in before"),
                            ("account_source", "One account from one address of the network"),
                            ("account", "One account from everywhere"),
                            ("source", "Every account from one address of the network"),
                            ("sign_up", "New profiles from one address of the network"),
                        ],
                        max_length=14,
                    ),
                ),
                ("who", models.CharField(blank=True, default="", max_length=254)),
                ("place", models.CharField(blank=True, default="", max_length=64)),
                ("failures", models.PositiveIntegerField()),
                ("until", models.DateTimeField()),
                ("locked_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["who"], name="signin_count_who"),
                    models.Index(models.F("until"), name="signin_count_until"),
                ],
                "constraints": [models.UniqueConstraint(fields=("kind", "who", "place"), name="signin_count_once")],
            },
        ),
        migrations.CreateModel(
            name="Unlock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=200)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("user", models.F("by")), _negated=True),
                        name="signin_unlock_of_somebody_else",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="signin_unlock_says_why"
                    ),
                ]
            },
        ),
    ]
