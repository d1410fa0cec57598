import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep with the archive of a season what was left unfinished, and why it was opened again."""

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("residencies", "0006_receipts_of_a_claim"),
    ]

    operations = [
        migrations.AddField(
            model_name="seasonarchive",
            name="left",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="ce qui n'était pas terminé"),
        ),
        migrations.AddField(
            model_name="seasonarchive",
            name="reopened_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="rouverte le"),
        ),
        migrations.AddField(
            model_name="seasonarchive",
            name="reopened_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="seasonarchive",
            name="reopened_why",
            field=models.TextField(
                blank=True, editable=False, max_length=1000, verbose_name="pourquoi elle est rouverte"
            ),
        ),
    ]
