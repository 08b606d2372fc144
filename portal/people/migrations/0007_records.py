import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0005_uploads"),
        ("institution", "0002_trail"),
        ("people", "0004_must_change_password"),
    ]

    operations = [
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("home", "Home"), ("postal", "Postal"), ("work", "Work")], default="home", max_length=6
                    ),
                ),
                ("line1", models.CharField(max_length=80)),
                ("line2", models.CharField(blank=True, default="", max_length=80)),
                ("town", models.CharField(max_length=60)),
                ("district", models.CharField(blank=True, default="", max_length=60)),
                ("digital", models.CharField(blank=True, default="", max_length=20)),
            ],
            options={
                "ordering": ("kind",),
            },
        ),
        migrations.CreateModel(
            name="Anonymisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="BranchTransfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-at",),
            },
        ),
        migrations.CreateModel(
            name="CustomerClosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="DetailsChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(max_length=20)),
                ("changes", models.JSONField()),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-at",),
            },
        ),
        migrations.CreateModel(
            name="IdentityDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number_encrypted", models.TextField()),
                ("number_hash", models.CharField(max_length=64)),
                ("number_end", models.CharField(max_length=4)),
                ("issued_on", models.DateField(blank=True, null=True)),
                ("expires_on", models.DateField(blank=True, null=True)),
                ("added_at", models.DateTimeField()),
                ("is_current", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ("-added_at",),
                "indexes": [
                    models.Index(fields=["number_hash"], name="people_identity_number"),
                    models.Index(
                        models.F("expires_on"), condition=models.Q(("is_current", True)), name="people_identity_expiry"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("issued_on", None),
                            ("expires_on", None),
                            ("expires_on__gt", models.F("issued_on")),
                            _connector="OR",
                        ),
                        name="people_identity_expires_after_issue",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IdentityKind",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=30, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("pattern", models.CharField(blank=True, default="", max_length=120)),
                ("example", models.CharField(blank=True, default="", max_length=40)),
                ("expires", models.BooleanField(default=True)),
                ("is_taken", models.BooleanField(default=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ("position", "name"),
            },
        ),
        migrations.CreateModel(
            name="KycDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("verified", "Verified"), ("rejected", "Rejected"), ("expired", "Expired")],
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("decided_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-decided_at",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "rejected"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="people_kycdecision_rejected_with_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KycSubmission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("declaration", models.CharField(max_length=300)),
                ("submitted_at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-submitted_at",),
            },
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("full_name", models.CharField(max_length=120)),
                ("relation", models.CharField(max_length=40)),
                ("phone", models.CharField(blank=True, default="", max_length=20)),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("added_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={
                "ordering": ("full_name",),
            },
        ),
        migrations.CreateModel(
            name="NextOfKin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("full_name", models.CharField(max_length=120)),
                ("relation", models.CharField(max_length=40)),
                ("phone", models.CharField(blank=True, default="", max_length=20)),
                ("share_percent", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ("-share_percent", "full_name"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("share_percent__range", (1, 100))), name="people_kin_share_is_a_percentage"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "data_class",
                    models.CharField(
                        choices=[("customer", "Customers who left"), ("draft", "Registrations never finished")],
                        max_length=12,
                        unique=True,
                    ),
                ),
                ("months", models.PositiveSmallIntegerField()),
                ("basis", models.CharField(max_length=200)),
            ],
            options={
                "ordering": ("data_class",),
            },
        ),
        migrations.CreateModel(
            name="RiskProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.PositiveSmallIntegerField()),
                (
                    "category",
                    models.CharField(choices=[("low", "Low"), ("medium", "Medium"), ("high", "High")], max_length=6),
                ),
                ("reason", models.CharField(max_length=300)),
                ("review_on", models.DateField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ("-at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("score__range", (300, 850))), name="people_risk_score_in_range"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="customer",
            name="employer",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="customer",
            name="family_name",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="customer",
            name="given_name",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="customer",
            name="income_currency",
            field=models.CharField(blank=True, default="", max_length=3),
        ),
        migrations.AddField(
            model_name="customer",
            name="income_minor",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="customer",
            name="income_period",
            field=models.CharField(
                blank=True,
                choices=[("week", "a week"), ("month", "a month"), ("year", "a year")],
                default="",
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="mandate_rule",
            field=models.CharField(
                choices=[("any", "Any one of them"), ("all", "All of them together")], default="any", max_length=3
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="photograph",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.upload",
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="registered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="second_phone",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="customer",
            name="sex",
            field=models.CharField(blank=True, choices=[("F", "Female"), ("M", "Male")], default="", max_length=1),
        ),
        migrations.AddField(
            model_name="customer",
            name="signature",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.upload",
            ),
        ),
        migrations.AlterField(
            model_name="customer",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("submitted", "Submitted"),
                    ("verified", "Verified"),
                    ("rejected", "Rejected"),
                    ("expired", "Identity expired"),
                    ("closed", "Closed"),
                ],
                default="verified",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.F("phone"), condition=models.Q(("phone", ""), _negated=True), name="people_customer_phone"
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(models.F("birth_date"), name="people_customer_born"),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.F("branch"), condition=models.Q(("state", "submitted")), name="people_customer_submitted"
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("income_minor", None),
                    models.Q(
                        ("income_minor__gte", 0),
                        models.Q(("income_currency", ""), ("income_period", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="people_customer_income_is_whole",
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="addresses", to="people.customer"
            ),
        ),
        migrations.AddField(
            model_name="anonymisation",
            name="approved_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="anonymisation",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="anonymisation",
            name="customer",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="anonymisation", to="people.customer"
            ),
        ),
        migrations.AddField(
            model_name="branchtransfer",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="branchtransfer",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="branch_transfers", to="people.customer"
            ),
        ),
        migrations.AddField(
            model_name="branchtransfer",
            name="from_branch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="institution.branch"
            ),
        ),
        migrations.AddField(
            model_name="branchtransfer",
            name="to_branch",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="institution.branch"
            ),
        ),
        migrations.AddField(
            model_name="customerclosure",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="customerclosure",
            name="customer",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="closure", to="people.customer"
            ),
        ),
        migrations.AddField(
            model_name="detailschange",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="detailschange",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="details_changes", to="people.customer"
            ),
        ),
        migrations.AddField(
            model_name="identitydocument",
            name="added_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="identitydocument",
            name="back",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.upload",
            ),
        ),
        migrations.AddField(
            model_name="identitydocument",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="identity_documents", to="people.customer"
            ),
        ),
        migrations.AddField(
            model_name="identitydocument",
            name="front",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.upload",
            ),
        ),
        migrations.AddField(
            model_name="identitydocument",
            name="kind",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.identitykind"
            ),
        ),
        migrations.AddField(
            model_name="kycdecision",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="kycdecision",
            name="submitted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="kycsubmission",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="kyc_submissions", to="people.customer"
            ),
        ),
        migrations.AddField(
            model_name="kycsubmission",
            name="submitted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="kycdecision",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="people.kycsubmission"
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="added_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="mandates", to="people.customer"
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="ended_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="photograph",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.upload",
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="signature",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="documents.upload",
            ),
        ),
        migrations.AddField(
            model_name="nextofkin",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="next_of_kin", to="people.customer"
            ),
        ),
        migrations.AddField(
            model_name="riskprofile",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="riskprofile",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="risk_profiles", to="people.customer"
            ),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.UniqueConstraint(fields=("customer", "kind"), name="people_address_once_a_kind"),
        ),
        migrations.AddConstraint(
            model_name="anonymisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("approved_by", models.F("asked_by")), _negated=True),
                name="people_anonymisation_two_persons",
            ),
        ),
        migrations.AddConstraint(
            model_name="branchtransfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_branch", models.F("to_branch")), _negated=True),
                name="people_transfer_to_another_branch",
            ),
        ),
        migrations.AddIndex(
            model_name="detailschange",
            index=models.Index(fields=["customer", "-at"], name="people_change_customer"),
        ),
        migrations.AddConstraint(
            model_name="identitydocument",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)), fields=("customer",), name="people_identity_one_is_current"
            ),
        ),
        migrations.AddIndex(
            model_name="kycsubmission",
            index=models.Index(fields=["customer", "-submitted_at"], name="people_kycsubmission_last"),
        ),
        migrations.AddConstraint(
            model_name="kycsubmission",
            constraint=models.UniqueConstraint(fields=("id", "submitted_by"), name="people_kycsubmission_by"),
        ),
        migrations.AddConstraint(
            model_name="kycdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_by", models.F("submitted_by")), _negated=True),
                name="people_kycdecision_not_by_the_submitter",
            ),
        ),
        migrations.AddConstraint(
            model_name="kycdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", None), ("outcome", "expired")),
                    models.Q(models.Q(("outcome", "expired"), _negated=True), ("decided_by__isnull", False)),
                    _connector="OR",
                ),
                name="people_kycdecision_has_a_decider",
            ),
        ),
        migrations.AddConstraint(
            model_name="kycdecision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "expired"), _negated=True),
                fields=("submission",),
                name="people_kycdecision_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="kycdecision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "expired")),
                fields=("submission",),
                name="people_kycdecision_expires_once",
            ),
        ),
        migrations.AddIndex(
            model_name="mandate",
            index=models.Index(
                models.F("customer"), condition=models.Q(("ended_at", None)), name="people_mandate_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end_reason", ""), ("ended_at", None), ("ended_by", None)),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_by__isnull", False),
                        models.Q(("end_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="people_mandate_ended_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="riskprofile",
            index=models.Index(fields=["customer", "-at"], name="people_risk_customer"),
        ),
    ]
