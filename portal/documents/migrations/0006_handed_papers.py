from django.conf import settings
from django.db import migrations, models

from portal.audit.operations import append_only


class Migration(migrations.Migration):
    """Each printed paper has its number: the first is the original, the others are copies."""

    dependencies = [
        ("documents", "0005_uploads"),
        ("audit", "0002_trail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="HandedPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("reference", models.CharField(max_length=64)),
                ("number", models.PositiveIntegerField()),
                ("paper", models.CharField(max_length=8)),
                ("key", models.UUIDField(editable=False)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(on_delete=models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "ordering": ("kind", "reference", "number"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "reference", "number"), name="documents_handed_number_once"
                    ),
                    models.UniqueConstraint(fields=("kind", "reference", "key"), name="documents_handed_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gt", 0)), name="documents_handed_number_counts"
                    ),
                ],
            },
        ),
        append_only("documents_handedpaper"),
    ]
