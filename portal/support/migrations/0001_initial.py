"""Tickets, complaints, service requests, chats, and how the desk is set up."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.base.keys


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("deposits", "0017_free_charges"),
        ("documents", "0005_uploads"),
        ("institution", "0002_trail"),
        ("people", "0009_records_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClosedDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("name", models.CharField(max_length=60)),
            ],
            options={
                "ordering": ("day",),
            },
        ),
        migrations.CreateModel(
            name="Ticket",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.base.keys.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("serial", models.PositiveIntegerField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("ticket", "Question"), ("complaint", "Complaint"), ("request", "Service request")],
                        max_length=9,
                    ),
                ),
                ("subject", models.CharField(max_length=120)),
                ("reference", models.CharField(blank=True, default="", max_length=40)),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "Low"), (2, "Normal"), (3, "High"), (4, "Urgent")], default=2
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("open", "In hand"),
                            ("waiting", "Waiting for the customer"),
                            ("resolved", "Settled"),
                            ("closed", "Closed"),
                            ("merged", "Merged"),
                        ],
                        default="new",
                        max_length=8,
                    ),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), blank=True, default=list, size=None
                    ),
                ),
                ("turns", models.PositiveIntegerField(default=0)),
                ("key", models.CharField(max_length=80, unique=True)),
                ("raised_at", models.DateTimeField()),
                ("reply_due", models.DateTimeField()),
                ("replied_at", models.DateTimeField(null=True)),
                ("resolve_due", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(null=True)),
                ("rating", models.PositiveSmallIntegerField(null=True)),
                ("rating_text", models.CharField(blank=True, default="", max_length=500)),
                ("rated_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="deposits.depositaccount",
                    ),
                ),
                (
                    "assignee",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="institution.branch"
                    ),
                ),
            ],
            options={
                "ordering": ("-serial",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["new", "open", "waiting"])),
                        fields=["branch", "resolve_due"],
                        name="support_ticket_queue",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["new", "open", "waiting"])),
                        fields=["assignee"],
                        name="support_ticket_mine",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["ticket", "complaint", "request"])), name="support_ticket_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["new", "open", "waiting", "resolved", "closed", "merged"])),
                        name="support_ticket_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__range", (1, 4))), name="support_ticket_priority"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rated_at", None), ("rating", None)),
                            models.Q(("rated_at__isnull", False), ("rating__range", (1, 5))),
                            _connector="OR",
                        ),
                        name="support_ticket_rating",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=30, unique=True)),
                ("name", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[("ticket", "Question"), ("complaint", "Complaint"), ("request", "Service request")],
                        max_length=9,
                    ),
                ),
                ("first_reply_hours", models.PositiveSmallIntegerField(default=4)),
                ("resolve_hours", models.PositiveSmallIntegerField(default=24)),
                ("acknowledge_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("final_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("legal_text", models.TextField(blank=True, default="")),
                (
                    "steps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("is_offered", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ("position", "name"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["ticket", "complaint", "request"])),
                        name="support_category_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first_reply_hours__gt", 0), ("resolve_hours__gte", models.F("first_reply_hours"))
                        ),
                        name="support_category_targets_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "complaint"), _negated=True),
                            models.Q(("acknowledge_days__gt", 0), ("final_days__gte", models.F("acknowledge_days"))),
                            _connector="OR",
                        ),
                        name="support_category_complaint_has_deadlines",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Complaint",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="complaint",
                        serialize=False,
                        to="support.ticket",
                    ),
                ),
                ("acknowledge_by", models.DateField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("final_by", models.DateField()),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("staff", "Conduct of staff"),
                            ("fees", "Fees and charges"),
                            ("delay", "Delay"),
                            ("error", "Mistake in the books"),
                            ("system", "Fault of the portal"),
                            ("fraud", "Fraud by somebody else"),
                            ("information", "Wrong or missing information"),
                            ("none", "No fault found"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("upheld", "Upheld"), ("partly", "Partly upheld"), ("rejected", "Not upheld")],
                        default="",
                        max_length=8,
                    ),
                ),
                ("finding", models.TextField(blank=True, default="", max_length=4000)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("final_by"), condition=models.Q(("settled_at", None)), name="support_complaint_open"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("final_by__gte", models.F("acknowledge_by"))), name="support_complaint_days"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("settled_at", None), ("settled_by", None)),
                            models.Q(
                                ("settled_at__isnull", False),
                                ("settled_by__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                                models.Q(("cause", ""), _negated=True),
                                models.Q(("finding", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="support_complaint_settled_whole",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="ticket",
            name="category",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="support.category"
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.customer"
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="merged_into",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="merged", to="support.ticket"
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="raised_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="split_from",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="support.ticket"
            ),
        ),
        migrations.CreateModel(
            name="Chat",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.base.keys.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("open", "Open"), ("ended", "Ended")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("count", models.PositiveIntegerField(default=0)),
                ("began_at", models.DateTimeField()),
                ("said_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "agent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="institution.branch"
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.customer"
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
                    "ticket",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="chat", to="support.ticket"
                    ),
                ),
            ],
            options={
                "ordering": ("-began_at",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "ended"), _negated=True),
                        fields=["branch", "began_at"],
                        name="support_chat_desk",
                    ),
                    models.Index(condition=models.Q(("state", "open")), fields=["agent"], name="support_chat_of_agent"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "ended"), _negated=True),
                        fields=("customer",),
                        name="support_chat_one_is_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agent", None), ("ended_at", None), ("state", "waiting")),
                            models.Q(("agent__isnull", False), ("ended_at", None), ("state", "open")),
                            models.Q(("ended_at__isnull", False), ("state", "ended")),
                            _connector="OR",
                        ),
                        name="support_chat_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=20)),
                ("before", models.CharField(blank=True, max_length=120)),
                ("after", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="support.ticket"
                    ),
                ),
            ],
            options={
                "ordering": ("at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True, max_length=8000)),
                ("saved_at", models.DateTimeField()),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="support.ticket"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("ticket", "user"), name="support_draft_once")]},
        ),
        migrations.CreateModel(
            name="Macro",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                ("text", models.TextField(max_length=4000)),
                ("then_state", models.CharField(blank=True, default="", max_length=8)),
                ("then_tag", models.CharField(blank=True, default="", max_length=30)),
                ("is_retired", models.BooleanField(default=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("written_at", models.DateTimeField()),
                (
                    "written_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("position", "name"),
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("turn", models.PositiveIntegerField()),
                ("is_staff", models.BooleanField()),
                ("text", models.TextField(max_length=8000)),
                ("at", models.DateTimeField()),
                ("key", models.CharField(max_length=80, unique=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="support.ticket"
                    ),
                ),
            ],
            options={
                "ordering": ("turn",),
                "constraints": [models.UniqueConstraint(fields=("ticket", "turn"), name="support_message_turn_once")],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "upload",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.upload"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="support.message"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=8000)),
                ("at", models.DateTimeField()),
                ("key", models.CharField(max_length=80, unique=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="support.ticket"
                    ),
                ),
            ],
            options={
                "ordering": ("at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="OpenHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weekday", models.PositiveSmallIntegerField()),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="institution.branch"
                    ),
                ),
            ],
            options={
                "ordering": ("branch", "weekday"),
                "constraints": [
                    models.UniqueConstraint(fields=("branch", "weekday"), name="support_hours_once_a_weekday"),
                    models.CheckConstraint(
                        condition=models.Q(("closes__gt", models.F("opens")), ("weekday__lte", 6)),
                        name="support_hours_end_after_they_begin",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("label", models.CharField(max_length=60)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="support.ticket"
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
                "constraints": [
                    models.UniqueConstraint(fields=("ticket", "position"), name="support_step_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at", None), ("done_by", None)),
                            models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="support_step_done_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ChatLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("is_staff", models.BooleanField()),
                ("text", models.TextField(max_length=2000)),
                ("at", models.DateTimeField()),
                ("key", models.CharField(max_length=80, unique=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="support.chat"
                    ),
                ),
                (
                    "upload",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.upload"
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
                "indexes": [models.Index(fields=["author", "at"], name="support_chat_rate")],
                "constraints": [models.UniqueConstraint(fields=("chat", "number"), name="support_chat_line_once")],
            },
        ),
        migrations.CreateModel(
            name="ChatSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(default=0)),
                ("typing_until", models.DateTimeField(null=True)),
                (
                    "chat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seen", to="support.chat"
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
                "constraints": [models.UniqueConstraint(fields=("chat", "user"), name="support_chat_seen_once")],
            },
        ),
        migrations.CreateModel(
            name="Redress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(max_length=300)),
                ("reference", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deposits.depositaccount"
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "complaint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="redresses", to="support.complaint"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="support_redress_amount"),
                    models.CheckConstraint(
                        condition=models.Q(("approved_by", models.F("asked_by")), _negated=True),
                        name="support_redress_two_persons",
                    ),
                ]
            },
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["customer", "-serial"], name="support_ticket_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("merged_into__isnull", False), ("state", "merged")),
                    models.Q(models.Q(("state", "merged"), _negated=True), ("merged_into", None)),
                    _connector="OR",
                ),
                name="support_ticket_merged_into_another",
            ),
        ),
    ]
