"""Indexes for the desk's list of dossiers. On PostgreSQL, its search by parts of words has one too."""

from django.db import migrations, models

from clea.trigrams import search_parts

FILED = models.Q(last_deposit__isnull=False)


class Migration(migrations.Migration):
    dependencies = [("candidatures", "0005_retention")]

    operations = [
        migrations.AddIndex(
            "application",
            models.Index(
                fields=["call", "state", "country", "postal_code", "applicant_kind", "keep_in_touch"],
                condition=FILED,
                name="application_filed_choices",
            ),
        ),
        migrations.AddIndex(
            "application",
            models.Index(fields=["state", "-last_deposit"], condition=FILED, name="application_filed_states"),
        ),
        migrations.AddIndex(
            "application", models.Index(fields=["artist_name"], condition=FILED, name="application_filed_names")
        ),
        migrations.AddIndex(
            "application",
            models.Index(fields=["city", "-last_deposit"], condition=FILED, name="application_filed_cities"),
        ),
        migrations.AddIndex("deposit", models.Index(fields=["-received_at"], name="deposit_received")),
        search_parts("candidatures_application"),
    ]
