"""What people write about, until the operations manager says otherwise."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations

LEGAL = (
    "We acknowledge a complaint within five days and answer it for good within twenty. If our answer does not satisfy you, "
    "you may turn to the central bank's office for consumers."
)
QUESTIONS = (
    ("account", "An account"),
    ("transfer", "A payment or transfer"),
    ("portal", "Using the portal"),
    ("other", "Something else"),
)
COMPLAINTS = (("charges", "Charges and interest"), ("service", "How I was served"), ("money", "Money that is missing"))
REQUESTS = (
    ("cheque-book", "Cheque book", ["Received", "Ordered", "At the branch", "Handed over"]),
    ("card", "Card", ["Received", "Ordered", "At the branch", "Handed over"]),
    ("letter", "Letter or confirmation", ["Received", "Written", "Ready"]),
    ("details", "Change of address or phone", ["Received", "Papers checked", "Changed"]),
    ("limit", "Change of a limit", ["Received", "Decided"]),
)


def add(apps: Any, schema_editor: Any) -> None:
    Category = apps.get_model("support", "Category")
    rows = [Category(code=code, name=name, kind="ticket") for code, name in QUESTIONS]
    rows += [
        Category(
            code=code,
            name=name,
            kind="complaint",
            resolve_hours=72,
            acknowledge_days=5,
            final_days=20,
            legal_text=LEGAL,
        )
        for code, name in COMPLAINTS
    ]
    rows += [
        Category(code=code, name=name, kind="request", first_reply_hours=8, resolve_hours=40, steps=steps)
        for code, name, steps in REQUESTS
    ]
    for position, row in enumerate(rows, 1):
        row.position = position
    Category.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("support", "0002_trail")]
    operations: ClassVar = [migrations.RunPython(add, migrations.RunPython.noop)]
