import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.base.sqlfiles import run_sql_file


class Migration(migrations.Migration):
    """Entries with fewer indexes and without foreign keys, proved at once; batches without a random number each."""

    dependencies = [
        ("ledger", "0012_line_for_compensation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterField(
            model_name="entry",
            name="actor",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="reverses",
            field=models.OneToOneField(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversed_by",
                to="ledger.entry",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("actor__isnull", False)), fields=["actor"], name="ledger_entry_actor"
            ),
        ),
        run_sql_file(__file__, "lighter_entries.sql"),
        # As they stand now, for a database that was made with their earlier texts.
        run_sql_file(__file__, "post_entries.sql"),
        run_sql_file(__file__, "closed_first.sql"),
    ]
