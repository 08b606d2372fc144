"""What most institutions here begin with; the rows are theirs to change."""

from typing import Any

from django.db import migrations

KINDS = (
    ("ghana_card", "Ghana Card", r"GHA-[0-9]{9}-[0-9]", "GHA-123456789-0", True),
    ("passport", "Passport", r"[A-Z][0-9]{7,8}", "G1234567", True),
    ("voter_id", "Voter ID", r"[0-9]{10}", "1234567890", False),
    ("driving_licence", "Driver’s licence", r"[A-Z0-9-]{8,20}", "ABC-01019012-12345", True),
)
RULES = (
    ("customer", 72, "Books and records of customers are kept for six years after they left"),
    ("draft", 6, "Nobody became a member: half a year to come back to it"),
)


def fill(apps: Any, schema_editor: Any) -> None:
    kinds = apps.get_model("people", "IdentityKind")
    kinds.objects.bulk_create(
        kinds(code=code, name=name, pattern=pattern, example=example, expires=expires, position=position)
        for position, (code, name, pattern, example, expires) in enumerate(KINDS)
    )
    rules = apps.get_model("people", "RetentionRule")
    rules.objects.bulk_create(rules(data_class=name, months=months, basis=basis) for name, months, basis in RULES)


class Migration(migrations.Migration):
    dependencies = [("people", "0007_records")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
